"""The parent of every picture."""

from __future__ import annotations

import msgspec


class View(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A picture of one thing, whole; two equal views need no delta."""
