call_started in
segment_closed menu None 5.5
operator_offered 150010001
operator_offered 150010002
offer_ended 150010002 elsewhere
offer_ended 150010001 answered
segment_closed ringing 150010001 1.1
call_answered 150010001
operator_left 150010001
segment_closed talk 150010001 0.0
call_ended answered operator 16 150010001 1.1 0.0 0.0
