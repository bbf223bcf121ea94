"""Frozen values made and changed cheaply: the floor does this for every event."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import replace as replace
    from typing import ParamSpec, TypeVar

    P = ParamSpec("P")
    T = TypeVar("T")

    def made(kind: Callable[P, T]) -> Callable[P, T]: ...
else:
    def made(kind):
        """As `kind` itself, called with names (five times as fast): what every phone that a
        queue rings makes. For values without slots or checks, given all that has no default."""

        def make(**fields):
            value = object.__new__(kind)
            value.__dict__.update(fields)
            return value

        return make

    def replace(value, /, **fields):
        """As `dataclasses.replace` (five times as fast), for values without slots or checks."""
        changed = object.__new__(value.__class__)
        known = changed.__dict__
        known.update(value.__dict__)
        known.update(fields)
        return changed
