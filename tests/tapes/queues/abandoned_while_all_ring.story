call_started in
segment_closed menu None 0.0
call_queued outages
segment_closed waiting outages 0.0
operator_offered 103
operator_offered 104
operator_offered 105
offer_ended 103 abandoned
offer_ended 104 abandoned
offer_ended 105 abandoned
segment_closed ringing outages 3.0
call_left_queue outages abandoned
segment_closed waiting outages 0.0
call_ended abandoned client 0 None 3.0 0.0 0.0
