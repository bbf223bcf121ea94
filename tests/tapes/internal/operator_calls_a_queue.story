call_started out
segment_closed dialling 101 0.1
call_queued outages
segment_closed waiting outages 0.0
operator_offered 102
call_left_queue outages answered
offer_ended 102 answered
segment_closed ringing 102 0.0
call_answered 102
operator_left 101
operator_left 102
segment_closed talk 102 1.0
call_ended answered operator 16 102 0.0 1.0 0.0
