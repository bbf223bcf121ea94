"""Frozen values with some fields changed, cheaply: the floor does this for every event."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import replace as replace
else:
    def replace(value, /, **fields):
        """As `dataclasses.replace` (five times as fast), for values without slots or checks."""
        changed = object.__new__(value.__class__)
        known = changed.__dict__
        known.update(value.__dict__)
        known.update(fields)
        return changed
