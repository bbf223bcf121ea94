call_started in
call_started in
segment_closed menu None 0.0
call_parked None
segment_closed menu None 0.0
call_parked None
call_started out
call_unparked 102 taken
segment_closed dialling 102 0.0
calls_merged
segment_closed hold None 0.0
call_answered 102
call_started out
call_unparked 101 taken
segment_closed dialling 101 0.0
calls_merged
segment_closed hold None 0.0
call_answered 101
operator_left 101
segment_closed talk 101 8.7
call_ended answered client 16 101 0.0 8.7 0.0
operator_left 102
segment_closed talk 102 9.8
call_ended answered client 16 102 0.0 9.8 0.0
