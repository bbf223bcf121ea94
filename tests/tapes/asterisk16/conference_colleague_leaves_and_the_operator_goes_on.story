call_started in
segment_closed menu None 0.0
call_queued billing
segment_closed waiting billing 0.0
operator_offered 101
call_left_queue billing answered
offer_ended 101 answered
segment_closed ringing 101 0.0
call_answered 101
call_started out
segment_closed dialling 102 0.0
calls_merged
conference_began
call_answered 102
conference_ended
operator_left 102
operator_left 101
segment_closed talk 101 2.6
call_ended answered operator 16 101 0.0 2.6 0.0
