call_started in
segment_closed menu None 0.0
call_queued billing
segment_closed waiting billing 0.0
operator_offered 101
offer_ended 101 abandoned
segment_closed ringing 101 3.0
call_left_queue billing abandoned
segment_closed waiting billing 0.0
call_ended abandoned client 16 None 3.0 0.0 0.0
