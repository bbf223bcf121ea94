call_started in
segment_closed menu None 0.0
call_queued billing
segment_closed waiting billing 0.0
operator_offered 101
call_left_queue billing answered
offer_ended 101 answered
segment_closed ringing 101 0.0
call_answered 101
call_transferred blind 101 700
segment_closed talk 101 1.0
call_parked 101
call_started out
call_unparked 102 taken
segment_closed dialling 102 0.0
calls_merged
segment_closed hold 101 1.0
call_answered 102
operator_left 102
operator_left 101
segment_closed talk 102 1.6
call_ended answered operator 16 102 0.0 2.6 1.0
