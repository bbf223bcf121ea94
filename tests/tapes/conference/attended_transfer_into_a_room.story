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
segment_closed talk 101 0.0
call_held 101
call_started out
segment_closed dialling 101 0.0
calls_merged
segment_closed dialling 102 0.0
call_answered 102
segment_closed talk 102 0.5
calls_merged
conference_began
segment_closed hold 101 0.5
call_answered 102
call_transferred attended 101 102
conference_ended
operator_left 101
operator_left 102
segment_closed talk 102 2.1
call_ended answered operator 16 102 0.0 2.1 0.5
