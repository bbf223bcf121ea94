call_started in
call_queued billing
call_left_queue billing abandoned
call_ended abandoned client 0
