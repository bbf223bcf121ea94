attempt_settled 15 ENDED
