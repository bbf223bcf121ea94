call_started in
call_queued outages
operator_offered 101
operator_offered 102
offer_ended 101 elsewhere
call_left_queue outages answered
offer_ended 102 answered
call_answered 102
operator_left 102
call_ended answered client 16
