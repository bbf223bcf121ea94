call_started in
segment_closed menu None 0.0
operator_offered 101
offer_ended 101 rang_out
segment_closed ringing 101 2.0
operator_offered 102
offer_ended 102 rang_out
segment_closed ringing 102 3.0
call_queued billing
segment_closed waiting billing 1.0
operator_offered 101
call_left_queue billing answered
offer_ended 101 answered
segment_closed ringing 101 0.0
call_answered 101
operator_left 101
segment_closed talk 101 7.0
call_ended answered client 16 101 6.0 7.0 0.0
