call_started out
segment_closed dialling 150010001 1.1
operator_offered 150010002
offer_ended 150010002 answered
segment_closed ringing 150010002 0.0
call_answered 150010002
call_transferred blind 150010001 203
operator_left 150010001
segment_closed talk 150010002 1.1
segment_closed hold 150010002 1.1
operator_offered 150010003
offer_ended 150010003 answered
segment_closed ringing 150010003 0.0
call_answered 150010003
operator_left 150010003
operator_left 150010002
segment_closed talk 150010003 0.0
call_ended answered operator 16 150010003 0.0 1.1 1.1
