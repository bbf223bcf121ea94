call_started out
segment_closed dialling 101 0.1
call_ended failed system 1 101 0.0 0.0 0.0
