"""Pauses that last too long ○: the screens of the operator and of his leads say so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from cti.operators import Operator

Over: TypeAlias = Literal["", "amber", "red"]
RED_AFTER = timedelta(minutes=5)    # beyond the limit
SET_ASIDE = "Auto-Pause"            # Asterisk's own reason: he was rung and did not answer


def limit_s(live: Operator, minutes: Mapping[str, int]) -> int | None:
    """Of the pause he is in; `minutes` by reason."""
    allowed = minutes.get(live.reason) if live.state == "paused" else None
    return None if allowed is None else allowed * 60


def over(live: Operator, minutes: Mapping[str, int], now: datetime) -> Over:
    allowed_s = limit_s(live, minutes)
    if allowed_s is None:
        return ""
    beyond = now - live.since - timedelta(seconds=allowed_s)
    if beyond < timedelta():
        return ""
    return "red" if beyond >= RED_AFTER else "amber"
