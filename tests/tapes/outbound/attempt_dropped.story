call_started out
attempt_settled 16 ANSWER
call_queued collection
call_left_queue collection timed_out
attempt_settled 16 DROPPED
call_ended dropped system 16
