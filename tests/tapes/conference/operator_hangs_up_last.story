call_started out
segment_closed dialling 101 1.1
call_answered 101
call_started out
segment_closed dialling 102 0.0
calls_merged
conference_began
call_answered 102
conference_ended
operator_left 102
operator_left 101
segment_closed talk 101 1.1
call_ended answered client 16 101 0.0 1.1 0.0
