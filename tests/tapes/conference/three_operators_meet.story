call_started out
call_started out
segment_closed dialling 102 0.0
calls_merged
segment_closed dialling 101 0.0
call_answered 101
call_started out
segment_closed dialling 108 0.0
calls_merged
conference_began
call_answered 102
conference_ended
operator_left 102
operator_left 101
operator_left 108
segment_closed talk 101 1.6
call_ended answered operator 16 101 0.0 1.6 0.0
