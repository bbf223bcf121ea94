call_started in
segment_closed menu None 1.1
operator_offered 150010001
offer_ended 150010001 answered
segment_closed ringing 150010001 0.0
call_answered 150010001
segment_closed talk 150010001 0.0
call_held 150010001
segment_closed hold 150010001 0.0
call_resumed 150010001
operator_left 150010001
segment_closed talk 150010001 0.0
call_ended answered client 16 150010001 0.0 0.0 0.0
