call_started in
menu_entered main
menu_step main greet
call_ended abandoned client 0
