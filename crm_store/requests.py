"""Requests: what a client wants done, by when, and who is responsible."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Select, and_, insert, or_, select, update

from crm_store import audit, errors, keyset, request_alarms, timeline
from crm_store.base import JSON, Tx
from crm_store.request_alarms import Alarms
from crm_store.tables.billing import Accounts
from crm_store.tables.clients import Clients
from crm_store.tables.requests import Documents, Groups, RequestEvents, Requests


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRequest:
    type: str
    group: str                      # groups.id; must be there, see `ensure_groups`
    deadline_at: datetime
    form: dict[str, JSON]
    by: str
    at: datetime
    stage: str = "new"
    client_id: int | None = None
    account_id: int | None = None
    interaction_id: int | None = None
    responsible: str | None = None  # operator id
    channel: str = "desk"           # call desk menu web mail api process
    contact: str | None = None      # where to answer, when the client is not known
    reaction_at: datetime | None = None
    alarms: Alarms = ()             # that of its deadline is there always


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What a step makes of a request, beside its stage; `since_at`: its whole deadline counts
    anew from then. `frees`: nobody has it in hand any more."""
    group: str
    deadline_at: datetime
    alarms: Alarms
    reaction_at: datetime | None = None
    since_at: datetime | None = None
    frees: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRow:
    """A request as it stands; `id` is its number."""
    id: int
    type: str
    client_id: int | None
    client_name: str | None
    account_id: int | None
    account_number: str | None
    interaction_id: int | None
    stage: str
    group: str
    group_name: str
    responsible: str | None
    deadline_at: datetime
    form: dict[str, JSON]
    filed_by: str
    filed_at: datetime
    closed_at: datetime | None
    channel: str = "desk"
    stage_at: datetime | None = None
    since_at: datetime | None = None
    late_at: datetime | None = None
    reaction_at: datetime | None = None
    offered_to: str | None = None
    offered_until: datetime | None = None
    joined_to: int | None = None
    contact: str | None = None
    client_kind: str | None = None
    client_language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestEvent:
    """`kind`: filed moved taken assigned offered reminded late unanswered reopened joined parted
    absorbed told mailed document; what became of it, `note` says to whom or why."""
    kind: str
    from_stage: str | None
    to_stage: str | None
    note: str
    by: str
    at: datetime


async def ensure_groups(tx: Tx, groups: Mapping[str, str]) -> None:
    """Groups by id with their names; those in the table and not here stay."""
    if not groups:
        return
    new = tx.insert(Groups)
    await tx.run(
        new.on_conflict_do_update(index_elements=["id"], set_={"name": new.excluded.name}),
        [{"id": group_id, "name": name} for group_id, name in groups.items()])


async def open_stages(tx: Tx, kind: str) -> set[str]:
    """The stages that open requests of this type are in."""
    rows = await tx.all(select(Requests.stage).distinct().where(
        Requests.type == kind, Requests.closed_at.is_(None)))
    return {row.stage for row in rows}


async def file(tx: Tx, new: NewRequest) -> RequestRow:
    """Store it, with its first event and its place in the timeline.

    Raises `Conflict` when the group, client, account or interaction does not exist.
    """
    request_id = int(await tx.scalar(insert(Requests).values(
        type=new.type, client_id=new.client_id, account_id=new.account_id,
        interaction_id=new.interaction_id, stage=new.stage, group_id=new.group,
        responsible=new.responsible, deadline_at=new.deadline_at, form=new.form,
        filed_by=new.by, filed_at=new.at, channel=new.channel, stage_at=new.at, since_at=new.at,
        contact=new.contact, reaction_at=new.reaction_at,
    ).returning(Requests.id)))
    await request_alarms.plan(tx, request_id, new.alarms, new.deadline_at)
    await tell(tx, request_id, "filed", None, new.stage, new.by, new.at, "")
    return await shown(tx, request_id)


async def one(tx: Tx, request_id: int) -> RequestRow:
    """Raises `NotFound`."""
    row = await tx.first(_requests().where(Requests.id == request_id))
    if row is None:
        raise errors.NotFound(f"request {request_id}")
    return RequestRow(**row._mapping)


async def listing(
    tx: Tx, *, group: str | None = None, operator: str | None = None, client_id: int | None = None,
    open_only: bool = True, limit: int = 200,
) -> list[RequestRow]:
    """By deadline, the earliest first. `operator` is the responsible one."""
    wanted = _requests()
    if group is not None:
        wanted = wanted.where(Requests.group_id == group)
    if operator is not None:
        wanted = wanted.where(Requests.responsible == operator)
    if client_id is not None:
        wanted = wanted.where(Requests.client_id == client_id)
    if open_only:
        wanted = wanted.where(Requests.closed_at.is_(None))
    rows = await tx.all(wanted.order_by(Requests.deadline_at, Requests.id).limit(limit))
    return [RequestRow(**row._mapping) for row in rows]


async def page(
    tx: Tx, *, groups: Collection[str] | None = None, open_only: bool = True,
    cursor: str | None = None, limit: int = 50,
) -> tuple[list[RequestRow], str | None]:
    """As `listing`, of these groups (None: all), and the cursor of the next page, None on the
    last. Raises `BadCursor`."""
    wanted = _requests()
    if groups is not None:
        wanted = wanted.where(Requests.group_id.in_(sorted(groups)))
    if open_only:
        wanted = wanted.where(Requests.closed_at.is_(None))
    if cursor is not None:
        at, last = keyset.read(cursor)
        wanted = wanted.where(or_(Requests.deadline_at > at,
                                  and_(Requests.deadline_at == at, Requests.id > last)))
    rows = await tx.all(wanted.order_by(Requests.deadline_at, Requests.id).limit(limit + 1))
    found = [RequestRow(**row._mapping) for row in rows[:limit]]
    more = len(rows) > limit
    return found, keyset.written(found[-1].deadline_at, found[-1].id) if more else None


async def move(
    tx: Tx, request_id: int, stage: str, by: str, at: datetime, note: str = "", *,
    closes: bool = False, taken_by: str | None = None, turn: Turn | None = None,
    kind: str = "moved",
) -> RequestRow:
    """To another stage; `closes` says that it is a last one. Raises `NotFound`.

    `taken_by` is the operator who is responsible from now on, if nobody was. `kind` is what the
    history calls it: moved reopened joined parted.
    """
    before = await _locked(tx, request_id)
    values: dict[str, Any] = {"stage": stage, "stage_at": at, "closed_at": at if closes else None}
    if closes:
        values |= {"offered_to": None, "offered_until": None}
    if turn is not None:
        values |= _of_turn(turn) | {"late_at": None}
    await tx.run(update(Requests).where(Requests.id == request_id).values(**values))
    await _plan_anew(tx, request_id, turn, closes=closes)
    await tell(tx, request_id, kind, before, stage, by, at, note)
    if taken_by is not None:
        taken = await tx.run(
            update(Requests).where(Requests.id == request_id, Requests.responsible.is_(None))
            .values(responsible=taken_by, reaction_at=None, offered_to=None, offered_until=None))
        if taken.rowcount:
            await request_alarms.drop(tx, request_id, ("offer", "reaction"))
            await tell(tx, request_id, "assigned", stage, stage, by, at, "")
    return await shown(tx, request_id)


async def assign(
    tx: Tx, request_id: int, *, group: str, responsible: str | None, by: str, at: datetime,
    note: str = "", turn: Turn | None = None, kind: str = "assigned", keep_told: bool = False,
) -> RequestRow:
    """To another group or person; `keep_told`: that it is late was told, and is not told again.
    Raises `NotFound`, `Conflict`."""
    stage = await _locked(tx, request_id)
    values: dict[str, Any] = {"group_id": group, "responsible": responsible, "offered_to": None,
                              "offered_until": None}
    if turn is not None:
        values["reaction_at"] = turn.reaction_at
    elif responsible is not None:
        values["reaction_at"] = None
    await tx.run(update(Requests).where(Requests.id == request_id).values(**values))
    if turn is not None:
        await request_alarms.plan_anew(tx, request_id, turn.alarms,
                                       None if keep_told else turn.deadline_at)
    elif responsible is not None:
        await request_alarms.drop(tx, request_id, ("offer", "reaction"))
    await tell(tx, request_id, kind, stage, stage, by, at, note)
    return await shown(tx, request_id)


async def change(tx: Tx, request_id: int, kind: str, *, by: str, at: datetime, note: str = "",
                 **values: Any) -> RequestRow:
    """Columns that are no step, with the event that says so ("": it is told already). Raises
    `NotFound`."""
    stage = await _locked(tx, request_id)
    if values:
        await tx.run(update(Requests).where(Requests.id == request_id).values(**values))
    if kind:
        await tell(tx, request_id, kind, stage, stage, by, at, note)
    return await shown(tx, request_id)


def _of_turn(turn: Turn) -> dict[str, Any]:
    values: dict[str, Any] = {"group_id": turn.group, "deadline_at": turn.deadline_at,
                              "reaction_at": turn.reaction_at}
    if turn.since_at is not None:
        values["since_at"] = turn.since_at
    if turn.frees:
        values |= {"responsible": None, "offered_to": None, "offered_until": None}
    return values


async def _plan_anew(tx: Tx, request_id: int, turn: Turn | None, *, closes: bool) -> None:
    if closes:
        await request_alarms.drop(tx, request_id)
    elif turn is not None:
        await request_alarms.plan_anew(tx, request_id, turn.alarms, turn.deadline_at)


async def events(tx: Tx, request_id: int) -> list[RequestEvent]:
    """In order."""
    rows = await tx.all(
        select(RequestEvents.kind, RequestEvents.from_stage, RequestEvents.to_stage,
               RequestEvents.note, RequestEvents.by, RequestEvents.at)
        .where(RequestEvents.request_id == request_id).order_by(RequestEvents.id))
    return [RequestEvent(**row._mapping) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    id: int
    request_id: int
    template: str
    title: str
    html: str
    made_by: str
    made_at: datetime


async def add_document(tx: Tx, request_id: int, *, template: str, title: str, html: str, by: str,
                       at: datetime) -> int:
    """Its id; the history tells of it. Raises `NotFound`."""
    stage = await _locked(tx, request_id)
    made = int(await tx.scalar(insert(Documents).values(
        request_id=request_id, template=template, title=title, html=html, made_by=by, made_at=at)
        .returning(Documents.id)))
    await tell(tx, request_id, "document", stage, stage, by, at, title)
    return made


async def documents(tx: Tx, request_id: int) -> list[Document]:
    """In order."""
    rows = await tx.all(_documents().where(Documents.request_id == request_id)
                        .order_by(Documents.id))
    return [Document(**row._mapping) for row in rows]


async def document(tx: Tx, document_id: int) -> Document:
    """Raises `NotFound`."""
    row = await tx.first(_documents().where(Documents.id == document_id))
    if row is None:
        raise errors.NotFound(f"document {document_id}")
    return Document(**row._mapping)


def _documents() -> Select[*tuple[Any, ...]]:
    return select(Documents.id, Documents.request_id, Documents.template, Documents.title,
                  Documents.html, Documents.made_by, Documents.made_at)


def request_item(row: RequestRow | SimpleNamespace) -> dict[str, JSON]:
    """What the timeline tells about a request; see `TimelineItem`."""
    return {
        "request_id": row.id, "type": row.type, "stage": row.stage, "group": row.group,
        "responsible": row.responsible, "deadline_at": row.deadline_at.isoformat(),
        "closed_at": row.closed_at.isoformat() if row.closed_at else None,
        "filed_by": row.filed_by,
    }


async def shown(tx: Tx, request_id: int) -> RequestRow:
    """The row as it is now, after the timeline has been told."""
    row = await one(tx, request_id)
    if row.client_id is not None:
        await timeline.put(tx, row.client_id, row.filed_at, "request", row.id, request_item(row))
    return row


async def tell(
    tx: Tx, request_id: int, kind: str, before: str | None, after: str, by: str, at: datetime,
    note: str,
) -> None:
    await tx.run(insert(RequestEvents).values(
        request_id=request_id, kind=kind, from_stage=before, to_stage=after, note=note, by=by,
        at=at))
    client_id = await tx.scalar(select(Requests.client_id).where(Requests.id == request_id))
    await audit.record(tx, by=by, at=at, what=f"request.{kind}", client_id=client_id,
                       facts={"request": request_id, "stage": after})


async def _locked(tx: Tx, request_id: int) -> str:
    """The stage before the change; the row is ours until commit."""
    row = await tx.first(
        select(Requests.stage).where(Requests.id == request_id).with_for_update())
    if row is None:
        raise errors.NotFound(f"request {request_id}")
    stage: str = row.stage
    return stage


def _requests() -> Select[*tuple[Any, ...]]:
    return (
        select(Requests.id, Requests.type, Requests.client_id, Clients.name.label("client_name"),
               Requests.account_id, Accounts.number.label("account_number"),
               Requests.interaction_id, Requests.stage, Requests.group_id.label("group"),
               Groups.name.label("group_name"), Requests.responsible, Requests.deadline_at,
               Requests.form, Requests.filed_by, Requests.filed_at, Requests.closed_at,
               Requests.channel, Requests.stage_at, Requests.since_at, Requests.late_at,
               Requests.reaction_at, Requests.offered_to, Requests.offered_until,
               Requests.joined_to, Requests.contact, Clients.kind.label("client_kind"),
               Clients.language.label("client_language"))
        .join(Groups, Groups.id == Requests.group_id)
        .outerjoin(Clients, Clients.id == Requests.client_id)
        .outerjoin(Accounts, Accounts.id == Requests.account_id))
