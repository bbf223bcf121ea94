"""Synthetic callers and colleagues on the private Asterisk: demo, training, load on demand."""
