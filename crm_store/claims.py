"""Claims and attempts: who may dial whom until when, and what became of each dial.

Every step of an attempt is one compare-and-set statement: whoever comes second finds nothing to
change. `intent` is committed before Asterisk is asked; the gate makes it `dialling`; an intent
whose lease ran out is void and can never be dialled.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, insert, literal, or_, select, union, update

from crm_store import errors
from crm_store.base import JSON, Bytewise, Tx, Utc, Whole
from crm_store.prepared import Prepared
from crm_store.tables.campaigns import (
    IS_OPEN,
    IS_UNDISPOSED,
    OPEN_ATTEMPTS,
    Attempts,
    CampaignEntries,
    Campaigns,
)
from crm_store.tables.contacts import Interactions

IN_FLIGHT = ("intent", "dialling", "answered")
BEING_DIALLED = ("dialling", "answered")     # or waiting for an operator


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAttempt:
    entry_id: int
    client_id: int
    e164: str
    channel_id: str             # ours; Asterisk is told to use it
    dialler: str
    lease_until: datetime
    decision: Mapping[str, JSON]
    held_by: str | None = None  # who has its card and dials it himself


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRow:
    id: int
    entry_id: int
    campaign_id: int
    ordinal: int
    client_id: int
    e164: str
    state: str
    channel_id: str
    lease_until: datetime
    intent_at: datetime
    dialling_at: datetime | None
    answered_at: datetime | None
    talking_at: datetime | None
    ended_at: datetime | None
    status: str | None
    cause: int | None
    miss: str | None
    call_id: str | None
    operator: str | None
    disposition: str | None
    decision: Mapping[str, JSON]
    held_by: str | None = None
    machine: str | None = None


@dataclass(frozen=True, slots=True)
class ContactRow:
    """An attempt that was dialled, or a talk that an operator dialled himself, for the limits of
    the law."""
    at: datetime
    e164: str
    client_id: int
    talked: bool
    miss: str | None
    is_open: bool


_ATTEMPT = select(
    Attempts.id, Attempts.entry_id, CampaignEntries.campaign_id, Attempts.ordinal,
    Attempts.client_id, Attempts.e164, Attempts.state, Attempts.channel_id, Attempts.lease_until,
    Attempts.intent_at, Attempts.dialling_at, Attempts.answered_at, Attempts.talking_at,
    Attempts.ended_at, Attempts.status, Attempts.cause, Attempts.miss, Attempts.call_id,
    Attempts.operator, Attempts.disposition, Attempts.decision, Attempts.held_by,
    Attempts.machine,
).join(CampaignEntries, CampaignEntries.id == Attempts.entry_id)

# Sorted by us: for the sake of an order by id, SQLite would read the whole table.
OPEN_NOW = _ATTEMPT.where(IS_OPEN)
UNTOLD = _ATTEMPT.where(IS_UNDISPOSED, CampaignEntries.state == "being_tried")


def _attempt(row: Any) -> AttemptRow:
    return AttemptRow(**row._mapping)


def _oldest_first(rows: Iterable[Any]) -> list[AttemptRow]:
    return sorted(map(_attempt, rows), key=lambda attempt: attempt.id)


# ── leases on entries ────────────────────────────────────────────────────────────────────────
async def claim_due(
    tx: Tx, campaign_id: int, *, dialler: str, now: datetime, until: datetime, limit: int,
) -> list[int]:
    """Lease entries that may be tried now: agreed and repeated ones by their time, then new ones.

    One statement. On PostgreSQL rows that another dialler holds are passed over; on SQLite the
    writing transaction is alone anyway.
    """
    due = select(CampaignEntries.id).where(
        CampaignEntries.campaign_id == campaign_id,
        or_(CampaignEntries.state == "not_tried",
            and_(CampaignEntries.state == "waiting_until", CampaignEntries.until_at <= now)),
        or_(CampaignEntries.claimed_until.is_(None), CampaignEntries.claimed_until <= now),
    ).order_by(
        CampaignEntries.until_at.is_(None), CampaignEntries.until_at, CampaignEntries.id,
    ).limit(limit).with_for_update(skip_locked=True)
    result = await tx.run(update(CampaignEntries).where(
        CampaignEntries.id.in_(due),
    ).values(claimed_by=dialler, claimed_until=until).returning(CampaignEntries.id))
    return sorted(row.id for row in result)


async def next_due_at(tx: Tx, campaign_id: int) -> datetime | None:
    """When the first waiting entry of a campaign may be tried."""
    found = await tx.first(select(func.min(CampaignEntries.until_at).label("at")).where(
        CampaignEntries.campaign_id == campaign_id, CampaignEntries.state == "waiting_until"))
    return found.at if found is not None else None


# ── the life of an attempt ───────────────────────────────────────────────────────────────────
async def intend(tx: Tx, new: NewAttempt, *, at: datetime) -> AttemptRow:
    """Write an attempt down before it is dialled. Its entry is moved in the same transaction.

    Raises `Conflict`: this entry, person or number has an open attempt already.
    """
    ordinal = select(func.coalesce(func.max(Attempts.ordinal), 0) + 1).where(
        Attempts.entry_id == new.entry_id).scalar_subquery()
    result = await tx.run(insert(Attempts).values(
        entry_id=new.entry_id, ordinal=ordinal, client_id=new.client_id, e164=new.e164,
        state="intent", channel_id=new.channel_id, dialler=new.dialler,
        lease_until=new.lease_until, decision=dict(new.decision), intent_at=at,
        held_by=new.held_by,
    ).returning(Attempts.id))
    return await get(tx, int(result.scalar_one()))


async def take(tx: Tx, attempt_id: int, *, now: datetime) -> bool:
    """The claim gate: `intent` → `dialling`, once, while the lease holds and nobody stopped it."""
    still_wanted = select(CampaignEntries.id).join(Campaigns).where(
        CampaignEntries.id == Attempts.entry_id, CampaignEntries.state == "being_tried",
        CampaignEntries.stop_because.is_(None), Campaigns.state == "running",
    ).exists()
    result = await tx.run(update(Attempts).where(
        Attempts.id == attempt_id, Attempts.state == "intent", Attempts.lease_until > now,
        still_wanted,
    ).values(state="dialling", dialling_at=now))
    return result.rowcount == 1


async def take_card(tx: Tx, attempt_id: int, operator: str, *, until: datetime,
                    now: datetime) -> bool:
    """He dials the card that is his: from here on the lease is that of a dial. Once."""
    result = await tx.run(update(Attempts).where(
        Attempts.id == attempt_id, Attempts.state == "intent", Attempts.held_by == operator,
        Attempts.lease_until > now, Attempts.status.is_(None),
    ).values(lease_until=until, status="asked"))
    return result.rowcount == 1


async def void(tx: Tx, attempt_id: int, status: str, *, now: datetime) -> bool:
    """An intent that never passed the gate, and now never will."""
    result = await tx.run(update(Attempts).where(
        Attempts.id == attempt_id, Attempts.state == "intent",
    ).values(state="void", status=status, ended_at=now))
    return result.rowcount == 1


async def mark_answered(tx: Tx, attempt_id: int, call_id: str | None, *, at: datetime) -> bool:
    result = await tx.run(update(Attempts).where(
        Attempts.id == attempt_id, Attempts.state == "dialling",
    ).values(state="answered", answered_at=at, call_id=call_id))
    return result.rowcount == 1


async def mark_talking(tx: Tx, attempt_id: int, operator: str, *, at: datetime) -> bool:
    """An operator and the debtor are connected. Also for one that answered unseen. What a menu
    took down before is his to say now."""
    result = await tx.run(update(Attempts).where(
        Attempts.id == attempt_id, Attempts.state.in_(("dialling", "answered")),
    ).values(state="talking", talking_at=at, operator=operator, disposition=None,
             disposed_by=None, disposed_at=None,
             answered_at=func.coalesce(Attempts.answered_at, literal(at, Utc()))))
    return result.rowcount == 1


async def settle(
    tx: Tx, attempt_id: int, from_states: Collection[str], *, status: str, cause: int,
    miss: str | None, at: datetime,
) -> bool:
    """The dial is over, once. `miss` None: it became a conversation."""
    result = await tx.run(update(Attempts).where(
        Attempts.id == attempt_id, Attempts.state.in_(from_states),
    ).values(state="settled", status=status, cause=cause, miss=miss, ended_at=at))
    return result.rowcount == 1


async def dispose(
    tx: Tx, attempt_id: int, disposition: str, *, by: str, at: datetime,
) -> None:
    """What the operator chose; a correction overwrites it here and stays an event elsewhere."""
    await tx.run(update(Attempts).where(Attempts.id == attempt_id).values(
        disposition=disposition, disposed_by=by, disposed_at=at))


async def rename_call(tx: Tx, absorbed: str, kept: str) -> None:
    """A transfer joined two calls: attempts follow the one that is kept."""
    await tx.run(update(Attempts).where(
        Attempts.call_id == absorbed, Attempts.state.in_(OPEN_ATTEMPTS)).values(call_id=kept))


# ── looking ──────────────────────────────────────────────────────────────────────────────────
async def get(tx: Tx, attempt_id: int) -> AttemptRow:
    """Raises `NotFound`."""
    row = await tx.first(_ATTEMPT.where(Attempts.id == attempt_id))
    if row is None:
        raise errors.NotFound(f"attempt {attempt_id}")
    return _attempt(row)


async def locked(tx: Tx, attempt_id: int) -> AttemptRow:
    """As it is now, and nobody changes it until this transaction ends. Raises `NotFound`."""
    row = await tx.first(
        _ATTEMPT.where(Attempts.id == attempt_id).with_for_update(of=Attempts.__table__))
    if row is None:
        raise errors.NotFound(f"attempt {attempt_id}")
    return _attempt(row)


async def find(tx: Tx, attempt_id: int) -> AttemptRow | None:
    row = await tx.first(_ATTEMPT.where(Attempts.id == attempt_id))
    return None if row is None else _attempt(row)


async def of_call(tx: Tx, call_id: str) -> AttemptRow | None:
    """The attempt that made a call: Asterisk's Linkedid, or the channel id that we chose."""
    row = await tx.first(_ATTEMPT.where(
        or_(Attempts.call_id == call_id, Attempts.channel_id == call_id),
    ).order_by(Attempts.id.desc()))
    return None if row is None else _attempt(row)


async def of_entry(tx: Tx, entry_id: int) -> list[AttemptRow]:
    """Oldest first, void ones too."""
    rows = await tx.all(_ATTEMPT.where(Attempts.entry_id == entry_id).order_by(Attempts.ordinal))
    return [_attempt(row) for row in rows]


async def open_attempts(tx: Tx) -> list[AttemptRow]:
    """Everything not yet settled, on all campaigns."""
    return _oldest_first(await tx.all(OPEN_NOW))


async def latest_ended(tx: Tx, campaign_id: int, *, limit: int) -> list[AttemptRow]:
    """The last dials of a campaign that are over, oldest first."""
    rows = await tx.all(_ATTEMPT.where(
        CampaignEntries.campaign_id == campaign_id, Attempts.state == "settled",
    ).order_by(Attempts.id.desc()).limit(limit))
    return _oldest_first(rows)


async def undisposed(tx: Tx) -> list[AttemptRow]:
    """Conversations that are over while their entry still waits for the operator's outcome."""
    return _oldest_first(await tx.all(UNTOLD))


async def orphans(tx: Tx) -> list[int]:
    """Entries being tried without any attempt that explains it: there should be none."""
    explained = select(Attempts.id).where(
        Attempts.entry_id == CampaignEntries.id,
        or_(Attempts.state.in_(OPEN_ATTEMPTS),
            and_(Attempts.state == "settled", Attempts.miss.is_(None))),
    ).exists()
    rows = await tx.all(select(CampaignEntries.id).where(
        CampaignEntries.state == "being_tried", ~explained))
    return [row.id for row in rows]


async def contacts(
    tx: Tx, client_id: int, e164: str, *, since: datetime,
) -> list[ContactRow]:
    """Dials to a person or to one number of his, on any campaign or by hand, oldest first."""
    made = [*await _attempts_at(tx, client_id, e164, since),
            *await _talks_by_hand(tx, client_id, e164, since)]
    return sorted(made, key=lambda contact: contact.at)


async def _attempts_at(
    tx: Tx, client_id: int, e164: str, since: datetime,
) -> list[ContactRow]:
    rows = await tx.all(select(
        Attempts.dialling_at, Attempts.e164, Attempts.client_id, Attempts.talking_at,
        Attempts.miss, Attempts.state,
    ).where(
        or_(Attempts.client_id == client_id, Attempts.e164 == e164),
        Attempts.dialling_at >= since,
    ))
    return [ContactRow(row.dialling_at, row.e164, row.client_id, row.talking_at is not None,
                       row.miss, row.state in OPEN_ATTEMPTS)
            for row in rows if row.dialling_at is not None]


async def _talks_by_hand(
    tx: Tx, client_id: int, e164: str, since: datetime,
) -> list[ContactRow]:
    """Outgoing, answered, and of no attempt; on a number of his without a name it was he."""
    rows = await tx.fetch(_TALKS, client_id=client_id, e164=e164, at=since)
    return [ContactRow(row.started_at, row.number or "", row.client_id or client_id, True, None,
                       row.ended_at is None) for row in rows]


_RECENT = Interactions.started_at >= bindparam("at", type_=Utc)
# Not one condition with "or": an engine may read everything since then to answer that.
_HIS = union(
    select(Interactions.id).where(
        Interactions.client_id == bindparam("client_id", type_=Whole), _RECENT),
    select(Interactions.id).where(
        Interactions.number == bindparam("e164", type_=Bytewise),
        Interactions.absorbed_into.is_(None), _RECENT))
_IS_ATTEMPT = select(Attempts.id).where(Attempts.call_id == Interactions.call_id).exists()
_TALKS = Prepared(select(
    Interactions.started_at, Interactions.number, Interactions.client_id, Interactions.ended_at,
).where(
    Interactions.id.in_(_HIS), Interactions.direction == "out",
    Interactions.answered_at.is_not(None), Interactions.attempt.is_(None),
    Interactions.absorbed_into.is_(None), ~_IS_ATTEMPT))


async def dialled_by_campaign(
    tx: Tx, campaign_ids: Collection[int],
) -> dict[int, tuple[int, int]]:
    """Per campaign: how many dials were made, and how many lines are being dialled now."""
    rows = await tx.all(select(
        CampaignEntries.campaign_id,
        func.count(Attempts.dialling_at).label("made"),
        func.count().filter(Attempts.state.in_(BEING_DIALLED)).label("open"),
    ).join(CampaignEntries, CampaignEntries.id == Attempts.entry_id,
           ).where(CampaignEntries.campaign_id.in_(campaign_ids),
                   ).group_by(CampaignEntries.campaign_id))
    return {row.campaign_id: (int(row.made), int(row.open)) for row in rows}


async def answered_and_dropped(
    tx: Tx, campaign_id: int, *, since: datetime,
) -> tuple[int, int]:
    """Attempts of a campaign that people answered, and those of them that met no operator."""
    row = (await tx.run(select(
        func.count(), func.count().filter(Attempts.miss == "dropped"),
    ).join(CampaignEntries, CampaignEntries.id == Attempts.entry_id).where(
        CampaignEntries.campaign_id == campaign_id, Attempts.answered_at >= since))).one()
    return int(row[0]), int(row[1])


async def is_busy(tx: Tx, client_id: int, e164: str) -> bool:
    """The person or the number has an open attempt, on whatever campaign."""
    return await tx.scalar(select(Attempts.id).where(
        or_(Attempts.client_id == client_id, Attempts.e164 == e164),
        IS_OPEN).limit(1)) is not None


async def dials_by_number(tx: Tx, entry_id: int) -> dict[str, int]:
    rows = await tx.all(select(Attempts.e164, func.count().label("dials")).where(
        Attempts.entry_id == entry_id, Attempts.dialling_at.is_not(None),
    ).group_by(Attempts.e164))
    return {row.e164: int(row.dials) for row in rows}
