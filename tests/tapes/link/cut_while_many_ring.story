call_started in
segment_closed menu None 0.0
call_queued outages
segment_closed waiting outages 0.0
operator_offered 103
operator_offered 104
operator_offered 105
offer_ended 104 elsewhere
offer_ended 105 elsewhere
call_left_queue outages answered
offer_ended 103 answered
segment_closed ringing outages 4.0
call_answered 103
operator_left 103
segment_closed talk 103 4.0
call_ended answered client 16 103 4.0 4.0 0.0
