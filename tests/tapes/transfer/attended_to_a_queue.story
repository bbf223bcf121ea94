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
call_started out
segment_closed dialling 101 0.1
call_queued outages
segment_closed waiting outages 0.0
operator_offered 102
call_left_queue outages answered
offer_ended 102 answered
segment_closed ringing 102 0.0
call_answered 102
segment_closed hold 101 1.1
call_resumed 101
segment_closed talk 102 1.5
calls_merged
call_answered 102
segment_closed talk 101 0.5
call_transferred attended 101 102
operator_left 101
operator_left 102
segment_closed talk 102 6.8
call_ended answered client 16 102 0.0 7.8 1.1
