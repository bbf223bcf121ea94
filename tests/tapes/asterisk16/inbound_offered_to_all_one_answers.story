call_started in
segment_closed menu None 0.0
call_queued outages
segment_closed waiting outages 0.0
operator_offered 101
operator_offered 102
offer_ended 101 elsewhere
call_left_queue outages answered
offer_ended 102 answered
segment_closed ringing outages 0.5
call_answered 102
operator_left 102
segment_closed talk 102 4.5
call_ended answered client 16 102 0.5 4.5 0.0
