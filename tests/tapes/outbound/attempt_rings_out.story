call_started out
attempt_settled 13 NOANSWER
call_ended no_answer system 0
