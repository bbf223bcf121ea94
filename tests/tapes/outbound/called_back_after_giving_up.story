call_started in
segment_closed menu None 0.0
call_queued billing
call_left_queue billing abandoned
segment_closed waiting billing 2.0
call_ended abandoned client 0 None 2.0 0.0 0.0
call_started out
segment_closed dialling 101 1.0
call_answered 101
operator_left 101
segment_closed talk 101 1.1
call_ended answered operator 16 101 0.0 1.1 0.0
