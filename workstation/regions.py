"""Where a caller's bare local number is completed ○: by the entry point he dialled.

Somebody in Samara who dials the Samara number and sends `2345678` means +7 846 234-56-78; the
same digits at the Moscow entry are a Moscow number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workstation.settings import Settings


@dataclass(frozen=True, slots=True)
class Regions:
    """`RU` or, with the area code that completes local numbers, `RU-846`; by entry, its digits."""
    company: str
    entries: Mapping[str, str] = field(default_factory=dict)

    def of(self, entry: str | None) -> str:
        """The region of the number that a caller dialled; the company's for every other."""
        return self.entries.get(_digits(entry or ""), self.company)


def regions_of(settings: Settings) -> Regions:
    return Regions(settings.company.region, {
        _digits(entry.number): entry.region for entry in settings.entry if entry.region})


def _digits(number: str) -> str:
    """Trunks write the number dialled with `+` or without."""
    return number.lstrip("+")
