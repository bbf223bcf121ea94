call_started in
segment_closed menu None 0.0
call_queued linear
segment_closed waiting linear 0.0
operator_offered 103
offer_ended 103 refused
segment_closed ringing 103 1.0
segment_closed waiting linear 0.0
operator_offered 104
offer_ended 104 rang_out
segment_closed ringing 104 2.0
segment_closed waiting linear 1.0
operator_offered 105
call_left_queue linear answered
offer_ended 105 answered
segment_closed ringing 105 2.0
call_answered 105
operator_left 105
segment_closed talk 105 0.0
call_ended answered system 16 105 6.0 0.0 0.0
