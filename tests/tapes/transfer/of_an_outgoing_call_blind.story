call_started out
segment_closed dialling 101 1.1
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
call_ended answered operator 16 102 0.0 2.1 0.0
