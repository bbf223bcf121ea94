call_started out
attempt_settled 17 ANSWER
call_queued collection
call_left_queue collection abandoned
attempt_settled 17 DROPPED
call_ended dropped client 16
