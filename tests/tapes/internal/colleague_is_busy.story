call_started internal
segment_closed dialling 101 0.1
operator_offered 103
offer_ended 103 refused
segment_closed ringing 103 0.0
call_ended busy system 17 101 0.0 0.0 0.0
