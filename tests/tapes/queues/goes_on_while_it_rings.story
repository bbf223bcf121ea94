call_started in
segment_closed menu None 0.0
call_queued patient
segment_closed waiting patient 0.0
operator_offered 103
offer_ended 103 rang_out
segment_closed ringing 103 2.0
call_left_queue patient timed_out
segment_closed waiting patient 0.0
segment_closed menu None 0.0
call_queued billing
segment_closed waiting billing 0.0
operator_offered 101
call_left_queue billing answered
offer_ended 101 answered
segment_closed ringing 101 0.0
call_answered 101
operator_left 101
segment_closed talk 101 6.0
call_ended answered client 16 101 2.0 6.0 0.0
