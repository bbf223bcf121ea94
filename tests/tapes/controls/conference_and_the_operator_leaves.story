call_started in
segment_closed menu None 0.0
call_queued billing
segment_closed waiting billing 0.0
operator_offered 101
call_left_queue billing answered
offer_ended 101 answered
segment_closed ringing 101 0.0
call_answered 101
call_consulted 101 102 ringing
segment_closed talk 101 0.6
call_held 101
operator_offered 102
offer_ended 102 answered
call_consulted 101 102 talking
conference_began
segment_closed hold 101 0.5
call_resumed 101
call_answered 102
call_consulted 101 102 joined
segment_closed talk 101 1.1
conference_ended
operator_left 101
call_consulted 101 102 over
operator_left 102
segment_closed talk 102 5.8
call_ended answered client 16 102 0.0 7.4 0.5
