call_started in
menu_entered main
menu_step main greet
segment_closed menu main 2.0
call_ended abandoned client 0 None 0.0 0.0 0.0
