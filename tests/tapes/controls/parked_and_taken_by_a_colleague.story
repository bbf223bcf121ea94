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
call_parked 101
operator_left 101
call_unparked 102 taken
segment_closed hold 101 1.5
operator_offered 102
offer_ended 102 answered
segment_closed ringing 102 0.0
call_answered 102
operator_left 102
segment_closed talk 102 5.9
call_ended answered client 16 102 0.0 6.4 1.5
