call_started internal
operator_offered 102
offer_ended 102 abandoned
call_ended no_answer operator 3
