"""A question of the menu to the base, and its answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from crm_store.base import Tx
from cti.user_events import ClientIdentified
from ivr.tasks import Failed, Found, NotFound
from ivr.wording import Value

ATTEMPT = "attempt"     # of a caller's memory: the campaign's attempt that called him
BY = "menu"             # who writes what a caller keys in


@dataclass(frozen=True, slots=True)
class Caller:
    """`number` is E.164, None where it is hidden or no number; `client` once he is known.

    `memory` is what one look-up of this call keeps for the next. `entry`: the digits he dialled.
    `queue` is where he waits or would; `since` the second since 1970 at which he came to it, 0
    where he is not in line; `call` the id of this call; `language` what he is spoken to in.
    """
    number: str | None
    client: int | None = None
    memory: Mapping[str, int] = field(default_factory=dict)
    entry: str = ""
    queue: str = ""
    since: int = 0
    call: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, with what he keyed in, when and where."""
    caller: Caller
    digits: str
    now: datetime
    zone: ZoneInfo
    region: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """`values` is what phrases may speak of; `identified` is what the floor should be told.

    `language` is the client's own, "" where nobody knows it.
    """
    heard: Found | NotFound | Failed
    values: Mapping[str, Value] = field(default_factory=dict)
    identified: ClientIdentified | None = None
    remember: Mapping[str, int] = field(default_factory=dict)
    language: str = ""


LookUp = Callable[[Tx, Asker], Awaitable[Answer]]
NOBODY = Answer(NotFound())
