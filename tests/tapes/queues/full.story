call_started in
segment_closed menu None 0.0
call_queued narrow
call_started in
call_left_queue narrow abandoned
segment_closed waiting narrow 8.0
call_ended abandoned client 0 None 8.0 0.0 0.0
segment_closed menu None 10.0
call_ended abandoned system 16 None 0.0 0.0 0.0
