call_started in
segment_closed menu None 0.0
call_queued billing
call_left_queue billing timed_out
segment_closed waiting billing 1.0
segment_closed menu None 0.0
call_queued outages
segment_closed waiting outages 0.0
operator_offered 101
call_left_queue outages answered
offer_ended 101 answered
segment_closed ringing 101 0.0
call_answered 101
operator_left 101
segment_closed talk 101 4.9
call_ended answered client 16 101 1.1 4.9 0.0
