call_started in
menu_entered main
menu_step main greet
segment_closed menu main 0.5
call_ended served system 16 None 0.0 0.0 0.0
