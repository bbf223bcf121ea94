call_started internal
segment_closed dialling 101 0.1
call_ended failed system 3 101 0.0 0.0 0.0
