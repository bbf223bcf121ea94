call_started internal
segment_closed dialling 101 0.1
operator_offered 105
call_forwarded 105 106
offer_ended 105 elsewhere
segment_closed ringing 105 0.1
operator_offered 106
call_forwarded 106 102
offer_ended 106 elsewhere
segment_closed ringing 106 0.1
operator_offered 102
offer_ended 102 answered
segment_closed ringing 102 0.0
call_answered 102
operator_left 101
operator_left 102
segment_closed talk 102 1.0
call_ended answered operator 16 102 0.3 1.0 0.0
