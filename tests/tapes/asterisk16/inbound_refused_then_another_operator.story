call_started in
segment_closed menu None 0.0
call_queued billing
segment_closed waiting billing 0.0
operator_offered 101
offer_ended 101 refused
segment_closed ringing 101 0.0
segment_closed waiting billing 1.0
operator_offered 102
call_left_queue billing answered
offer_ended 102 answered
segment_closed ringing 102 0.0
call_answered 102
operator_left 102
segment_closed talk 102 9.0
call_ended answered client 16 102 1.0 9.0 0.0
