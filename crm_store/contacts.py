"""The values of a contact, and how its row stands in the client's timeline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from crm_store import timeline
from crm_store.base import JSON, Tx
from crm_store.prepared import Ask
from crm_store.tables.contacts import Interactions

Place: TypeAlias = tuple[int, datetime] | None      # client and moment, where it has a client


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
    client_is_chosen: bool          # by a person, not by number or menu
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
    reconstructed: bool = False     # from Asterisk's own records: nobody saw it live
    recorded: int | None = None     # recordings that can be heard, or will be
    lines: list[dict[str, Any]] | None = None      # how they sounded, see `crm_store.lines`
    scripted: int | None = None     # questions of scripts that were answered in it


COLUMNS = (
    Interactions.id, Interactions.channel, Interactions.call_id, Interactions.direction,
    Interactions.number, Interactions.dialled, Interactions.entry, Interactions.queue,
    Interactions.operator, Interactions.client_id, Interactions.client_is_chosen,
    Interactions.campaign_entry, Interactions.attempt, Interactions.menu_path,
    Interactions.started_at, Interactions.answered_at, Interactions.ended_at,
    Interactions.outcome, Interactions.waited_s, Interactions.talked_s, Interactions.held_s,
    Interactions.disposition, Interactions.note, Interactions.disposed_by,
    Interactions.disposed_at, Interactions.absorbed_into, Interactions.reconstructed,
    Interactions.recorded, Interactions.lines, Interactions.scripted,
)


def call_item(row: Any) -> dict[str, JSON]:
    """What the timeline tells about an interaction; see `TimelineItem`."""
    mark: dict[str, JSON] = {"reconstructed": True} if row.reconstructed else {}
    if row.recorded:
        mark["recorded"] = row.recorded
    if row.lines:
        mark["lines"] = row.lines
    if row.scripted:
        mark["scripted"] = row.scripted
    return mark | {
        "interaction_id": row.id, "call_id": row.call_id, "direction": row.direction,
        "number": row.number, "queue": row.queue, "operator": row.operator,
        "outcome": row.outcome, "disposition": row.disposition, "note": row.note,
        "disposed_by": row.disposed_by, "waited_s": row.waited_s, "talked_s": row.talked_s,
        "ended_at": row.ended_at.isoformat() if row.ended_at else None,
        "campaign_entry": row.campaign_entry, "menu_path": list(row.menu_path or ()),
    }


def place_of(row: Any) -> Place:
    """Where the row stands in a timeline; nowhere without a client or once absorbed."""
    if row is None or row.client_id is None or row.absorbed_into is not None:
        return None
    return row.client_id, row.started_at


async def show(tx: Tx, before: Place, row: Any) -> None:
    """Bring the timeline in line with the row as it is now; it stood at `before`."""
    await tx.trip(lambda ask: show_now(ask, before, row))


def show_now(ask: Ask, before: Place, row: Any) -> None:
    """`show` within a trip."""
    now = place_of(row)
    if before and before != now:
        ask.rows(timeline.REMOVE, client_id=before[0], at=before[1], kind="call", ref=row.id)
    if now:
        ask.rows(timeline.PUT, client_id=now[0], at=now[1], kind="call", ref=row.id,
                 facts=call_item(row))
