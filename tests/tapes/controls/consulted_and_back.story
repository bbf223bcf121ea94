call_started in
segment_closed menu None 0.0
call_queued billing
segment_closed waiting billing 0.0
operator_offered 101
call_left_queue billing answered
offer_ended 101 answered
segment_closed ringing 101 0.0
call_answered 101
call_consulted 101 102 ringing
segment_closed talk 101 0.5
call_held 101
operator_offered 102
offer_ended 102 answered
call_consulted 101 102 talking
call_consulted 101 102 over
segment_closed hold 101 0.5
call_resumed 101
operator_left 101
segment_closed talk 101 7.1
call_ended answered client 16 101 0.0 7.7 0.5
