call_started internal
segment_closed dialling 101 0.1
operator_offered 102
offer_ended 102 answered
segment_closed ringing 102 0.0
call_answered 102
call_transferred blind 102 108
operator_left 102
segment_closed talk 102 1.1
operator_offered 108
offer_ended 108 answered
segment_closed ringing 108 0.0
call_answered 108
operator_left 101
operator_left 108
segment_closed talk 108 1.0
call_ended answered operator 16 108 0.0 2.1 0.0
