call_started out
segment_closed dialling 101 2.0
call_ended no_answer operator 16 101 0.0 0.0 0.0
