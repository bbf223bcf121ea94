call_started in
segment_closed menu None 1.1
operator_offered 150010001
offer_ended 150010001 answered
segment_closed ringing 150010001 0.0
call_answered 150010001
call_transferred blind 150010001 203
operator_left 150010001
segment_closed talk 150010001 0.0
segment_closed waiting None 1.1
operator_offered 150010003
offer_ended 150010003 answered
segment_closed ringing 150010003 0.0
call_answered 150010003
operator_left 150010003
segment_closed talk 150010003 0.0
call_ended answered operator 16 150010003 1.1 0.0 0.0
