call_started out
attempt_settled 16 ANSWER
segment_closed dialling None 1.0
call_queued collection
call_left_queue collection timed_out
segment_closed waiting collection 4.0
attempt_settled 16 DROPPED
segment_closed menu None 10.1
call_ended dropped system 16 None 4.0 0.0 0.0
