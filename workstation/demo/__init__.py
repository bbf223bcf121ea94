"""`make demo`: a whole contact centre on one machine, set up, run and stopped as one."""
