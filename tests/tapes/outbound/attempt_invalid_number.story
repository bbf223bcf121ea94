call_started out
attempt_settled 14 CHANUNAVAIL
segment_closed dialling None 0.0
call_ended failed system 1 None 0.0 0.0 0.0
