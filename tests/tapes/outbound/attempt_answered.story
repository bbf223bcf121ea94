call_started out
attempt_settled 11 ANSWER
call_queued collection
operator_offered 101
call_left_queue collection answered
offer_ended 101 answered
call_answered 101
operator_left 101
call_ended answered operator 16
