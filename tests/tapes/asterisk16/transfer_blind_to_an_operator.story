call_started in
segment_closed menu None 0.0
call_queued billing
segment_closed waiting billing 0.0
operator_offered 101
call_left_queue billing answered
offer_ended 101 answered
segment_closed ringing 101 0.0
call_answered 101
call_transferred blind 101 102
operator_left 101
segment_closed talk 101 1.1
operator_offered 102
offer_ended 102 answered
segment_closed ringing 102 0.5
call_answered 102
operator_left 102
segment_closed talk 102 7.4
call_ended answered client 16 102 0.5 8.5 0.0
