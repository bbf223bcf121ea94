"""Phone numbers: any spelling in, E.164 inside, the original kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

NumberKind = Literal["mobile", "fixed", "internal", "hidden", "unknown"]


@dataclass(frozen=True, slots=True)
class Number:
    """What a spelling means. `e164` is None for internal, hidden and unreadable numbers.

    `unknown` with an `e164` is a number of a possible length that no numbering plan lists.
    """
    e164: str | None
    original: str
    kind: NumberKind


def normalise(raw: str | None, *, region: str) -> Number:
    """Read any spelling of a number as somebody in `region` means it; never raises.

    `region` is an ISO country, `"RU"`, or a country with the area code that completes bare local
    numbers, `"RU-495"`. A short number (up to 5 digits, no `+`) is internal and never a client's.
    """
    raise NotImplementedError
