call_started in
segment_closed menu None 0.0
call_queued outages
segment_closed waiting outages 0.0
operator_offered 103
operator_offered 104
operator_offered 105
operator_offered 106
operator_offered 107
offer_ended 103 elsewhere
offer_ended 105 elsewhere
offer_ended 106 elsewhere
offer_ended 107 elsewhere
call_left_queue outages answered
offer_ended 104 answered
segment_closed ringing outages 1.0
call_answered 104
operator_left 104
segment_closed talk 104 4.0
call_ended answered client 16 104 1.0 4.0 0.0
