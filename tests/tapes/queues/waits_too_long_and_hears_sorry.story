call_started in
segment_closed menu None 0.0
call_queued patient
call_left_queue patient timed_out
segment_closed waiting patient 4.0
segment_closed menu None 10.0
call_ended abandoned system 16 None 4.0 0.0 0.0
