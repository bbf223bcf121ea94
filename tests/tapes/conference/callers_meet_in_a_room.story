call_started in
call_started in
segment_closed menu None 0.0
calls_merged
segment_closed menu None 0.0
segment_closed talk None 9.0
call_ended answered client 16 None 0.0 9.0 0.0
