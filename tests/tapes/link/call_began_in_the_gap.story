call_started in
segment_closed menu None 0.0
call_answered 101
operator_left 101
segment_closed talk 101 5.9
call_ended answered client 16 101 0.0 5.9 0.0
