call_started in
segment_closed menu None 0.0
call_queued linear
segment_closed waiting linear 0.0
operator_offered 103
call_left_queue linear answered
offer_ended 103 answered
segment_closed ringing 103 1.0
call_answered 103
operator_left 103
segment_closed talk 103 3.0
call_ended answered client 16 103 1.0 3.0 0.0
call_started in
segment_closed menu None 0.0
call_queued linear
segment_closed waiting linear 0.0
operator_offered 103
call_left_queue linear answered
offer_ended 103 answered
segment_closed ringing 103 1.0
call_answered 103
operator_left 103
segment_closed talk 103 3.0
call_ended answered client 16 103 1.0 3.0 0.0
