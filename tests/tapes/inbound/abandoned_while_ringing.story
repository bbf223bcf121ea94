call_started in
call_queued billing
operator_offered 101
offer_ended 101 abandoned
call_left_queue billing abandoned
call_ended abandoned client 0
