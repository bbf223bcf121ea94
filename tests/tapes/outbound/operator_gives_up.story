call_started out
call_ended no_answer operator 127
