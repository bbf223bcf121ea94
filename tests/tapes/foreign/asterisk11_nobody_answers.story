call_started in
segment_closed menu None 1.1
operator_offered 150010001
offer_ended 150010001 rang_out
segment_closed ringing 150010001 0.0
call_ended abandoned system 19 None 0.0 0.0 0.0
