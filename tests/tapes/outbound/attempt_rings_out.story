call_started out
attempt_settled 13 NOANSWER
segment_closed dialling None 4.0
call_ended no_answer system 0 None 0.0 0.0 0.0
