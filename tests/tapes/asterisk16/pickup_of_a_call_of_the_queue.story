call_started in
segment_closed menu None 0.0
call_queued billing
segment_closed waiting billing 0.0
operator_offered 101
call_started internal
segment_closed dialling 102 0.0
calls_merged
call_picked_up 102 101
operator_offered 102
offer_ended 101 elsewhere
call_left_queue billing answered
offer_ended 102 answered
segment_closed ringing 101 0.0
call_answered 102
operator_left 102
segment_closed talk 102 6.0
call_ended answered client 16 102 0.0 6.0 0.0
