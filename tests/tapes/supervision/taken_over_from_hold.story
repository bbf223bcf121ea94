call_started in
segment_closed menu None 0.0
call_queued billing
segment_closed waiting billing 0.0
operator_offered 101
call_left_queue billing answered
offer_ended 101 answered
segment_closed ringing 101 0.0
call_answered 101
segment_closed talk 101 0.5
call_held 101
segment_closed hold 101 0.5
call_answered 109
operator_left 101
operator_left 109
segment_closed talk 109 1.0
call_ended answered operator 16 109 0.0 1.5 0.5
