call_started in
segment_closed menu None 0.0
call_queued fewestcalls
segment_closed waiting fewestcalls 0.0
operator_offered 103
call_left_queue fewestcalls answered
offer_ended 103 answered
segment_closed ringing 103 2.0
call_answered 103
operator_left 103
segment_closed talk 103 2.0
call_ended answered client 16 103 2.0 2.0 0.0
call_started in
segment_closed menu None 0.0
call_queued fewestcalls
segment_closed waiting fewestcalls 0.0
operator_offered 104
call_left_queue fewestcalls answered
offer_ended 104 answered
segment_closed ringing 104 1.0
call_answered 104
operator_left 104
segment_closed talk 104 3.0
call_ended answered client 16 104 1.0 3.0 0.0
