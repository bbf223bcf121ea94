"""Billing that lives elsewhere, on the screens: asked beside the pop, never before it."""
