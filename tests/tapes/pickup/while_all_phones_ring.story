call_started in
segment_closed menu None 0.0
call_queued outages
segment_closed waiting outages 0.0
operator_offered 101
operator_offered 102
call_started internal
segment_closed dialling 108 0.0
calls_merged
call_picked_up 108 102
operator_offered 108
offer_ended 102 elsewhere
offer_ended 101 elsewhere
call_left_queue outages answered
offer_ended 108 answered
segment_closed ringing outages 0.0
call_answered 108
operator_left 108
segment_closed talk 108 6.0
call_ended answered client 16 108 0.0 6.0 0.0
