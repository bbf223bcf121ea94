call_started in
segment_closed menu None 1.1
operator_offered 150010001
offer_ended 150010001 answered
segment_closed ringing 150010001 0.0
call_answered 150010001
call_transferred blind 150010001 202
operator_left 150010001
segment_closed talk 150010001 1.1
operator_offered 150010002
offer_ended 150010002 answered
segment_closed ringing 150010002 0.0
call_answered 150010002
operator_left 150010002
segment_closed talk 150010002 0.0
call_ended answered client 16 150010002 0.0 1.1 0.0
