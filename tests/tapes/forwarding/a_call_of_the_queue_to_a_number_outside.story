call_started in
segment_closed menu None 0.0
call_queued billing
segment_closed waiting billing 0.0
operator_offered 105
call_forwarded 105 +79160000003
offer_ended 105 elsewhere
segment_closed ringing 105 0.0
segment_closed waiting billing 0.1
call_left_queue billing answered
segment_closed ringing +79160000003 2.0
segment_closed talk None 4.9
call_ended answered client 16 None 2.1 4.9 0.0
