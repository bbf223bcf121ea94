call_started internal
segment_closed dialling 101 0.1
operator_offered 102
call_started internal
segment_closed dialling 108 0.0
calls_merged
call_picked_up 108 102
operator_offered 108
offer_ended 102 elsewhere
offer_ended 108 answered
segment_closed ringing 102 0.0
call_answered 108
operator_left 108
operator_left 101
segment_closed talk 108 1.0
call_ended answered operator 3 108 0.0 1.0 0.0
