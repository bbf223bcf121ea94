"""A request's way, carried out: the plan of `stages` ○ in rows, tasks, mails and notices.

Everything of a step is one transaction; what the screens are told is gathered in `Told`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from crm_store import outbox, request_matters, requests
from crm_store.base import JSON, Tx
from crm_store.requests import NewRequest, RequestRow, Turn
from workstation.requests import deeds, forms, routing, stages
from workstation.requests.house import House, Notice, Told
from workstation.requests.kinds import Deed, RequestType, said
from workstation.requests.stages import Plan, Standing

_DEEPEST = 5                    # requests that follow one another in one step


class UnknownType(Exception):
    """There is no such request type (any more)."""


class IsClosed(Exception):
    """The request is closed; it must be reopened first."""


class NotClosed(Exception):
    """The request is open; there is nothing to reopen."""


class OtherMatter(Exception):
    """These two cannot be one matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """What is asked for. `joins`: with one of the same matter it becomes one."""
    type: str
    form: dict[str, JSON]
    by: str
    at: datetime
    channel: str = "desk"
    client_id: int | None = None
    account_id: int | None = None
    interaction_id: int | None = None
    contact: str | None = None
    joins: bool = False
    depth: int = field(default=0)


async def file(tx: Tx, house: House, new: Filing, told: Told) -> RequestRow:
    """Filed, routed, its first stage entered. Raises UnknownType, `Conflict`."""
    kind = known(house, new.type)
    plan = stages.begin(kind, await _group(tx, kind, new), new.at, house.calendar)
    row = await requests.file(tx, NewRequest(
        type=kind.id, group=plan.group, stage=plan.stage, deadline_at=plan.deadline_at,
        form=new.form, by=new.by, at=new.at, client_id=new.client_id,
        account_id=new.account_id, interaction_id=new.interaction_id, channel=new.channel,
        contact=new.contact, reaction_at=plan.reaction_at,
        alarms=[(alarm.kind, alarm.at) for alarm in plan.alarms]))
    if new.joins:
        other = await matter_of(tx, kind, row)
        if other is not None:
            return await join(tx, house, row, other, new.by, new.at, told)
    await outbox.tell(tx, "request.filed", deeds.facts(row), at=new.at, request_id=row.id)
    return await _deeds(tx, house, row, plan.deeds, new.at, told, new.depth)


async def matter_of(tx: Tx, kind: RequestType, row: RequestRow) -> RequestRow | None:
    """The open request that this one says again, if there is one."""
    fields = {name: str(row.form.get(name) or "") for name in kind.matter.fields}
    other = await request_matters.same_matter(
        tx, type=kind.id, client_id=row.client_id, contact=row.contact, fields=fields,
        since=row.filed_at - timedelta(days=kind.matter.days))
    return None if other is None or other.id == row.id else other


async def move(tx: Tx, house: House, row: RequestRow, target: str, by: str, at: datetime,
               told: Told, *, note: str = "", taken_by: str | None = None) -> RequestRow:
    """To another stage. Raises NoSuchStep, UnknownType, IsClosed."""
    kind = known(house, row.type)
    if row.closed_at is not None:
        raise IsClosed(f"request {row.id}")
    plan = stages.go(kind, standing(row), target, at, house.calendar)
    keeps = not plan.closes and not plan.is_passed_on
    moved = await requests.move(tx, row.id, plan.stage, by, at, note, closes=plan.closes,
                                turn=turn_of(plan, kind), taken_by=taken_by if keeps else None)
    event = "request.closed" if plan.closes else "request.moved"
    await outbox.tell(tx, event, deeds.facts(moved), at=at, request_id=row.id)
    return await _deeds(tx, house, moved, plan.deeds, at, told)


async def reopen(tx: Tx, house: House, row: RequestRow, by: str, at: datetime, told: Told, *,
                 note: str = "") -> RequestRow:
    """Open once more, its history with it. Raises NotClosed, UnknownType."""
    kind = known(house, row.type)
    if row.closed_at is None or row.joined_to is not None:
        raise NotClosed(f"request {row.id}")
    plan = stages.again(kind, standing(row), at, house.calendar)
    opened = await requests.move(tx, row.id, plan.stage, by, at, note, kind="reopened",
                                 turn=turn_of(plan, kind, since_at=at))
    await outbox.tell(tx, "request.reopened", deeds.facts(opened), at=at, request_id=row.id)
    return await _deeds(tx, house, opened, plan.deeds, at, told)


async def take(tx: Tx, row: RequestRow, operator: str, at: datetime, told: Told) -> RequestRow:
    """He has it in hand from now on. Raises IsClosed."""
    if row.closed_at is not None:
        raise IsClosed(f"request {row.id}")
    return told.row(await requests.assign(
        tx, row.id, group=row.group, responsible=operator, by=operator, at=at, kind="taken"))


async def hand_over(tx: Tx, house: House, row: RequestRow, *, group: str, operator: str | None,
                    by: str, at: datetime, told: Told, note: str = "") -> RequestRow:
    """To another group or operator; the deadline stays. Raises IsClosed, UnknownType."""
    kind = known(house, row.type)
    if row.closed_at is not None:
        raise IsClosed(f"request {row.id}")
    plan = stages.passed_on(kind, standing(row), group, at, house.calendar,
                            is_taken=operator is not None)
    is_told = row.late_at is not None
    turn = turn_of(plan, kind)
    if is_told:                     # of its lateness the lead knows; whose it is has changed
        turn = Turn(group=turn.group, deadline_at=turn.deadline_at, frees=turn.frees,
                    reaction_at=turn.reaction_at,
                    alarms=[alarm for alarm in turn.alarms if alarm[0] != "late"])
    passed = await requests.assign(tx, row.id, group=group, responsible=operator, by=by, at=at,
                                   note=note, turn=turn, keep_told=is_told)
    if operator is not None and operator != by:
        told.notices.append(Notice("request_given", f"{row.id}", (operator,)))
    return told.row(passed)


async def join(tx: Tx, house: House, row: RequestRow, kept: RequestRow, by: str, at: datetime,
               told: Told) -> RequestRow:
    """`row` goes on as `kept`; it can be parted again. Gives `kept`. Raises OtherMatter."""
    if row.id == kept.id or kept.closed_at is not None or row.closed_at is not None or (
            row.client_id != kept.client_id and None not in (row.client_id, kept.client_id)):
        raise OtherMatter(f"{row.id}, {kept.id}")
    await requests.move(tx, row.id, row.stage, by, at, f"#{kept.id}", closes=True, kind="joined")
    for child in await request_matters.joined(tx, row.id):
        await requests.change(tx, child, "joined", by=by, at=at, note=f"#{kept.id}",
                              joined_to=kept.id)
    told.row(await requests.change(tx, row.id, "", by=by, at=at, joined_to=kept.id))
    values = {"client_id": row.client_id} if kept.client_id is None and row.client_id else {}
    more = await requests.change(tx, kept.id, "absorbed", by=by, at=at,
                                 note=f"#{row.id} {row.channel}", **values)
    return told.row(more)


async def part(tx: Tx, house: House, row: RequestRow, by: str, at: datetime, told: Told, *,
               note: str = "") -> RequestRow:
    """A matter of its own again, at the stage it had. Raises OtherMatter, UnknownType."""
    if row.joined_to is None:
        raise OtherMatter(str(row.id))
    kind = known(house, row.type)
    stage = await request_matters.stage_before(tx, row.id)
    plan = stages.again(kind, standing(row), at, house.calendar,
                        stage if stage in kind.stage else None)
    await requests.change(tx, row.joined_to, "parted", by=by, at=at, note=f"#{row.id}")
    await requests.move(tx, row.id, plan.stage, by, at, note, kind="parted",
                        turn=turn_of(plan, kind, since_at=at))
    return told.row(await requests.change(tx, row.id, "", by=by, at=at, joined_to=None))


async def late(tx: Tx, house: House, row: RequestRow, at: datetime, told: Told) -> RequestRow:
    """Its deadline has passed: the lead learns it at once, and what the type says happens."""
    await requests.change(tx, row.id, "late", by=deeds.BY, at=at, late_at=at)
    text = f"{row.id} · {_title(house, row)} · {row.client_name or row.contact or ''}"
    await deeds.tell_leads(tx, house, row, text, at, told, code="request_late")
    await outbox.tell(tx, "request.late", deeds.facts(row), at=at, request_id=row.id)
    kind = house.kinds.get(row.type)
    stage = kind.stage.get(row.stage) if kind is not None else None
    return await _deeds(tx, house, row, stage.late if stage is not None else (), at, told)


def known(house: House, type: str) -> RequestType:  # noqa: A002
    kind = house.kinds.get(type)
    if kind is None:
        raise UnknownType(type[:40])
    return kind


def standing(row: RequestRow) -> Standing:
    return Standing(stage=row.stage, group=row.group, since_at=row.since_at or row.filed_at,
                    deadline_at=row.deadline_at, is_taken=row.responsible is not None)


def turn_of(plan: Plan, kind: RequestType, since_at: datetime | None = None) -> Turn:
    return Turn(group=plan.group, deadline_at=plan.deadline_at, reaction_at=plan.reaction_at,
                alarms=[(alarm.kind, alarm.at) for alarm in plan.alarms], since_at=since_at,
                frees=plan.is_passed_on and not plan.closes)


async def _group(tx: Tx, kind: RequestType, new: Filing) -> str:
    """Who answers: the first stage's own group, else the rules'."""
    own = kind.stage[kind.first_stage].group
    if own:
        return own
    client_kind: str = ""
    regions: tuple[str, ...] = ()
    if new.client_id is not None and any(rule.clients or rule.regions
                                         for rule in kind.responsible):
        client_kind, regions = await request_matters.kind_and_places(tx, new.client_id)
    values = {name: str(value) for name, value in new.form.items()}
    return routing.responsible_group(kind, routing.Facts(
        values=values, channel=new.channel, client_kind=client_kind, regions=regions))


async def _deeds(tx: Tx, house: House, row: RequestRow, wanted: tuple[Deed, ...], at: datetime,
                 told: Told, depth: int = 0) -> RequestRow:
    following = await deeds.perform(tx, house, row, wanted, at, told)
    for deed in following if depth < _DEEPEST else ():
        kind = known(house, deed.type)
        await file(tx, house, Filing(
            type=kind.id, form=forms.fitting(kind, row.form), by=deeds.BY, at=at,
            channel="process", contact=row.contact, client_id=row.client_id,
            account_id=row.account_id, depth=depth + 1), told)
    return told.row(await requests.one(tx, row.id))


def _title(house: House, row: RequestRow) -> str:
    kind = house.kinds.get(row.type)
    return said(kind.title, house.language) if kind else row.type
