call_started out
attempt_settled 17 ANSWER
segment_closed dialling None 1.0
call_queued collection
call_left_queue collection abandoned
attempt_settled 17 DROPPED
segment_closed waiting collection 1.0
call_ended dropped client 16 None 1.0 0.0 0.0
