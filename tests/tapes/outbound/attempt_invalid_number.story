call_started out
attempt_settled 14 CHANUNAVAIL
call_ended failed system 1
