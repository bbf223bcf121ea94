"""Interactions: the stored record of each contact, written by the journal, read by screens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Select, bindparam, insert, select, update

from crm_store import audit, errors
from crm_store.base import Bytewise, Plain, Tx, Utc, Whole
from crm_store.calls import absorb, add_segments, upsert_call, upsert_calls
from crm_store.card_numbers import masked
from crm_store.contacts import (
    COLUMNS,
    CallFacts,
    Interaction,
    SegmentFacts,
    call_item,
    place_of,
    show,
    show_now,
)
from crm_store.prepared import Ask, Asked, Prepared
from crm_store.report_sums import forget_now
from crm_store.tables.clients import ClientChoices, Clients
from crm_store.tables.contacts import (
    UNREACHED,
    Dispositions,
    Drafts,
    Interactions,
    Notes,
    Segments,
)
from crm_store.timeline import Cursor, Page, TimelineItem, put
from crm_store.timeline import page as timeline

__all__ = ["CallFacts", "Cursor", "Interaction", "Page", "SegmentFacts", "TimelineItem", "absorb",
           "add_note", "add_segments", "by_call", "by_number", "choose_client", "one", "segments",
           "set_disposition", "timeline", "unreached_without_disposition", "upsert_call",
           "upsert_calls", "with_open_draft", "without_disposition"]


async def choose_client(
    tx: Tx, interaction_id: int, client_id: int | None, *, by: str, at: datetime
) -> None:
    """A person says whose contact this is; None: none of the candidates. Stored as a fact.

    Raises `NotFound` for an unknown interaction, `Conflict` for an unknown client.
    """
    before = place_of(await _row(tx, interaction_id))
    row = (await tx.run(
        update(Interactions).where(Interactions.id == interaction_id)
        .values(client_id=client_id, client_is_chosen=True).returning(*COLUMNS))).one()
    await tx.run(insert(ClientChoices).values(
        interaction_id=interaction_id, client_id=client_id, by=by, at=at))
    await audit.record(tx, by=by, at=at, what="client.chosen", client_id=client_id,
                       facts={"contact": interaction_id})
    await show(tx, before, row)


async def set_disposition(
    tx: Tx, interaction_id: int, *, outcome_id: str, note: str = "", by: str, at: datetime
) -> int | None:
    """What the human chose. Each call adds an event; the latest counts. The campaign's attempt
    that the contact is, if it is one. Raises `NotFound`."""
    chosen = {"interaction_id": interaction_id, "outcome_id": outcome_id, "note": note, "by": by,
              "at": at}
    return await tx.trip(partial(_dispose, chosen=chosen))


def _dispose(ask: Ask, chosen: dict[str, Any]) -> int | None:
    rows = ask.rows(_DISPOSED, **chosen)
    if not rows:
        raise errors.NotFound(f"interaction {chosen['interaction_id']}")
    ask.rows(_DISPOSITION, **chosen)
    forget_now(ask, rows[0].started_at)
    show_now(ask, place_of(rows[0]), rows[0])       # its place does not change
    attempt: int | None = rows[0].attempt
    return attempt


async def add_note(
    tx: Tx, client_id: int, text: str, *, by: str, at: datetime, interaction_id: int | None = None
) -> int:
    """A note on the client himself, in his timeline. Raises `Conflict` for an unknown client."""
    text = masked(text)
    note_id = int(await tx.scalar(insert(Notes).values(
        client_id=client_id, interaction_id=interaction_id, text=text, by=by, at=at,
    ).returning(Notes.id)))
    await put(tx, client_id, at, "note", note_id, {"text": text, "by": by})
    return note_id


async def one(tx: Tx, interaction_id: int) -> Interaction:
    """Raises `NotFound`."""
    row = await tx.first(_interactions().where(Interactions.id == interaction_id))
    if row is None:
        raise errors.NotFound(f"interaction {interaction_id}")
    return _interaction(row)


async def by_call(tx: Tx, call_id: str) -> Interaction | None:
    """The interaction of a call; of the kept call, if this one was absorbed."""
    row = await tx.first(_interactions().where(Interactions.call_id == call_id))
    if row is None:
        return None
    return _interaction(row) if row.absorbed_into is None else await one(tx, row.absorbed_into)


async def segments(tx: Tx, interaction_id: int) -> list[SegmentFacts]:
    """In order of time."""
    rows = await tx.all(
        select(Segments.kind, Segments.started_at, Segments.ended_at, Segments.who)
        .where(Segments.interaction_id == interaction_id)
        .order_by(Segments.started_at, Segments.kind))
    return [SegmentFacts(kind=row.kind, started_at=row.started_at, ended_at=row.ended_at,
                         who=row.who or None) for row in rows]


async def without_disposition(
    tx: Tx, operator: str, *, since: datetime, limit: int = 50
) -> list[Interaction]:
    """Answered contacts of this operator that began since then and for which he has chosen no
    outcome, newest first."""
    rows = await tx.all(
        _interactions().where(
            Interactions.operator == operator, Interactions.disposition.is_(None),
            Interactions.answered_at.is_not(None), Interactions.absorbed_into.is_(None),
            Interactions.started_at >= since)
        .order_by(Interactions.started_at.desc()).limit(limit))
    return [_interaction(row) for row in rows]


async def unreached_without_disposition(
    tx: Tx, operator: str, *, since: datetime, limit: int = 50
) -> list[Interaction]:
    """Outbound calls of his that nobody answered, still without an outcome, newest first."""
    rows = await tx.all(
        _interactions().where(
            Interactions.operator == operator, Interactions.started_at >= since,
            Interactions.ended_at.is_not(None), UNREACHED, Interactions.attempt.is_(None))
        .order_by(Interactions.started_at.desc()).limit(limit))
    return [_interaction(row) for row in rows]


async def with_open_draft(
    tx: Tx, operator: str, *, since: datetime, limit: int = 50
) -> list[Interaction]:
    """Answered contacts for which he typed something and has not finished it, newest first: also
    those that a colleague has by now, or has finished."""
    rows = await tx.all(
        _interactions().join(Drafts, Drafts.interaction_id == Interactions.id).where(
            Drafts.operator == operator, Drafts.finished_at.is_(None),
            Interactions.answered_at.is_not(None), Interactions.absorbed_into.is_(None),
            Interactions.started_at >= since)
        .order_by(Interactions.started_at.desc()).limit(limit))
    return [_interaction(row) for row in rows]


async def by_number(tx: Tx, e164: str, limit: int = 20) -> list[TimelineItem]:
    """The calls of a number, newest first: the history of a caller nobody knows."""
    return calls_made((await tx.fetch_each(calls_asked(e164, limit)))[0])


def calls_asked(e164: str, limit: int) -> Asked:
    """What to ask for them; `calls_made` makes them of the rows."""
    return _OF_NUMBER, {"number": e164, "count": limit}


def calls_made(rows: Sequence[Any]) -> list[TimelineItem]:
    return [TimelineItem("call", row.started_at, f"call:{row.id}", call_item(row))
            for row in rows]


def _interactions() -> Select[*tuple[Any, ...]]:
    return select(*COLUMNS, Clients.name.label("client_name")).outerjoin(
        Clients, Clients.id == Interactions.client_id)


def _interaction(row: Any) -> Interaction:
    facts = dict(row._mapping)
    del facts["absorbed_into"]
    facts["menu_path"] = tuple(facts["menu_path"] or ())
    return Interaction(**facts)


async def _row(tx: Tx, interaction_id: int) -> Any:
    row = await tx.first(
        select(*COLUMNS).where(Interactions.id == interaction_id).with_for_update())
    if row is None:
        raise errors.NotFound(f"interaction {interaction_id}")
    return row


_DISPOSITION = Prepared(
    insert(Dispositions).inline(), keys=("interaction_id", "outcome_id", "note", "by", "at"))
_DISPOSED = Prepared(
    update(Interactions).where(Interactions.id == bindparam("interaction_id", type_=Whole))
    .values(disposition=bindparam("outcome_id", type_=Plain()),
            note=bindparam("note", type_=Plain()), disposed_by=bindparam("by", type_=Plain()),
            disposed_at=bindparam("at", type_=Utc))
    .returning(*COLUMNS))
_OF_NUMBER = Prepared(
    select(*COLUMNS)
    .where(Interactions.number == bindparam("number", type_=Bytewise),
           Interactions.absorbed_into.is_(None))
    .order_by(Interactions.started_at.desc()).limit(bindparam("count", type_=Whole)))
