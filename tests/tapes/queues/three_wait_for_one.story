call_started in
segment_closed menu None 0.0
call_queued billing
call_started in
segment_closed menu None 0.0
call_queued billing
call_started in
segment_closed menu None 0.0
call_queued billing
call_left_queue billing abandoned
segment_closed waiting billing 4.0
call_ended abandoned client 0 None 4.0 0.0 0.0
segment_closed waiting billing 5.0
operator_offered 101
call_left_queue billing answered
offer_ended 101 answered
segment_closed ringing 101 0.0
call_answered 101
operator_left 101
segment_closed talk 101 0.0
call_ended answered operator 16 101 5.1 0.0 0.0
segment_closed waiting billing 8.0
operator_offered 101
call_left_queue billing answered
offer_ended 101 answered
segment_closed ringing 101 0.0
call_answered 101
operator_left 101
segment_closed talk 101 4.0
call_ended answered client 16 101 8.0 4.0 0.0
