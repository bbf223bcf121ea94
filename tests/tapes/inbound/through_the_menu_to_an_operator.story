call_started in
menu_entered main
menu_step main greet
client_named 42 number
segment_closed menu main 0.5
menu_entered balance
menu_step balance ask
segment_closed menu balance 0.3
call_queued outages
segment_closed waiting outages 0.0
operator_offered 101
call_left_queue outages answered
offer_ended 101 answered
segment_closed ringing 101 0.0
call_answered 101
operator_left 101
segment_closed talk 101 3.2
call_ended answered client 16 101 0.0 3.2 0.0
