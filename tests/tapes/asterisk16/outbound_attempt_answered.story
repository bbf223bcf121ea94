call_started out
attempt_settled 11 ANSWER
segment_closed dialling None 1.0
call_queued collection
segment_closed waiting collection 0.0
operator_offered 101
call_left_queue collection answered
offer_ended 101 answered
segment_closed ringing 101 0.0
call_answered 101
operator_left 101
segment_closed talk 101 1.0
call_ended answered operator 16 101 0.0 1.0 0.0
