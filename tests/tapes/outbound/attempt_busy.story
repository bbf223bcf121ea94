call_started out
attempt_settled 12 BUSY
segment_closed dialling None 0.0
call_ended busy system 17 None 0.0 0.0 0.0
