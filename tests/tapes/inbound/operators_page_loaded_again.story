call_started in
segment_closed menu None 0.0
call_queued billing
segment_closed waiting billing 0.0
operator_offered 101
call_left_queue billing answered
offer_ended 101 answered
segment_closed ringing 101 0.5
call_answered 101
segment_closed talk 101 2.5
operator_left 101
segment_closed waiting 101 1.6
operator_offered 101
offer_ended 101 answered
segment_closed ringing 101 0.1
call_answered 101
operator_left 101
segment_closed talk 101 0.8
call_ended answered operator 16 101 2.2 3.3 0.0
