call_started in
operator_offered 150010001
offer_ended 150010001 rang_out
call_ended abandoned system 19
