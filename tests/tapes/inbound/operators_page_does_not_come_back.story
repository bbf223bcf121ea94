call_started in
call_queued billing
operator_offered 101
call_left_queue billing answered
offer_ended 101 answered
call_answered 101
operator_left 101
call_queued billing
operator_offered 102
call_left_queue billing answered
offer_ended 102 answered
call_answered 102
operator_left 102
call_ended answered client 16
