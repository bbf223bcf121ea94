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
call_parked 101
call_transferred blind 101 700
operator_left 101
call_unparked None timed_out
segment_closed hold 101 3.0
operator_offered 101
offer_ended 101 rang_out
segment_closed ringing 101 4.0
call_ended answered system 16 101 4.0 0.0 3.0
