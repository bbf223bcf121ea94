call_started in
call_started in
call_started in
segment_closed menu None 0.0
call_queued rrmemory
segment_closed menu None 0.0
call_queued rrmemory
segment_closed menu None 0.0
call_queued rrmemory
segment_closed waiting rrmemory 1.0
operator_offered 101
call_left_queue rrmemory answered
offer_ended 101 answered
segment_closed ringing 101 0.0
call_answered 101
operator_left 101
segment_closed waiting rrmemory 2.0
operator_offered 101
call_left_queue rrmemory answered
offer_ended 101 answered
segment_closed ringing 101 0.0
call_answered 101
operator_left 101
segment_closed talk 101 7.0
call_ended answered client 16 101 2.0 7.0 0.0
segment_closed talk 101 0.1
segment_closed waiting None 8.9
call_ended answered client 16 101 9.9 0.1 0.0
segment_closed waiting rrmemory 10.0
operator_offered 101
call_left_queue rrmemory answered
offer_ended 101 answered
segment_closed ringing 101 0.0
call_answered 101
operator_left 101
segment_closed talk 101 1.0
call_ended answered client 16 101 10.0 1.0 0.0
