"""What stands in the headers of an AMI event, read piece by piece.

A header that is not there reads as "". Nothing here raises on bad values from outside: a number
that is none reads as its default.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from cti import events as ev

Headers = Mapping[str, str]     # as `tape` gives them: lists only where we read lists
Reader = Callable[[datetime, Headers], "ev.Event | None"]

STATES: dict[str | None, int] = {f"{state}": state for state in range(11)}
LAST_MOMENT = 4_102_444_800     # 2100
LONGEST_S = 315_360_000         # ten years: no call, wait or uptime is longer
UNSAID = frozenset({"<unknown>", "<none>", "(null)"})


def moment(headers: Headers, otherwise: datetime) -> datetime:
    """The event's Timestamp (seconds since 1970, UTC), or `otherwise`."""
    stamp = headers.get("Timestamp")
    if stamp is None:
        return otherwise
    try:
        seconds = float(stamp)
    except ValueError:
        return otherwise
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < LAST_MOMENT else otherwise


def text(headers: Headers, *keys: str) -> str:
    """The first of `keys` that is there, or ""."""
    for key in keys:
        if key in headers:
            return headers[key]
    return ""


def whole(value: str, default: int = 0) -> int:
    try:
        return int(value) if len(value) < 19 else default
    except ValueError:
        return default


def party(value: str) -> str:
    return "" if value in UNSAID else value


LegKeys = tuple[str, str, str, str, str, str, str]


def _leg_keys(prefix: str) -> LegKeys:
    names = ("Uniqueid", "Channel", "Linkedid", "ChannelState", "CallerIDNum", "CallerIDName",
             "Exten")
    return tuple(prefix + name for name in names)  # type: ignore[return-value]


LEG_KEYS = {prefix: _leg_keys(prefix) for prefix in (
    "", "Dest", "Transferer", "Transferee", "OrigTransferer", "SecondTransferer",
    "TransferTarget", "Target", "Parkee", "Retriever")}


def leg(headers: Headers, prefix: str = "") -> ev.LegFacts | None:
    """The leg whose headers begin with `prefix`; None when they are not there."""
    get = headers.get
    unique, channel, linked, state, number, name, exten = LEG_KEYS[prefix]
    leg_id = get(unique) or get(prefix + "UniqueID")
    if not leg_id:
        return None
    return ev.LegFacts(
        get(channel, ""), leg_id, get(linked, ""), STATES.get(get(state), -1),
        party(get(number, "")), party(get(name, "")), get(exten, ""))


def bare(channel: str, leg_id: str, number: str = "", name: str = "") -> ev.LegFacts:
    return ev.LegFacts(channel, leg_id, "", -1, party(number), party(name), "")


def of_leg(make: Callable[..., ev.Event], **more: Callable[[Headers], Any]) -> Reader:
    """A reader for an event about one leg; `more` reads its other fields, in their order."""
    extras = tuple(more.values())

    def read(at: datetime, headers: Headers) -> ev.Event | None:
        facts = leg(headers)
        if facts is None:
            return None
        return make(at, facts, *[extra(headers) for extra in extras])

    return read


def field(*keys: str) -> Callable[[Headers], str]:
    return lambda headers: text(headers, *keys)


def count(*keys: str) -> Callable[[Headers], int]:
    return lambda headers: whole(text(headers, *keys))


def seconds_in(*keys: str) -> Callable[[Headers], int]:
    """`90` or `00:01:30`."""

    def read(headers: Headers) -> int:
        total = 0
        for part in text(headers, *keys).split(":"):
            total = total * 60 + whole(part)
        return min(max(0, total), LONGEST_S)

    return read
