"""What leads see and decide of callers who wait: call-backs, closed numbers, incidents."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from crm_store import audit, callbacks, entry_switches, incidents
from crm_store.callbacks import Callback
from crm_store.errors import NotFound
from crm_store.incidents import Incident
from workstation.desk import Desk
from workstation.errors import NotThere, Unreadable
from workstation.policy import Person
from workstation.protocol.waiting import (
    CallBackView,
    CloseEntry,
    DecideIncident,
    EntryView,
    IncidentView,
    OpenEntry,
    ShowWaiting,
    WithdrawCallBack,
)
from workstation.traces import name_of
from workstation.views import moment, moment_or_none
from workstation.waiting.opening import answered

RECENT = timedelta(hours=12)


async def show(desk: Desk, person: Person, args: ShowWaiting) -> dict[str, object]:
    now = desk.clock()
    at = _moment(desk, args.at) if args.at else now
    async with desk.store.read() as tx:
        line = await callbacks.line(tx)
        over = await callbacks.recent(tx, now - RECENT)
        closed = await entry_switches.closed(tx)
        found = [*await incidents.undecided(tx), *await incidents.untold(tx)]
    places: Counter[str] = Counter()
    shown = []
    for one in line:
        places[one.queue] += 1
        shown.append(call_back_view(one, places[one.queue]))
    return {"at": moment(at), "callbacks": [*shown, *(call_back_view(one, 0) for one in over)],
            "entries": [EntryView(
                entry=one.entry, is_open=one.is_open, why=one.why,
                until=moment_or_none(one.until), reason=one.reason, by=one.by, menu=one.menu,
                queue=one.queue, overflow=list(one.overflow))
                for one in answered(desk.settings, at, closed)],
            "incidents": [incident_view(one) for one in found]}


def _moment(desk: Desk, text: str) -> datetime:
    """Without a zone it is the company's time."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as exc:
        raise Unreadable("this is no moment") from exc
    return found if found.tzinfo is not None else found.replace(tzinfo=desk.zone)


def call_back_view(one: Callback, place: int) -> CallBackView:
    return CallBackView(
        id=one.id, queue=one.queue, place=place, number=one.number, client_id=one.client_id,
        client_name=one.client_name or "", source=one.source,  # type: ignore[arg-type]
        arrived_at=moment(one.arrived_at), state=one.state, why=one.why, tries=one.tries,
        not_before=moment_or_none(one.not_before))


def incident_view(one: Incident) -> IncidentView:
    return IncidentView(
        id=one.id, city=one.city, street=one.street, state=one.state, note=one.note,
        proposed_at=moment(one.proposed_at), opened_at=moment_or_none(one.opened_at),
        opened_by=one.opened_by or "", ended_at=moment_or_none(one.ended_at),
        callers=one.callers, untold=one.untold)


async def withdraw(desk: Desk, person: Person, args: WithdrawCallBack) -> dict[str, object]:
    async with desk.store.begin() as tx:
        if not await callbacks.settle(tx, args.id, "withdrawn", "by_lead", at=desk.clock()):
            raise NotThere("call-back")
        await audit.record(tx, by=name_of(person), at=desk.clock(), what="callback.withdrawn",
                           facts={"callback": args.id, "why": args.why})
    return {}


async def close(desk: Desk, person: Person, args: CloseEntry) -> dict[str, object]:
    return await _switch(desk, person, args.entry, " ".join(args.reason.split()), is_closed=True)


async def reopen(desk: Desk, person: Person, args: OpenEntry) -> dict[str, object]:
    return await _switch(desk, person, args.entry, args.reason, is_closed=False)


async def _switch(desk: Desk, person: Person, entry: str, reason: str, *,
                  is_closed: bool) -> dict[str, object]:
    digits = entry.removeprefix("+")
    if digits and digits not in {one.number.removeprefix("+") for one in desk.settings.entry}:
        raise NotThere("entry")
    async with desk.store.begin() as tx:
        await entry_switches.switch(tx, digits, is_closed=is_closed, reason=reason,
                                    by=name_of(person), at=desk.clock())
    return {}


async def decide(desk: Desk, person: Person, args: DecideIncident) -> dict[str, object]:
    try:
        async with desk.store.begin() as tx:
            await incidents.decide(tx, args.id, args.state, note=args.note, by=name_of(person),
                                   at=desk.clock())
    except NotFound as exc:
        raise NotThere("incident") from exc
    return {}
