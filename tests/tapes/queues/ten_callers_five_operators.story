call_started in
call_started in
call_started in
call_started in
segment_closed menu None 0.0
call_queued rrmemory
segment_closed menu None 0.1
call_queued rrmemory
call_started in
call_started in
segment_closed waiting rrmemory 0.0
operator_offered 103
segment_closed waiting rrmemory 0.0
operator_offered 104
call_left_queue rrmemory answered
offer_ended 104 answered
segment_closed ringing 104 0.0
call_answered 104
call_started in
call_left_queue rrmemory answered
offer_ended 103 answered
segment_closed ringing 103 0.0
call_answered 103
segment_closed menu None 0.1
call_queued rrmemory
segment_closed menu None 0.0
call_queued rrmemory
call_started in
segment_closed menu None 0.0
call_queued rrmemory
segment_closed menu None 0.1
call_queued rrmemory
segment_closed waiting rrmemory 0.0
operator_offered 105
segment_closed waiting rrmemory 0.0
operator_offered 106
segment_closed menu None 0.0
call_queued rrmemory
call_left_queue rrmemory answered
offer_ended 105 answered
segment_closed ringing 105 0.0
call_answered 105
call_started in
segment_closed waiting rrmemory 0.0
operator_offered 107
call_started in
call_left_queue rrmemory answered
call_left_queue rrmemory answered
offer_ended 106 answered
segment_closed ringing 106 0.0
call_answered 106
offer_ended 107 answered
segment_closed ringing 107 0.0
call_answered 107
segment_closed menu None 0.0
call_queued rrmemory
segment_closed menu None 0.0
call_queued rrmemory
segment_closed menu None 0.0
call_queued rrmemory
operator_left 104
segment_closed waiting rrmemory 2.0
operator_offered 104
call_left_queue rrmemory answered
offer_ended 104 answered
segment_closed ringing 104 0.0
call_answered 104
operator_left 103
operator_left 105
operator_left 107
segment_closed waiting rrmemory 2.0
operator_offered 105
operator_left 106
segment_closed waiting rrmemory 2.0
operator_offered 106
call_left_queue rrmemory answered
offer_ended 105 answered
segment_closed ringing 105 0.0
call_answered 105
segment_closed waiting rrmemory 2.0
operator_offered 107
call_left_queue rrmemory answered
offer_ended 106 answered
segment_closed ringing 106 0.0
call_answered 106
call_left_queue rrmemory answered
offer_ended 107 answered
segment_closed ringing 107 0.0
call_answered 107
segment_closed waiting rrmemory 3.0
operator_offered 103
call_left_queue rrmemory answered
offer_ended 103 answered
segment_closed ringing 103 0.0
call_answered 103
operator_left 104
operator_left 106
operator_left 105
operator_left 107
operator_left 103
segment_closed talk 104 12.0
call_ended answered operator 16 104 0.0 12.0 0.0
segment_closed talk 103 12.0
call_ended answered operator 16 103 0.1 12.0 0.0
segment_closed talk 105 12.0
call_ended answered operator 16 105 0.0 12.0 0.0
segment_closed talk 107 12.0
call_ended answered operator 16 107 0.0 12.0 0.0
segment_closed talk 106 12.0
call_ended answered operator 16 106 0.0 12.0 0.0
segment_closed talk 104 12.0
call_ended answered operator 16 104 2.0 12.0 0.0
segment_closed talk 106 12.0
call_ended answered operator 16 106 2.0 12.0 0.0
segment_closed talk 105 12.0
call_ended answered operator 16 105 2.0 12.0 0.0
segment_closed talk 107 12.0
call_ended answered operator 16 107 2.0 12.0 0.0
segment_closed talk 103 12.0
call_ended answered operator 16 103 3.0 12.0 0.0
