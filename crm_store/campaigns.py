"""Campaigns, their frozen lists and the ledger: all SQL about them except claims and attempts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, insert, select, update

from crm_store import audit, errors
from crm_store.base import JSON, Tx
from crm_store.tables.campaigns import (
    Attempts,
    CampaignEntries,
    CampaignEvents,
    Campaigns,
    EntryEvents,
    EntryNumbers,
)
from crm_store.tables.clients import Clients


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCampaign:
    """`retry_plan` is JSON the caller understands; `law` are rule ids, all of which apply."""
    name: str
    queue: str
    law: tuple[str, ...]
    pacing: str
    retry_plan: Mapping[str, JSON]
    ring_s: int = 30
    caller_id: str | None = None
    priority: int = 100
    lines_max: int = 1_000
    menu: str | None = None     # what is said to who answers, where no operator is
    machines: str = "off"       # off, hang_up, message: what becomes of answering machines


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignRow:
    id: int
    name: str
    state: str
    queue: str
    law: tuple[str, ...]
    pacing: str
    retry_plan: Mapping[str, JSON]
    ring_s: int
    caller_id: str | None
    priority: int
    lines_max: int
    size: int | None            # None: the list is not frozen yet
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    end_reason: str | None
    step_why: str | None
    step_facts: Mapping[str, JSON]
    step_at: datetime | None
    menu: str | None = None
    machines: str = "off"
    selection: list[JSON] | None = None     # the conditions that chose the list


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    id: int
    campaign_id: int
    client_id: int
    zones: tuple[str, ...]
    debt_minor: int | None
    currency: str | None
    state: str
    since: datetime
    why: str
    facts: Mapping[str, JSON]
    until_at: datetime | None
    stop_because: str | None


@dataclass(frozen=True, slots=True)
class NumberRow:
    e164: str
    place: int
    dead_why: str | None


@dataclass(frozen=True, slots=True)
class ListedEntry:
    """An entry as a page of the list shows it."""
    entry: EntryRow
    client_name: str
    numbers: tuple[NumberRow, ...]
    attempts: int               # those that were dialled


@dataclass(frozen=True, slots=True)
class EntryEvent:
    at: datetime
    happening: str
    state: str
    why: str
    facts: Mapping[str, JSON]
    by: str


_CAMPAIGN = select(
    Campaigns.id, Campaigns.name, Campaigns.state, Campaigns.queue, Campaigns.law,
    Campaigns.pacing, Campaigns.retry_plan, Campaigns.ring_s, Campaigns.caller_id,
    Campaigns.priority, Campaigns.lines_max, Campaigns.size, Campaigns.created_at,
    Campaigns.started_at, Campaigns.ended_at, Campaigns.end_reason, Campaigns.step_why,
    Campaigns.step_facts, Campaigns.step_at, Campaigns.menu, Campaigns.machines,
    Campaigns.selection)
_ENTRY = select(
    CampaignEntries.id, CampaignEntries.campaign_id, CampaignEntries.client_id,
    CampaignEntries.zones, CampaignEntries.debt_minor, CampaignEntries.currency,
    CampaignEntries.state, CampaignEntries.since, CampaignEntries.why, CampaignEntries.facts,
    CampaignEntries.until_at, CampaignEntries.stop_because)


def _campaign(row: Any) -> CampaignRow:
    values = dict(row._mapping)
    values["law"] = tuple(values["law"])
    values["step_facts"] = values["step_facts"] or {}
    return CampaignRow(**values)


def _entry(row: Any) -> EntryRow:
    values = dict(row._mapping)
    values["zones"] = tuple(values["zones"])
    return EntryRow(**values)


# ── campaigns ────────────────────────────────────────────────────────────────────────────────
async def create(tx: Tx, new: NewCampaign, *, by: str, at: datetime) -> int:
    """A draft with an empty list. Raises `Conflict` when the name is taken."""
    result = await tx.run(insert(Campaigns).values(
        name=new.name, state="draft", pacing=new.pacing, queue=new.queue, law=list(new.law),
        caller_id=new.caller_id, ring_s=new.ring_s, priority=new.priority,
        lines_max=new.lines_max, retry_plan=dict(new.retry_plan), created_at=at, created_by=by,
        menu=new.menu, machines=new.machines,
    ).returning(Campaigns.id))
    campaign_id = int(result.scalar_one())
    await record(tx, campaign_id, "created", by=by, at=at)
    return campaign_id


async def get(tx: Tx, campaign_id: int, *, lock: bool = False) -> CampaignRow:
    """`lock`: nobody else changes it, or its list, until this commits. Raises `NotFound`."""
    query = _CAMPAIGN.where(Campaigns.id == campaign_id)
    row = await tx.first(query.with_for_update() if lock else query)
    if row is None:
        raise errors.NotFound(f"campaign {campaign_id}")
    return _campaign(row)


async def by_name(tx: Tx, name: str) -> CampaignRow | None:
    row = await tx.first(_CAMPAIGN.where(Campaigns.name == name))
    return None if row is None else _campaign(row)


async def listing(tx: Tx) -> list[CampaignRow]:
    """Newest first."""
    return [_campaign(row) for row in await tx.all(_CAMPAIGN.order_by(Campaigns.id.desc()))]


async def newest(tx: Tx, *, ended: int) -> list[CampaignRow]:
    """Every campaign that has not ended, and so many of those that ended last."""
    living = await tx.all(_CAMPAIGN.where(Campaigns.state.in_(("draft", "running", "paused"))))
    over = await tx.all(_CAMPAIGN.where(Campaigns.state == "ended").order_by(
        Campaigns.ended_at.desc(), Campaigns.id.desc()).limit(ended))
    return [_campaign(row) for row in (*living, *over)]


async def running(tx: Tx, *, lock: bool = False) -> list[CampaignRow]:
    """In the order they dial. `lock`: two diallers take turns from here to their commit."""
    query = (_CAMPAIGN.where(Campaigns.state == "running")
             .order_by(Campaigns.priority, Campaigns.id))
    return [_campaign(row) for row in await tx.all(query.with_for_update() if lock else query)]


async def served(tx: Tx, campaign_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Campaign → whose operators take its calls (the queue), and how it dials."""
    rows = await tx.all(select(Campaigns.id, Campaigns.queue, Campaigns.pacing).where(
        Campaigns.id.in_(campaign_ids)))
    return {row.id: (row.queue, row.pacing) for row in rows}


async def change_state(
    tx: Tx, campaign_id: int, allowed_from: Collection[str], state: str, **moments: Any,
) -> bool:
    """Compare and set; False when the campaign is in none of `allowed_from`."""
    result = await tx.run(update(Campaigns).where(
        Campaigns.id == campaign_id, Campaigns.state.in_(allowed_from),
    ).values(state=state, **moments))
    return result.rowcount == 1


async def set_pace(tx: Tx, campaign_id: int, pacing: str, lines_max: int,
                   menu: str | None) -> None:
    await tx.run(update(Campaigns).where(Campaigns.id == campaign_id).values(
        pacing=pacing, lines_max=lines_max, menu=menu))


async def freeze(tx: Tx, campaign_id: int, *, at: datetime) -> int:
    """From here on the list neither grows nor shrinks; its size. Once."""
    size = select(func.count()).where(CampaignEntries.campaign_id == campaign_id)
    await tx.run(update(Campaigns).where(
        Campaigns.id == campaign_id, Campaigns.frozen_at.is_(None),
    ).values(size=size.scalar_subquery(), frozen_at=at))
    return int(await tx.scalar(select(Campaigns.size).where(Campaigns.id == campaign_id)))


async def note_step(
    tx: Tx, campaign_id: int, why: str, facts: Mapping[str, JSON], *, at: datetime,
) -> None:
    """The dialler's last decision about this campaign."""
    await tx.run(update(Campaigns).where(Campaigns.id == campaign_id).values(
        step_why=why, step_facts=dict(facts), step_at=at))


async def record(tx: Tx, campaign_id: int, what: str, *, by: str, at: datetime) -> None:
    await tx.run(insert(CampaignEvents).values(campaign_id=campaign_id, at=at, by=by, what=what))
    await audit.record(tx, by=by, at=at, what=f"campaign.{what.partition(':')[0]}",
                       facts={"campaign": campaign_id})


# ── the list and its ledger ──────────────────────────────────────────────────────────────────
async def add_entry(
    tx: Tx, campaign_id: int, client_id: int, *, zones: Sequence[str], debt_minor: int | None,
    currency: str | None, at: datetime, by: str,
) -> int:
    """A client on a draft's list, `not_tried`. Raises `Conflict`: on it already, or frozen."""
    result = await tx.run(insert(CampaignEntries).values(
        campaign_id=campaign_id, client_id=client_id, debt_minor=debt_minor, currency=currency,
        zones=list(zones), state="not_tried", since=at, why="on_the_list", facts={},
    ).returning(CampaignEntries.id))
    entry_id = int(result.scalar_one())
    await _record_event(tx, entry_id, "listed", "not_tried", "on_the_list", {}, at=at, by=by)
    return entry_id


async def update_draft_entry(
    tx: Tx, entry_id: int, *, zones: Sequence[str], debt_minor: int | None,
) -> None:
    await tx.run(update(CampaignEntries).where(CampaignEntries.id == entry_id).values(
        zones=list(zones), debt_minor=debt_minor))


async def add_number(tx: Tx, entry_id: int, e164: str) -> bool:
    """The next number in the order of trust; False when the entry has it already."""
    last = select(func.coalesce(func.max(EntryNumbers.place), 0) + 1).where(
        EntryNumbers.entry_id == entry_id).scalar_subquery()
    result = await tx.run(tx.insert(EntryNumbers).values(
        entry_id=entry_id, e164=e164, place=last,
    ).on_conflict_do_nothing(index_elements=["entry_id", "e164"]))
    return result.rowcount == 1


async def numbers(tx: Tx, entry_id: int) -> tuple[NumberRow, ...]:
    """In the order of trust."""
    found = await _numbers_of(tx, [entry_id])
    return found.get(entry_id, ())


async def _numbers_of(tx: Tx, entry_ids: Sequence[int]) -> dict[int, tuple[NumberRow, ...]]:
    rows = await tx.all(select(
        EntryNumbers.entry_id, EntryNumbers.e164, EntryNumbers.place, EntryNumbers.dead_why,
    ).where(EntryNumbers.entry_id.in_(entry_ids)).order_by(EntryNumbers.place))
    found: dict[int, tuple[NumberRow, ...]] = {}
    for row in rows:
        number = NumberRow(row.e164, row.place, row.dead_why)
        found[row.entry_id] = (*found.get(row.entry_id, ()), number)
    return found


async def bury_number(tx: Tx, entry_id: int, e164: str, why: str) -> None:
    """This number is not dialled again for this entry."""
    await tx.run(update(EntryNumbers).where(
        EntryNumbers.entry_id == entry_id, EntryNumbers.e164 == e164).values(dead_why=why))


async def ledger(tx: Tx, campaign_id: int) -> list[tuple[str, int]]:
    """How many entries are in each state: one statement, so one moment's picture."""
    rows = await tx.all(select(CampaignEntries.state, func.count().label("entries")).where(
        CampaignEntries.campaign_id == campaign_id).group_by(CampaignEntries.state))
    return [(row.state, int(row.entries)) for row in rows]


async def entry(tx: Tx, entry_id: int) -> EntryRow:
    """Raises `NotFound`."""
    row = await tx.first(_ENTRY.where(CampaignEntries.id == entry_id))
    if row is None:
        raise errors.NotFound(f"entry {entry_id}")
    return _entry(row)


async def entry_of_client(tx: Tx, campaign_id: int, client_id: int) -> EntryRow | None:
    row = await tx.first(_ENTRY.where(
        CampaignEntries.campaign_id == campaign_id, CampaignEntries.client_id == client_id))
    return None if row is None else _entry(row)


async def open_entries_of_client(tx: Tx, client_id: int) -> list[EntryRow]:
    """His places on the lists of campaigns that have not ended."""
    rows = await tx.all(_ENTRY.join(Campaigns).where(
        CampaignEntries.client_id == client_id, Campaigns.state != "ended",
        CampaignEntries.state.in_(("not_tried", "waiting_until", "being_tried")),
    ).order_by(CampaignEntries.id))
    return [_entry(row) for row in rows]


async def move_entry(
    tx: Tx, entry_id: int, from_state: str, *, happening: str, state: str, why: str,
    facts: Mapping[str, JSON], until_at: datetime | None, at: datetime, by: str,
) -> bool:
    """One step of the ledger, compare and set; the lease of a dialler ends with it."""
    result = await tx.run(update(CampaignEntries).where(
        CampaignEntries.id == entry_id, CampaignEntries.state == from_state,
    ).values(state=state, since=at, why=why, facts=dict(facts), until_at=until_at,
             claimed_by=None, claimed_until=None))
    if result.rowcount != 1:
        return False
    await _record_event(tx, entry_id, happening, state, why, facts, at=at, by=by)
    return True


async def _record_event(
    tx: Tx, entry_id: int, happening: str, state: str, why: str, facts: Mapping[str, JSON], *,
    at: datetime, by: str,
) -> None:
    await tx.run(insert(EntryEvents).values(
        entry_id=entry_id, at=at, happening=happening, state=state, why=why, facts=dict(facts),
        by=by))


async def events(tx: Tx, entry_id: int) -> list[EntryEvent]:
    """What happened to an entry, oldest first."""
    rows = await tx.all(select(
        EntryEvents.at, EntryEvents.happening, EntryEvents.state, EntryEvents.why,
        EntryEvents.facts, EntryEvents.by,
    ).where(EntryEvents.entry_id == entry_id).order_by(EntryEvents.id))
    return [EntryEvent(*row) for row in rows]


async def stop_later(tx: Tx, entry_id: int, because: str) -> None:
    """A call is ringing: it is left to its operator, and no further attempt follows."""
    await tx.run(update(CampaignEntries).where(CampaignEntries.id == entry_id).values(
        stop_because=because))


async def page(
    tx: Tx, campaign_id: int, *, states: Collection[str] = (), after: int = 0, limit: int = 100,
) -> list[ListedEntry]:
    """Entries by id, those behind `after`; no `states` means all."""
    dialled = select(func.count()).where(
        Attempts.entry_id == CampaignEntries.id, Attempts.dialling_at.is_not(None),
    ).scalar_subquery()
    query: Select[Any] = _ENTRY.add_columns(
        Clients.name.label("client_name"), dialled.label("dialled"),
    ).join(Clients, Clients.id == CampaignEntries.client_id).where(
        CampaignEntries.campaign_id == campaign_id, CampaignEntries.id > after)
    if states:
        query = query.where(CampaignEntries.state.in_(states))
    rows = await tx.all(query.order_by(CampaignEntries.id).limit(limit))
    of_entries = await _numbers_of(tx, [row.id for row in rows])
    return [_listed(row, of_entries.get(row.id, ())) for row in rows]


def _listed(row: Any, numbers_of_entry: tuple[NumberRow, ...]) -> ListedEntry:
    values = dict(row._mapping)
    name, dialled = values.pop("client_name"), values.pop("dialled")
    values["zones"] = tuple(values["zones"])
    return ListedEntry(EntryRow(**values), str(name), numbers_of_entry, int(dialled))
