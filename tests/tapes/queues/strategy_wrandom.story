call_started in
segment_closed menu None 0.0
call_queued wrandom
segment_closed waiting wrandom 0.0
operator_offered 103
call_left_queue wrandom answered
offer_ended 103 answered
segment_closed ringing 103 2.0
call_answered 103
operator_left 103
segment_closed talk 103 2.0
call_ended answered client 16 103 2.0 2.0 0.0
call_started in
segment_closed menu None 0.0
call_queued wrandom
segment_closed waiting wrandom 0.0
operator_offered 105
call_left_queue wrandom answered
offer_ended 105 answered
segment_closed ringing 105 2.0
call_answered 105
operator_left 105
segment_closed talk 105 2.0
call_ended answered client 16 105 2.0 2.0 0.0
