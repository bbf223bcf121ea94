call_started out
call_answered 101
operator_left 101
call_ended answered operator 16
