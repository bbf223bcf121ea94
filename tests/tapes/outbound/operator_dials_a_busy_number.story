call_started out
call_ended busy system 17
