call_started in
segment_closed menu None 0.0
call_queued billing
segment_closed waiting billing 0.0
operator_offered 101
call_left_queue billing answered
offer_ended 101 answered
segment_closed ringing 101 0.0
call_answered 101
listening_began 109 101 listen
listening_ended 109 101 listen
listening_began 109 101 whisper
listening_ended 109 101 whisper
listening_began 109 101 barge
listening_ended 109 101 barge
operator_left 101
segment_closed talk 101 2.1
call_ended answered operator 16 101 0.0 2.1 0.0
