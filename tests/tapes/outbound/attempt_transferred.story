call_started out
attempt_settled 21 ANSWER
segment_closed dialling None 1.0
call_queued collection
segment_closed waiting collection 0.0
operator_offered 101
call_left_queue collection answered
offer_ended 101 answered
segment_closed ringing 101 0.0
call_answered 101
call_transferred blind 101 102
operator_left 101
segment_closed talk 101 1.1
operator_offered 102
offer_ended 102 answered
segment_closed ringing 102 0.0
call_answered 102
operator_left 102
segment_closed talk 102 1.0
call_ended answered operator 16 102 0.0 2.2 0.0
