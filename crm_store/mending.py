"""Calls written anew as a whole: from Asterisk's own records, or from the tape once more."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from crm_store.base import Tx
from crm_store.calls import SEEN, absorb, add_segments, upsert_call
from crm_store.contacts import COLUMNS, CallFacts, SegmentFacts, place_of, show
from crm_store.report_sums import forget_near
from crm_store.tables.clients import Clients
from crm_store.tables.contacts import Interactions, Segments

ASKED_AT_ONCE = 500         # of the calls in one statement
OURS = "wrap_up"            # a segment that Asterisk knows nothing of
KNOWN = tuple(field.name for field in fields(CallFacts) if field.name != "segments")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCall:
    """A call as the base has it. `kept` is the call it was absorbed into, or itself."""
    id: int
    kept: str
    facts: CallFacts
    reconstructed: bool


async def stored(tx: Tx, calls: Collection[str]) -> dict[str, StoredCall]:
    """By call id; those that the base does not have are not among them."""
    found: dict[str, StoredCall] = {}
    wanted = sorted(set(calls))
    for place in range(0, len(wanted), ASKED_AT_ONCE):
        some = wanted[place:place + ASKED_AT_ONCE]
        rows = await tx.all(select(Interactions.id, Interactions.absorbed_into,
                                   Interactions.reconstructed, *_columns())
                            .where(Interactions.call_id.in_(some)))
        parts = await _segments(tx, [row.absorbed_into or row.id for row in rows])
        names = await _call_ids(tx, [row.absorbed_into for row in rows if row.absorbed_into])
        for row in rows:
            found[row.call_id] = StoredCall(
                id=row.absorbed_into or row.id, kept=names.get(row.absorbed_into, row.call_id),
                facts=_facts(row, parts.get(row.absorbed_into or row.id, ())),
                reconstructed=row.reconstructed)
    return found


async def calls_between(tx: Tx, pbx: str, since: datetime, until: datetime) -> list[str]:
    """The calls of one Asterisk that began then, `until` excluded."""
    rows = await tx.all(
        select(Interactions.call_id).where(
            Interactions.pbx == pbx, Interactions.call_id.is_not(None),
            Interactions.started_at >= since, Interactions.started_at < until)
        .order_by(Interactions.started_at))
    return [row.call_id for row in rows]


async def without_end(
    tx: Tx, pbx: str, since: datetime, until: datetime, *, ended_since: datetime,
) -> list[str]:
    """Calls that began since then and whose end nobody saw, from `ended_since` on."""
    rows = await tx.all(
        select(Interactions.call_id).where(
            Interactions.pbx == pbx, Interactions.outcome == "lost_sight",
            Interactions.reconstructed.is_(False), Interactions.absorbed_into.is_(None),
            Interactions.started_at >= since, Interactions.started_at < until,
            Interactions.ended_at >= ended_since, Interactions.ended_at <= until))
    return [row.call_id for row in rows]


async def rewrite(
    tx: Tx, facts: CallFacts, *, absorbed: Iterable[str] = (), reconstructed: bool,
) -> int:
    """The call is as `facts` say, whatever was stored of its course; whose it is, what people
    chose and wrote stays. Calls it took in become parts of it. The id of its interaction."""
    bare = CallFacts(call_id=facts.call_id, pbx=facts.pbx, direction=facts.direction,
                     started_at=facts.started_at, number=facts.number, dialled=facts.dialled,
                     entry=facts.entry, queue=facts.queue, attempt=facts.attempt,
                     client_id=await _there(tx, facts.client_id),
                     campaign_entry=facts.campaign_entry, menu_path=facts.menu_path)
    interaction = await upsert_call(tx, bare)
    for call in absorbed:
        await absorb(tx, facts.call_id, call)
    before = place_of(await _row(tx, interaction))
    course = {name: getattr(facts, name) for name in SEEN}
    if course["queue"] is None:
        del course["queue"]
    row = (await tx.run(
        update(Interactions).where(Interactions.id == interaction)
        .values(**course, reconstructed=reconstructed).returning(*COLUMNS))).one()
    await tx.run(delete(Segments).where(
        Segments.interaction_id == interaction, Segments.kind != OURS))
    await add_segments(tx, interaction, facts.segments)
    await show(tx, before, row)
    await forget_near(tx, row.started_at)
    return interaction


async def _there(tx: Tx, client: int | None) -> int | None:
    """The client whom a menu named, if he is in this base."""
    if client is None:
        return None
    found: int | None = await tx.scalar(select(Clients.id).where(Clients.id == client))
    return found


async def _row(tx: Tx, interaction: int) -> Any:
    return await tx.first(
        select(*COLUMNS).where(Interactions.id == interaction).with_for_update())


def _columns() -> list[Any]:
    return [getattr(Interactions, name) for name in KNOWN]


def _facts(row: Any, segments: Sequence[SegmentFacts]) -> CallFacts:
    known = {name: getattr(row, name) for name in KNOWN}
    known["menu_path"] = tuple(known["menu_path"] or ())
    return CallFacts(**known, segments=tuple(segments))


async def _segments(tx: Tx, ids: Collection[int]) -> dict[int, list[SegmentFacts]]:
    found: dict[int, list[SegmentFacts]] = {}
    rows = await tx.all(
        select(Segments.interaction_id, Segments.kind, Segments.started_at, Segments.ended_at,
               Segments.who)
        .where(Segments.interaction_id.in_(sorted(set(ids))), Segments.kind != OURS)
        .order_by(Segments.interaction_id, Segments.started_at, Segments.kind))
    for row in rows:
        found.setdefault(row.interaction_id, []).append(SegmentFacts(
            kind=row.kind, started_at=row.started_at, ended_at=row.ended_at,
            who=row.who or None))
    return found


async def _call_ids(tx: Tx, ids: Collection[int]) -> dict[int | None, str]:
    rows = await tx.all(select(Interactions.id, Interactions.call_id)
                        .where(Interactions.id.in_(sorted(set(ids)))))
    return {row.id: row.call_id for row in rows}
