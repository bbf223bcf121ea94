call_started in
segment_closed menu None 0.0
call_queued billing
call_left_queue billing abandoned
segment_closed waiting billing 0.0
call_ended abandoned client 0 None 0.0 0.0 0.0
