call_started internal
segment_closed dialling 102 0.0
call_ended no_answer system 16 102 0.0 0.0 0.0
call_started internal
segment_closed dialling 102 0.0
call_ended busy system 21 102 0.0 0.0 0.0
