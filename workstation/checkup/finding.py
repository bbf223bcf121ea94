"""What one check saw, and what to do about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

Colour = Literal["green", "yellow", "red"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check saw. `mend` says what to do, "" when nothing is to be done."""
    check: str
    colour: Colour
    says: str
    mend: str = ""

    def facts(self) -> dict[str, str]:
        return asdict(self)


def good(check: str, says: str) -> Finding:
    return Finding(check, "green", says)
