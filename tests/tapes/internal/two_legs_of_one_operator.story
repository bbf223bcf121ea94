call_started internal
segment_closed dialling 101 0.1
operator_offered 101
offer_ended 101 refused
segment_closed ringing 101 0.0
call_ended busy system 17 101 0.0 0.0 0.0
