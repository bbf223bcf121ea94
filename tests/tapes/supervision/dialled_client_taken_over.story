call_started out
segment_closed dialling 101 2.0
call_answered 101
listening_began 109 101 whisper
listening_ended 109 101 whisper
segment_closed talk 101 0.6
call_answered 109
operator_left 101
operator_left 109
segment_closed talk 109 1.0
call_ended answered operator 16 109 0.0 1.6 0.0
