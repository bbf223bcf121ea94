"""Interactions: the stored record of each contact, written by the journal, read by screens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crm_store.base import Tx
from crm_store.timeline import Cursor, Page, TimelineItem
from crm_store.timeline import page as timeline

__all__ = ["CallFacts", "Cursor", "Interaction", "Page", "SegmentFacts", "TimelineItem", "absorb",
           "add_note", "add_segments", "by_call", "by_number", "choose_client", "one", "segments",
           "set_disposition", "timeline", "upsert_call", "without_disposition"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentFacts:
    """A stretch of one kind: menu, waiting, ringing, talk, hold, dialling, wrap_up."""
    kind: str
    started_at: datetime
    ended_at: datetime | None = None
    who: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFacts:
    """What is known of a call so far. None (or an empty tuple) means "not known", never "none"."""
    call_id: str
    pbx: str
    direction: str
    started_at: datetime
    number: str | None = None       # the client's: E.164 where it is one, else as it came
    dialled: str | None = None
    entry: str | None = None
    queue: str | None = None
    operator: str | None = None
    client_id: int | None = None
    campaign_entry: int | None = None
    attempt: int | None = None
    menu_path: tuple[str, ...] = ()
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: str | None = None
    cause: int | None = None
    ended_by: str | None = None
    waited_s: float | None = None
    talked_s: float | None = None
    held_s: float | None = None
    segments: tuple[SegmentFacts, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """A stored interaction. `disposition`, `note` are the latest the human chose."""
    id: int
    channel: str
    call_id: str | None
    direction: str
    number: str | None
    dialled: str | None
    entry: str | None
    queue: str | None
    operator: str | None
    client_id: int | None
    client_name: str | None
    campaign_entry: int | None
    attempt: int | None
    menu_path: tuple[str, ...]
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    outcome: str | None
    waited_s: float | None
    talked_s: float | None
    held_s: float | None
    disposition: str | None
    note: str | None
    disposed_by: str | None
    disposed_at: datetime | None


async def upsert_call(tx: Tx, facts: CallFacts) -> int:
    """Write what is known of a call; the id of its interaction (of the kept one, once absorbed).

    May be repeated and may come again from a replayed tape: what is not known now never
    overwrites what was, `lost_sight` never overwrites a seen outcome, and the machine's guess of
    the client never overwrites a person's choice.
    """
    raise NotImplementedError


async def add_segments(tx: Tx, interaction_id: int, found: tuple[SegmentFacts, ...]) -> None:
    """Add or end segments (the wrap-up, for instance); a known one is not written twice."""
    raise NotImplementedError


async def absorb(tx: Tx, kept_call: str, absorbed_call: str) -> None:
    """Two calls became one: the kept interaction gets everything of the absorbed one.

    Raises `NotFound` when the kept call was never stored; an unknown absorbed call is nothing.
    """
    raise NotImplementedError


async def choose_client(
    tx: Tx, interaction_id: int, client_id: int | None, *, by: str, at: datetime
) -> None:
    """A person says whose contact this is; None: none of the candidates. Stored as a fact."""
    raise NotImplementedError


async def set_disposition(
    tx: Tx, interaction_id: int, *, outcome_id: str, note: str = "", by: str, at: datetime
) -> None:
    """What the human chose. Each call adds an event; the latest counts. Raises `NotFound`."""
    raise NotImplementedError


async def add_note(
    tx: Tx, client_id: int, text: str, *, by: str, at: datetime, interaction_id: int | None = None
) -> int:
    """A note on the client himself, in his timeline."""
    raise NotImplementedError


async def one(tx: Tx, interaction_id: int) -> Interaction:
    """Raises `NotFound`."""
    raise NotImplementedError


async def by_call(tx: Tx, call_id: str) -> Interaction | None:
    """The interaction of a call; of the kept call, if this one was absorbed."""
    raise NotImplementedError


async def segments(tx: Tx, interaction_id: int) -> list[SegmentFacts]:
    """In order of time."""
    raise NotImplementedError


async def without_disposition(tx: Tx, operator: str, *, limit: int = 50) -> list[Interaction]:
    """Answered contacts of this operator for which he has chosen no outcome, oldest first."""
    raise NotImplementedError


async def by_number(tx: Tx, e164: str, limit: int = 20) -> list[TimelineItem]:
    """The calls of a number, newest first: the history of a caller nobody knows."""
    raise NotImplementedError
