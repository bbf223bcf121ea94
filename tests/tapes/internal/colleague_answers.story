call_started internal
operator_offered 102
offer_ended 102 answered
call_answered 102
operator_left 101
operator_left 102
call_ended answered operator 16
