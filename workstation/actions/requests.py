"""Requests: filed from a form, listed for their group, moved from stage to stage."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from crm_store import clients, requests
from crm_store.base import JSON, Tx
from crm_store.card_numbers import masked
from workstation import views
from workstation.actions.conversations import interaction_of, own, show_client
from workstation.desk import Desk
from workstation.errors import NotAllowed, NotThere, Refused
from workstation.policy import Person
from workstation.protocol import FileRequest, ListRequests, MoveRequest, RequestView
from workstation.requests import deadlines, forms, routing, stages

SHOWN = 1_000       # open requests on the screens at most, the most urgent


async def file(desk: Desk, person: Person, args: FileRequest) -> dict[str, object]:
    filed_from = None
    if args.conversation is not None:
        filed_from = await interaction_of(desk, own(desk, person, args.conversation))
    kind = desk.kinds.get(args.type)
    if kind is None:
        raise Refused("unknown_type", "There is no such request type.", args.type[:40], 422)
    try:
        values = forms.read(kind, args.fields)
    except forms.FormInvalid as exc:
        raise Refused("form_invalid", "Some fields are not right.", str(exc), 422,
                      {"fields": exc.problems}) from exc
    now = desk.clock()
    form: dict[str, JSON] = {name: masked(said) for name, said in values.items()}

    async def filed(tx: Tx) -> requests.RequestRow:
        return await requests.file(tx, requests.NewRequest(
            type=kind.id, group=routing.responsible_group(kind, values), stage=kind.first_stage,
            deadline_at=deadlines.due_at(kind.deadline, now, desk.zone), form=form,
            by=person.operator or person.login, at=now, client_id=args.client_id,
            account_id=await _account_id(tx, args.client_id, values.get("account")),
            interaction_id=filed_from))

    row = await _changed(desk, filed)
    await _refresh(desk, person, args)
    return {"id": row.id, "number": str(row.id), "group": row.group,
            "due_at": views.moment(row.deadline_at)}


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


async def move(desk: Desk, person: Person, args: MoveRequest) -> dict[str, object]:
    async def moved(tx: Tx) -> requests.RequestRow:
        row = await requests.one(tx, args.id)
        if row.group not in person.groups and not person.oversees:
            raise NotThere("request")
        kind = desk.kinds.get(row.type)
        if kind is None:
            raise Refused("unknown_type", "There is no such request type.", row.type)
        try:
            target = stages.step(kind, row.stage, args.stage)
        except stages.NoSuchStep as exc:
            raise Refused("no_such_step", "It cannot go there from where it is.",
                          str(exc)) from exc
        closes = stages.is_closed(kind, target)
        return await requests.move(     # who takes it to work answers for it
            tx, args.id, target, person.operator or person.login, desk.clock(), masked(args.note),
            closes=closes, taken_by=None if closes else person.operator)

    return {"request": view(desk, await _changed(desk, moved))}


async def _changed(desk: Desk, change: Callable[[Tx], Awaitable[requests.RequestRow]]
                   ) -> requests.RequestRow:
    """Stored and shown in one turn: a picture of all requests never falls between the two."""
    async with desk.board_turns["requests"]:
        async with desk.store.begin() as tx:
            row = await change(tx)
        show(desk, row)
    return row


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


async def _account_id(tx: Tx, client_id: int, number: str | None) -> int | None:
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
