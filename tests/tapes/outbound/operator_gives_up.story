call_started out
segment_closed dialling 101 1.0
call_ended no_answer operator 127 101 0.0 0.0 0.0
