"""Time zones that a phone number says its owner may be in."""

from __future__ import annotations

import phonenumbers
from phonenumbers.timezone import time_zones_for_number

_UNKNOWN = "Etc/Unknown"


def zones_of(e164: str) -> tuple[str, ...]:
    """IANA zones, () where nothing is known. A mobile of a wide country gives all its zones."""
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return ()
    return tuple(zone for zone in time_zones_for_number(number) if zone != _UNKNOWN)


def candidate_zones(
    e164s: tuple[str, ...], known: str | None, otherwise: str,
) -> tuple[str, ...]:
    """Every zone a person may be in.

    `known` is what he said or where he is supplied: with it only numbers of a single zone (fixed
    lines) add theirs; without it all zones of all his numbers count, and `otherwise` when no
    number knows any.
    """
    of_numbers = [zones_of(e164) for e164 in e164s]
    if known is not None:
        return tuple(sorted({known, *(zones[0] for zones in of_numbers if len(zones) == 1)}))
    return tuple(sorted({zone for zones in of_numbers for zone in zones})) or (otherwise,)
