call_started out
segment_closed dialling 101 2.1
call_answered 101
segment_closed talk 101 1.0
call_parked 101
call_transferred blind 101 700
call_started out
call_unparked 102 taken
segment_closed dialling 102 0.0
calls_merged
segment_closed hold 101 0.0
call_answered 102
operator_left 102
operator_left 101
segment_closed talk 102 2.6
call_ended answered operator 16 102 0.0 3.6 0.0
