call_started in
menu_entered main
menu_step main greet
segment_closed menu main 0.5
call_queued outages
call_left_queue outages abandoned
segment_closed waiting outages 3.5
call_ended abandoned client 0 None 3.5 0.0 0.0
