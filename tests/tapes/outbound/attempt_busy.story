call_started out
attempt_settled 12 BUSY
call_ended busy system 17
