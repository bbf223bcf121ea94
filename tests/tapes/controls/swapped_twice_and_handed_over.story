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
segment_closed hold 101 0.5
call_resumed 101
call_consulted 101 102 held
segment_closed talk 101 0.5
call_held 101
call_consulted 101 102 talking
call_transferred attended 101 102
segment_closed hold 101 0.5
call_answered 102
call_consulted 101 102 over
operator_left 101
operator_left 102
segment_closed talk 102 7.9
call_ended answered client 16 102 0.0 8.9 1.0
