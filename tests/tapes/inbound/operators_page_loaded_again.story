call_started in
call_queued billing
operator_offered 101
call_left_queue billing answered
offer_ended 101 answered
call_answered 101
operator_left 101
operator_offered 101
offer_ended 101 answered
call_answered 101
operator_left 101
call_ended answered operator 16
