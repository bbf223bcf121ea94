call_started in
call_queued billing
operator_offered 101
call_left_queue billing answered
offer_ended 101 answered
call_answered 101
call_held 101
call_started internal
operator_offered 102
offer_ended 102 answered
call_answered 102
operator_left 101
operator_left 102
call_ended answered operator 16
call_resumed 101
operator_left 101
call_ended answered client 16
