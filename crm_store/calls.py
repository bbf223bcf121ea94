"""What the journal writes of calls; every function may come again from a replayed tape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import (
    Select,
    Update,
    and_,
    bindparam,
    case,
    delete,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from crm_store import errors
from crm_store.base import Bytewise, Tx, Whole, insert_into
from crm_store.contacts import COLUMNS, CallFacts, SegmentFacts, place_of, show, show_now
from crm_store.personal_data import HASHED
from crm_store.prepared import Ask, Prepared
from crm_store.tables.clients import ClientChoices, IdentityConfirmations
from crm_store.tables.contacts import Dispositions, Drafts, Interactions, Notes, Segments
from crm_store.tables.guidance import ProposalAnswers, ScriptAnswers
from crm_store.tables.recordings import Recordings
from crm_store.tables.requests import Requests

_KNOWN = tuple(field.name for field in fields(CallFacts) if field.name != "segments")
# What a call's own records know better than the tape that lost sight of it.
SEEN = ("direction", "number", "dialled", "entry", "started_at", "answered_at", "ended_at",
        "queue", "operator", "outcome", "cause", "ended_by", "waited_s", "talked_s", "held_s")
_FOLLOWERS = (Dispositions, Notes, ClientChoices, IdentityConfirmations, Recordings, Requests,
              ScriptAnswers, ProposalAnswers)


async def upsert_call(tx: Tx, facts: CallFacts) -> int:
    """Write what is known of a call; the id of its interaction (of the kept one, once absorbed).

    May be repeated and may come again from a replayed tape: what is not known now never
    overwrites what was, `lost_sight` never overwrites a seen outcome, and the machine's guess of
    the client never overwrites a person's choice.
    """
    return (await upsert_calls(tx, [facts]))[0]


async def upsert_calls(tx: Tx, calls: Sequence[CallFacts]) -> list[int]:
    """Many at once, in one trip: the journal writes thousands of these an hour."""
    return await tx.trip(lambda ask: [_write_call(ask, facts) for facts in calls])


def _write_call(ask: Ask, facts: CallFacts) -> int:
    known = ask.rows(_PLACE, call_id=facts.call_id)
    before = place_of(known[0]) if known else None
    row, = ask.rows(_UPSERT, **_values(facts))
    show_now(ask, before, row)
    kept: int = row.absorbed_into or row.id
    if not row.reconstructed:
        ask.each(_SEGMENT, _segment_rows(kept, facts.segments))
    return kept


def _values(facts: CallFacts) -> dict[str, Any]:
    known = {name: getattr(facts, name) for name in _KNOWN}
    return known | {"menu_path": list(facts.menu_path) or None,
                    "channel": "call", "client_is_chosen": False}


def _upsert(dialect: str) -> Any:
    new = insert_into(dialect, Interactions)
    changes = {name: _merged(new, name) for name in _KNOWN if name != "call_id"}
    return new.on_conflict_do_update(
        index_elements=["call_id"], set_=changes).returning(*COLUMNS)


def _merged(new: sqlite.Insert | postgresql.Insert, name: str) -> Any:
    """The value of a column when the call is known already."""
    told, stored = new.excluded[name], getattr(Interactions, name)
    merged = _learnt(told, stored, name)
    return case((Interactions.reconstructed, stored), else_=merged) if name in SEEN else merged


def _learnt(told: Any, stored: Any, name: str) -> Any:
    if name == "client_id":
        return case((Interactions.client_is_chosen, stored), else_=func.coalesce(told, stored))
    if name == "outcome":
        is_worse = and_(told == "lost_sight", stored.is_not(None))
        return case((is_worse, stored), else_=func.coalesce(told, stored))
    if name in ("number", "dialled"):   # of who was erased; a tape told again knows it still
        return case((stored.like(f"{HASHED}%"), stored), else_=func.coalesce(told, stored))
    return func.coalesce(told, stored)


async def add_segments(tx: Tx, interaction_id: int, found: tuple[SegmentFacts, ...]) -> None:
    """Add or end segments (the wrap-up, for instance); a known one is not written twice."""
    if found:
        await tx.trip(lambda ask: ask.each(_SEGMENT, _segment_rows(interaction_id, found)))


def _segment_rows(
    interaction_id: int, found: tuple[SegmentFacts, ...]
) -> list[dict[str, Any]]:
    return [{"interaction_id": interaction_id, "started_at": segment.started_at,
             "kind": segment.kind, "who": segment.who or "", "ended_at": segment.ended_at}
            for segment in found]


def _segment(dialect: str) -> Any:
    new = insert_into(dialect, Segments)
    return new.on_conflict_do_update(
        index_elements=["interaction_id", "started_at", "kind", "who"],
        set_={"ended_at": func.coalesce(new.excluded.ended_at, Segments.ended_at)})


async def absorb(tx: Tx, kept_call: str, absorbed_call: str) -> None:
    """Two calls became one: the kept interaction gets everything of the absorbed one.

    Raises `NotFound` when the kept call was never stored; an unknown absorbed call is nothing.
    """
    kept = await _surviving(tx, kept_call)
    if kept is None:
        raise errors.NotFound(f"call {kept_call}")
    part = await tx.first(_locked(Interactions.call_id == absorbed_call))
    if part is None or part.id == kept.id:
        return
    await tx.run(update(Interactions)
                 .where(or_(Interactions.id == part.id, Interactions.absorbed_into == part.id))
                 .values(absorbed_into=kept.id))
    await _move_segments(tx, part.id, kept.id)
    await _move_drafts(tx, part.id, kept.id)
    for table in _FOLLOWERS:
        await tx.run(update(table).where(table.interaction_id == part.id)
                     .values(interaction_id=kept.id))
    await show(tx, place_of(part), await _row(tx, part.id))
    inherited = (await tx.run(_inherit(kept, part))).one()
    await show(tx, place_of(kept), inherited)


def _inherit(kept: Any, part: Any) -> Any:
    """What only the absorbed row knows: its client, what was chosen for it, its answer, and the
    campaign's attempt that it was."""
    names = ["client_id", "queue", "operator", "answered_at", "attempt", "campaign_entry",
             "recorded", "lines", "scripted"]
    if kept.disposition is None:
        names += ["disposition", "note", "disposed_by", "disposed_at"]
    learnt = {name: getattr(part, name) for name in names if getattr(kept, name) is None}
    if part.client_is_chosen and not kept.client_is_chosen:
        learnt |= {"client_id": part.client_id, "client_is_chosen": True}
    change: Update = update(Interactions).where(Interactions.id == kept.id)
    return change.values(**learnt, absorbed_into=kept.absorbed_into).returning(*COLUMNS)


async def _move_segments(tx: Tx, part: int, kept: int) -> None:
    theirs = select(
        literal(kept, Whole), Segments.started_at, Segments.kind,
        Segments.who, Segments.ended_at).where(Segments.interaction_id == part)
    names = ["interaction_id", "started_at", "kind", "who", "ended_at"]
    await tx.run(tx.insert(Segments).from_select(names, theirs).on_conflict_do_nothing())
    await tx.run(delete(Segments).where(Segments.interaction_id == part))


async def _move_drafts(tx: Tx, part: int, kept: int) -> None:
    """An operator who has a draft on both keeps both: that of the absorbed call stays there."""
    has_one = select(Drafts.operator).where(Drafts.interaction_id == kept)
    await tx.run(update(Drafts)
                 .where(Drafts.interaction_id == part, Drafts.operator.not_in(has_one))
                 .values(interaction_id=kept))


async def _surviving(tx: Tx, call_id: str) -> Any:
    row = await tx.first(_locked(Interactions.call_id == call_id))
    if row is None or row.absorbed_into is None:
        return row
    return await _row(tx, row.absorbed_into)


async def _row(tx: Tx, interaction_id: int) -> Any:
    return await tx.first(_locked(Interactions.id == interaction_id))


def _locked(condition: Any) -> Select[*tuple[Any, ...]]:
    """The row, locked until commit where the engine has row locks (SQLite ignores it)."""
    return select(*COLUMNS).where(condition).with_for_update()


_UPSERT = Prepared(_upsert, keys=(*_KNOWN, "channel", "client_is_chosen"))
_SEGMENT = Prepared(_segment, keys=("interaction_id", "started_at", "kind", "who", "ended_at"))
_PLACE = Prepared(
    select(Interactions.client_id, Interactions.started_at, Interactions.absorbed_into)
    .where(Interactions.call_id == bindparam("call_id", type_=Bytewise)).with_for_update())
