call_started in
segment_closed menu None 0.0
call_queued billing
segment_closed waiting billing 0.0
operator_offered 101
call_left_queue billing answered
offer_ended 101 answered
segment_closed ringing 101 0.0
call_answered 101
segment_closed talk 101 0.0
call_held 101
call_started internal
segment_closed dialling 101 0.1
operator_offered 102
offer_ended 102 answered
segment_closed ringing 102 0.5
call_answered 102
segment_closed hold 101 1.6
call_resumed 101
segment_closed talk 102 1.0
calls_merged
segment_closed talk 101 0.0
call_answered 102
call_transferred attended 101 102
operator_left 101
operator_left 102
segment_closed talk 102 10.3
call_ended answered client 16 102 0.0 10.3 1.6
