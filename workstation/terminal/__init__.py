"""The workplace in a terminal, over SSH: it speaks to the server exactly as the browser does."""
