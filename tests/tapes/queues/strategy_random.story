call_started in
segment_closed menu None 0.0
call_queued random
segment_closed waiting random 0.0
operator_offered 105
call_left_queue random answered
offer_ended 105 answered
segment_closed ringing 105 1.0
call_answered 105
operator_left 105
segment_closed talk 105 3.0
call_ended answered client 16 105 1.0 3.0 0.0
call_started in
segment_closed menu None 0.0
call_queued random
segment_closed waiting random 0.0
operator_offered 105
call_left_queue random answered
offer_ended 105 answered
segment_closed ringing 105 1.0
call_answered 105
operator_left 105
segment_closed talk 105 3.0
call_ended answered client 16 105 1.0 3.0 0.0
