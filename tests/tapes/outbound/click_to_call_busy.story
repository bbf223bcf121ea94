call_started out
segment_closed dialling 101 0.0
call_ended busy system 17 101 0.0 0.0 0.0
