"""Reports for supervisors: figures by period, and the contacts behind each of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from crm_store import keyset, report_contacts
from crm_store.report_contacts import Chosen, ReportContact
from workstation import views
from workstation.desk import Desk
from workstation.errors import Unreadable
from workstation.policy import Person
from workstation.protocol.reports import (
    FigureContact,
    OpenFigure,
    ReportView,
    ShowReport,
    Step,
)
from workstation.reports import tables
from workstation.reports.gathered import Period, gather
from workstation.reports.opening import Figure, NoSuchCell

LONGEST_DAYS = 400
PAGE = 50               # contacts shown at once
READ_PAGES = 5          # of the store's, before an answer is given that may be short


async def show(desk: Desk, person: Person, args: ShowReport) -> dict[str, object]:
    return {"report": await view(desk, args)}


async def view(desk: Desk, args: ShowReport) -> ReportView:
    period, step = _period(desk, args), _step(desk, args)
    today = desk.clock().astimezone(desk.zone).date()
    async with desk.store.read() as tx:
        found = await gather(tx, period, desk.queues, today)
        beside = None
        if args.beside is not None:
            other = await gather(tx, _moved(period, _day(args.beside)), desk.queues, today)
            beside = tables.table(args.name, other, period, step).totals
    made = tables.table(args.name, found, period, step)
    return ReportView(
        name=args.name, first=args.first, last=args.last,
        step=step if args.name == "service" else None, columns=made.columns, rows=made.rows,
        totals=made.totals, beside=beside, days_left=found.days_left,
        limits={queue.id: queue.service_level_s for queue in desk.settings.queue})


async def open_figure(desk: Desk, person: Person, args: OpenFigure) -> dict[str, object]:
    """A page may be short, or empty with a cursor: what adds to a figure can be rare."""
    asked, period = args.report, _period(desk, args.report)
    try:
        figure = Figure(name=asked.name, column=args.column, row=tuple(args.row),
                        step=_step(desk, asked), zone=desk.zone)
    except NoSuchCell as exc:
        raise Unreadable(str(exc)) from exc
    before = keyset.read(args.cursor) if args.cursor else None
    chosen = Chosen(since=period.since, until=period.until, queue=asked.queue,
                    direction=asked.direction)
    found: list[FigureContact] = []
    async with desk.store.read() as tx:
        for _ in range(READ_PAGES):
            read = await report_contacts.page(tx, chosen, before=before)
            for contact in read:
                before = contact.started_at, contact.id
                if adds := figure.adds(contact, desk.queues):
                    found.append(_contact(contact, adds))
                if len(found) == PAGE:
                    return _opened(found, before)
            if len(read) < report_contacts.PAGE:
                return _opened(found, None)
    return _opened(found, before)


def _opened(found: list[FigureContact],
            before: tuple[datetime, int] | None) -> dict[str, object]:
    return {"contacts": found, "cursor": keyset.written(*before) if before else None}


def _contact(contact: ReportContact, adds: int) -> FigureContact:
    return FigureContact(
        interaction_id=contact.id, started_at=views.moment(contact.started_at),
        direction=contact.direction, number=contact.number, client_id=contact.client_id,
        client_name=contact.client_name, queue=contact.queue, operator=contact.operator,
        outcome=contact.outcome, disposition=contact.disposition, waited_s=contact.waited_s,
        talked_s=contact.talked_s, adds=adds)


def _period(desk: Desk, args: ShowReport) -> Period:
    """Raises Unreadable."""
    first, last = _day(args.first), _day(args.last)
    if not 0 <= (last - first).days < LONGEST_DAYS:
        raise Unreadable(f"a period has 1 to {LONGEST_DAYS} days")
    if args.queue is not None and args.queue not in desk.queues:
        raise Unreadable("unknown queue")
    return Period(first=first, last=last, zone=desk.zone, queue=args.queue,
                  direction=args.direction)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as exc:
        raise Unreadable(f"{text} is no day") from exc


def _moved(period: Period, first: date) -> Period:
    return replace(period, first=first,
                   last=first + timedelta(days=len(period.days) - 1))


def _step(desk: Desk, args: ShowReport) -> Step:
    return args.step or tables.best_step(_period(desk, args))
