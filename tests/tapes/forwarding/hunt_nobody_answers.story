call_started in
segment_closed menu None 0.0
operator_offered 101
offer_ended 101 rang_out
segment_closed ringing 101 2.0
operator_offered 102
offer_ended 102 rang_out
segment_closed ringing 102 3.0
call_ended abandoned system 16 None 5.0 0.0 0.0
