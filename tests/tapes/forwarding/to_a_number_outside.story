call_started internal
segment_closed dialling 101 0.1
operator_offered 105
call_forwarded 105 +79160000003
offer_ended 105 elsewhere
segment_closed ringing 105 1.1
call_answered 101
operator_left 101
segment_closed talk 101 1.5
call_ended answered operator 16 101 1.1 1.5 0.0
