call_started in
segment_closed menu None 0.0
call_queued through
segment_closed waiting through 0.1
operator_offered 102
operator_offered 101
offer_ended 102 elsewhere
call_left_queue through answered
offer_ended 101 answered
segment_closed ringing 102 0.0
call_answered 101
operator_left 101
segment_closed talk 101 4.9
call_ended answered client 16 101 0.1 4.9 0.0
