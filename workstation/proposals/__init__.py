"""What the client is proposed next, and why; users call it an offer, we do not: an offer is a
call that rings at an operator."""
