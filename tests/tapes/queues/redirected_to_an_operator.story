call_started in
segment_closed menu None 0.0
call_queued billing
call_left_queue billing timed_out
segment_closed waiting billing 1.0
segment_closed menu None 0.1
operator_offered 102
offer_ended 102 answered
segment_closed ringing 102 0.0
call_answered 102
operator_left 102
segment_closed talk 102 4.8
call_ended answered client 16 102 1.0 4.8 0.0
