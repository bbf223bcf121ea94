"""Callers who cannot be answered now: opening hours, place in line, call-backs, incidents."""
