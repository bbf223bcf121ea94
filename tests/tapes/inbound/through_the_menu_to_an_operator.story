call_started in
menu_entered main
menu_step main greet
client_named 42 number
menu_entered balance
menu_step balance ask
call_queued outages
operator_offered 101
call_left_queue outages answered
offer_ended 101 answered
call_answered 101
operator_left 101
call_ended answered client 16
