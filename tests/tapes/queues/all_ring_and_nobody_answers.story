call_started in
segment_closed menu None 0.0
call_queued patient
segment_closed waiting patient 0.0
operator_offered 103
offer_ended 103 rang_out
segment_closed ringing 103 3.0
call_left_queue patient timed_out
segment_closed waiting patient 1.0
segment_closed menu None 10.0
call_ended abandoned system 16 None 4.0 0.0 0.0
