"""Requests: filed from a form, listed, moved, taken, handed over, reopened, joined, parted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from crm_store import clients, mails, request_matters, requests
from crm_store.base import JSON, Tx
from crm_store.card_numbers import masked
from workstation import notices, views
from workstation.actions import tasks
from workstation.actions.conversations import interaction_of, own, show_client
from workstation.desk import Desk
from workstation.errors import NotAllowed, NotThere, Refused
from workstation.policy import Person
from workstation.protocol import FileRequest, ListRequests, MoveRequest, RequestView
from workstation.protocol import requests as asked
from workstation.requests import carrying, forms, stages
from workstation.requests.carrying import Filing
from workstation.requests.house import Told

SHOWN = 1_000       # open requests on the screens at most, the most urgent
NOTE_LIMIT = 4_000
Work = Callable[[Tx, Told], Awaitable[requests.RequestRow]]


# ── doing ────────────────────────────────────────────────────────────────────────────────────
async def file(desk: Desk, person: Person, args: FileRequest) -> dict[str, object]:
    filed_from = None
    if args.conversation is not None:
        filed_from = await interaction_of(desk, own(desk, person, args.conversation))
    values = form_of(desk, args.type, args.fields)
    form: dict[str, JSON] = {name: masked(said) for name, said in values.items()}

    async def filed(tx: Tx, told: Told) -> requests.RequestRow:
        return await carrying.file(tx, desk.house, Filing(
            type=args.type, form=form, by=author(person), at=desk.clock(),
            channel="call" if filed_from is not None else "desk", client_id=args.client_id,
            account_id=await account_id(tx, args.client_id, values.get("account")),
            interaction_id=filed_from), told)

    row = await carried(desk, filed)
    await _refresh(desk, person, args)
    return {"id": row.id, "number": str(row.id), "group": row.group,
            "due_at": views.moment(row.deadline_at), "same_matter": await _same(desk, row)}


def form_of(desk: Desk, type: str, fields: dict[str, str]) -> dict[str, str]:  # noqa: A002
    """What is worth keeping of a form. Raises Refused."""
    kind = desk.kinds.get(type)
    if kind is None:
        raise Refused("unknown_type", "There is no such request type.", type[:40], 422)
    try:
        return forms.read(kind, fields)
    except forms.FormInvalid as exc:
        raise Refused("form_invalid", "Some fields are not right.", str(exc), 422,
                      {"fields": exc.problems}) from exc


async def move(desk: Desk, person: Person, args: MoveRequest) -> dict[str, object]:
    async def moved(tx: Tx, told: Told) -> requests.RequestRow:
        row = await seen(tx, person, args.id)   # who takes it to work answers for it
        return await carrying.move(tx, desk.house, row, args.stage, author(person), desk.clock(),
                                   told, note=note_of(args.note), taken_by=_taker(person, row))
    return {"request": view(desk, await carried(desk, moved))}


def _taker(person: Person, row: requests.RequestRow) -> str | None:
    return person.operator if person.operator and row.group in person.groups else None


async def take(desk: Desk, person: Person, args: asked.TakeRequest) -> dict[str, object]:
    async def taken(tx: Tx, told: Told) -> requests.RequestRow:
        row = await seen(tx, person, args.id)
        if row.responsible not in (None, person.operator) and not person.oversees:
            raise Refused("taken", "Somebody else has it in hand.", row.responsible or "")
        return await carrying.take(tx, row, person.operator, desk.clock(), told)
    return {"request": view(desk, await carried(desk, taken))}


async def hand_over(desk: Desk, person: Person, args: asked.HandOverRequest) -> dict[str, object]:
    operator, group = tasks.whose(desk.settings, desk.kinds, args.operator, args.group)

    async def passed(tx: Tx, told: Told) -> requests.RequestRow:
        row = await seen(tx, person, args.id)
        return await carrying.hand_over(
            tx, desk.house, row, group=group or _group_for(desk, operator, row.group),
            operator=operator, by=author(person), at=desk.clock(), told=told,
            note=note_of(args.note))
    return {"request": view(desk, await carried(desk, passed))}


def _group_for(desk: Desk, operator: str | None, group: str) -> str:
    """The request stays with its group, if he is in it; else it goes to his."""
    known = desk.operators.get(operator or "")
    if known is None or group in known.groups or not known.groups:
        return group
    return known.groups[0]


async def reopen(desk: Desk, person: Person, args: asked.ReopenRequest) -> dict[str, object]:
    async def opened(tx: Tx, told: Told) -> requests.RequestRow:
        row = await seen(tx, person, args.id)
        return await carrying.reopen(tx, desk.house, row, author(person), desk.clock(), told,
                                     note=note_of(args.note))
    return {"request": view(desk, await carried(desk, opened))}


async def join(desk: Desk, person: Person, args: asked.JoinRequests) -> dict[str, object]:
    async def made_one(tx: Tx, told: Told) -> requests.RequestRow:
        row, kept = await seen(tx, person, args.id), await seen(tx, person, args.into)
        return await carrying.join(tx, desk.house, row, kept, author(person), desk.clock(), told)
    return {"request": view(desk, await carried(desk, made_one))}


async def part(desk: Desk, person: Person, args: asked.PartRequest) -> dict[str, object]:
    async def parted(tx: Tx, told: Told) -> requests.RequestRow:
        row = await seen(tx, person, args.id)
        return await carrying.part(tx, desk.house, row, author(person), desk.clock(), told,
                                   note=note_of(args.note))
    return {"request": view(desk, await carried(desk, parted))}


async def carried(desk: Desk, work: Work) -> requests.RequestRow:
    """Stored and shown in one turn: a picture of all requests never falls between the two."""
    told = Told()
    async with desk.board_turns["requests"], desk.board_turns["tasks"]:
        try:
            async with desk.store.begin() as tx:
                row = await work(tx, told)
        except tuple(_WORDS) as exc:
            code, title, status = _WORDS[type(exc)]
            raise Refused(code, title, str(exc), status) from exc
        show_told(desk, told)
    return row


def show_told(desk: Desk, told: Told) -> None:
    """After the commit, in the boards' turns."""
    for row in told.requests.values():
        show(desk, row)
    for task in told.tasks:
        tasks.show(desk, task)
    for notice in told.notices:
        notices.tell(desk.board, notice.code, notice.text, notice.operators)


_WORDS: dict[type[Exception], tuple[str, str, int]] = {
    carrying.UnknownType: ("unknown_type", "There is no such request type.", 422),
    stages.NoSuchStep: ("no_such_step", "It cannot go there from where it is.", 409),
    carrying.IsClosed: ("request_closed", "This request is closed; reopen it first.", 409),
    carrying.NotClosed: ("request_open", "This request cannot be reopened.", 409),
    carrying.OtherMatter: ("other_matter", "These two cannot be one matter.", 409),
}


# ── reading ──────────────────────────────────────────────────────────────────────────────────
async def listing(desk: Desk, person: Person, args: ListRequests) -> dict[str, object]:
    """The most urgent; the API's list goes on from there by cursor."""
    shown, _ = await page(desk, person, args, cursor=None, limit=SHOWN)
    return {"requests": shown}


async def page(desk: Desk, person: Person, args: ListRequests, *, cursor: str | None,
               limit: int) -> tuple[list[RequestView], str | None]:
    """Requests of the groups he may see, and the cursor of the next page."""
    if args.group is not None and args.group not in person.groups and not person.oversees:
        raise NotAllowed(f"you are not in the group {args.group}")
    mine = None if person.oversees else person.groups
    async with desk.store.read() as tx:
        rows, following = await requests.page(
            tx, groups=mine if args.group is None else (args.group,),
            open_only=not args.include_closed, cursor=cursor, limit=limit)
    return [view(desk, row) for row in rows], following


async def history(desk: Desk, person: Person, args: asked.RequestHistory) -> dict[str, object]:
    """All that happened, to what was joined to it too, with the mails."""
    async with desk.store.read() as tx:
        row = await seen(tx, person, args.id)
        joined = await request_matters.joined(tx, row.id)
        found = [(number, event) for number in (row.id, *joined)
                 for event in await requests.events(tx, number)]
        written = await mails.of_request(tx, row.id, joined)
        files = await mails.files_of(tx, [mail.id for mail in written])
        papers = await requests.documents(tx, row.id)
    found.sort(key=lambda one: one[1].at)
    return {
        "request": view(desk, row), "joined": joined,
        "events": [asked.RequestEventView(
            request_id=number, kind=event.kind, from_stage=event.from_stage,
            to_stage=event.to_stage, note=event.note, by=event.by, at=views.moment(event.at))
            for number, event in found],
        "mails": [mail_view(mail, files) for mail in written],
        "documents": [asked.DocumentView(id=paper.id, template=paper.template, title=paper.title,
                                         by=paper.made_by, at=views.moment(paper.made_at))
                      for paper in papers]}


def mail_view(mail: mails.Mail, files: list[mails.File]) -> asked.MailView:
    return asked.MailView(
        id=mail.id, direction=mail.direction, sender=mail.sender, sender_name=mail.sender_name,
        recipient=mail.recipient, subject=mail.subject, text=mail.text, state=mail.state,
        why=[str(one) for one in mail.why], client_id=mail.client_id,
        request_id=mail.request_id, by=mail.by, at=views.moment(mail.at),
        files=[asked.MailFileView(id=one.id, name=one.name, size=one.size, why=one.why,
                                  kept=one.file is not None)
               for one in files if one.mail_id == mail.id])


async def seen(tx: Tx, person: Person, request_id: int) -> requests.RequestRow:
    """The request, if this person may see it. Raises NotThere."""
    row = await requests.one(tx, request_id)
    mine = person.operator and person.operator in (row.responsible, row.offered_to)
    if row.group not in person.groups and not person.oversees and not mine:
        raise NotThere("request")
    return row


def author(person: Person) -> str:
    return person.operator or person.login


def note_of(text: str) -> str:
    if len(text) > NOTE_LIMIT:
        raise Refused("too_long", "This is too long to be kept.", f"{NOTE_LIMIT} letters", 422)
    return masked(text.strip())


async def _same(desk: Desk, row: requests.RequestRow) -> list[int]:
    """Open requests that may be about the same: a person decides."""
    kind = desk.kinds.get(row.type)
    if kind is None or row.closed_at is not None:
        return []
    async with desk.store.read() as tx:
        other = await carrying.matter_of(tx, kind, row)
    return [] if other is None else [other.id]


# ── on the screens ───────────────────────────────────────────────────────────────────────────
def view(desk: Desk, row: requests.RequestRow) -> RequestView:
    return views.request(row, desk.kinds, desk.settings.company.language, desk.clock())


def show(desk: Desk, row: requests.RequestRow) -> None:
    """On the screens of those who may see it, until it is closed."""
    desk.board.put("requests", str(row.id), None if row.closed_at else view(desk, row))


async def show_all(desk: Desk) -> None:
    """All open requests; called at start and every minute, for lateness comes by itself."""
    async with desk.board_turns["requests"]:
        async with desk.store.read() as tx:
            rows = await requests.listing(tx, open_only=True, limit=SHOWN)
        desk.board.replace("requests", [(str(row.id), view(desk, row)) for row in rows])


async def account_id(tx: Tx, client_id: int, number: str | None) -> int | None:
    """The account the form names, if it is this client's."""
    card = await clients.card(tx, client_id)
    return next((account.id for account in card.accounts if account.number == number), None)


async def _refresh(desk: Desk, person: Person, args: FileRequest) -> None:
    """The new request is in the timeline of the conversation it was filed from."""
    if args.conversation is None:
        return
    shown = desk.conversations.find(person.operator, args.conversation)
    if shown is not None and shown.client_id == args.client_id:
        await show_client(desk, person, shown, shown.client_id, identity_is=shown.identity)
