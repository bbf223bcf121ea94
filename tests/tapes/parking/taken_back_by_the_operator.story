call_started in
segment_closed menu None 0.0
call_queued billing
segment_closed waiting billing 0.0
operator_offered 101
call_left_queue billing answered
offer_ended 101 answered
segment_closed ringing 101 0.0
call_answered 101
segment_closed talk 101 1.0
call_parked 101
call_transferred blind 101 700
operator_left 101
call_started out
call_unparked 101 taken
segment_closed dialling 101 0.0
calls_merged
segment_closed hold 101 1.0
call_answered 101
operator_left 101
segment_closed talk 101 6.9
call_ended answered client 16 101 0.0 7.9 1.0
