call_started internal
segment_closed dialling 101 0.1
operator_offered 105
call_forwarded 105 102
offer_ended 105 elsewhere
segment_closed ringing 105 0.1
operator_offered 102
offer_ended 102 abandoned
segment_closed ringing 102 1.0
call_ended no_answer operator 3 101 1.1 0.0 0.0
