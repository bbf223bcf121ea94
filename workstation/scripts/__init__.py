"""Branching scripts: what is said to a client, asked of him, and where his answer leads."""
