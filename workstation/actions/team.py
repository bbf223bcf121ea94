"""My day: figures, messages of leads with receipts, calls for help."""

from __future__ import annotations

from datetime import timedelta

from crm_store import help_calls, messages
from crm_store.errors import NotFound
from crm_store.help_calls import HelpCall
from crm_store.messages import Message
from workstation import day
from workstation.board import Board
from workstation.desk import Desk
from workstation.errors import NotAllowed, NotThere, Refused
from workstation.policy import Person, has_in_team
from workstation.protocol.team import (
    AnswerHelp,
    AskHelp,
    EndHelp,
    HelpView,
    ListMessages,
    MessageView,
    SeeMessage,
    SeenView,
    SendMessage,
    ShowDay,
)
from workstation.views import moment, moment_or_none

LISTED = 50
SENT_SHOWN = timedelta(hours=12)    # a message with its receipts, on its sender's screens

AGED = timedelta(hours=1)           # those that just grew older are taken off


# ── figures ──────────────────────────────────────────────────────────────────────────────────
async def show_day(desk: Desk, person: Person, args: ShowDay) -> dict[str, object]:
    counted, at = await desk.day.read(desk.store, desk.clock, desk.zone)
    team = [one for one, colleague in desk.accounts.by_operator.items()
            if person.groups & colleague.groups or set(person.queues) & set(colleague.queues)]
    return {"day": day.view(counted, person.operator, team, at)}


# ── messages ─────────────────────────────────────────────────────────────────────────────────
async def send(desk: Desk, person: Person, args: SendMessage) -> dict[str, object]:
    text = " ".join(args.text.split())
    if not text:
        raise Refused("text_missing", "There is nothing to send.", "", 422)
    meant = _meant(desk, person, args)
    if not meant:
        raise Refused("nobody_reached", "This would reach nobody.", args.to[:40], 422)
    async with desk.store.begin() as tx:
        sent = await messages.send(tx, by=_name(person), to_kind=args.to_kind, to_id=args.to,
                                   text=text, operators=meant, at=desk.clock())
    show_message(desk, sent)
    return {"message": _to_sender(desk, sent)}


def _meant(desk: Desk, person: Person, args: SendMessage) -> list[str]:
    """Whom it reaches. Raises NotAllowed, NotThere."""
    people = {key: one for key, one in desk.accounts.by_operator.items() if one.id != person.id}
    if args.to_kind == "all":
        return [key for key, one in people.items() if one.queues or one.oversees]
    if args.to_kind == "group":
        if args.to not in person.groups and person.role != "administrator":
            raise NotAllowed("it is not your team")
        return [key for key, one in people.items() if args.to in one.groups]
    colleague = people.get(args.to)
    if colleague is None:
        raise NotThere("operator")
    if not has_in_team(person, colleague) and person.role != "administrator":
        raise NotAllowed(f"{colleague.name} is not of your team")
    return [args.to]


async def seen(desk: Desk, person: Person, args: SeeMessage) -> dict[str, object]:
    async with desk.store.begin() as tx:
        show_message(desk, await messages.see(tx, args.id, _name(person), at=desk.clock()))
    return {}


async def list_messages(desk: Desk, person: Person, args: ListMessages) -> dict[str, object]:
    me = _name(person)
    async with desk.store.read() as tx:
        found = await messages.between(tx, me, limit=LISTED)
    return {"messages": [_to_sender(desk, one) if one.by == me else _to_reader(desk, one, me)
                         for one in found]}


def show_message(desk: Desk, message: Message) -> None:
    """To each who has not seen it yet, and to its sender for some hours."""
    key = str(message.id)
    for operator, seen_at in message.seen.items():
        _put_own(desk.board, operator, key,
                 None if seen_at is not None else _to_reader(desk, message, operator))
    is_new = message.at > desk.clock() - SENT_SHOWN
    _put_own(desk.board, message.by, key, _to_sender(desk, message) if is_new else None)


def _put_own(board: Board, operator: str, key: str, view: MessageView | None) -> None:
    if operator:        # without an owner it would be everybody's
        board.put_own(operator, "messages", key, view)


def _to_reader(desk: Desk, message: Message, operator: str) -> MessageView:
    return _message(desk, message, seen_at=moment_or_none(message.seen.get(operator)))


def _to_sender(desk: Desk, message: Message) -> MessageView:
    return _message(desk, message, receipts=[
        SeenView(operator=operator, at=moment_or_none(at))
        for operator, at in sorted(message.seen.items())])


def _message(desk: Desk, message: Message, *, seen_at: str | None = None,
             receipts: list[SeenView] | None = None) -> MessageView:
    return MessageView(
        id=message.id, by=message.by, by_name=_named(desk, message.by),
        to_kind=message.to_kind,  # type: ignore[arg-type]
        to=message.to_id, text=message.text, at=moment(message.at), seen_at=seen_at,
        receipts=receipts or [])


# ── help ─────────────────────────────────────────────────────────────────────────────────────
async def ask_help(desk: Desk, person: Person, args: AskHelp) -> dict[str, object]:
    if not person.operator:
        raise Refused("no_phone", "You have no phone.")
    live = desk.operator(person)
    async with desk.store.begin() as tx:
        asked = await help_calls.ask(
            tx, person.operator, text=" ".join(args.text.split()), at=desk.clock(),
            call_id=live.call if live is not None else None)
    return {"help": await _show_help(desk, asked)}


async def answer_help(desk: Desk, person: Person, args: AnswerHelp) -> dict[str, object]:
    async with desk.store.begin() as tx:
        try:
            asked = await help_calls.answer(tx, args.id, by=_name(person), at=desk.clock(),
                                            text=" ".join(args.text.split()))
        except NotFound:
            raise Refused("help_over", "It is over, or a colleague has answered.") from None
    return {"help": await _show_help(desk, asked)}


async def end_help(desk: Desk, person: Person, args: EndHelp) -> dict[str, object]:
    async with desk.store.begin() as tx:
        ended = await help_calls.end(tx, args.id, by=_name(person), at=desk.clock())
        if ended.operator != person.operator and not person.oversees:
            raise NotThere("help")
    await _show_help(desk, ended)
    return {}


async def _show_help(desk: Desk, asked: HelpCall) -> HelpView:
    """Who calls for help does not wait for the board's next beat."""
    view = HelpView(
        id=asked.id, operator=asked.operator, name=_named(desk, asked.operator),
        text=asked.text, call=asked.call_id, at=moment(asked.at), answered_by=asked.answered_by,
        answered_name=_named(desk, asked.answered_by or ""),
        answered_at=moment_or_none(asked.answered_at), answer=asked.answer)
    desk.board.put("helps", str(asked.id), view if asked.ended_at is None else None,
                   first_to=asked.operator)
    await desk.board.flush()
    return view


async def show_all(desk: Desk) -> None:
    """After a start: what was not seen, and who still asks."""
    async with desk.store.read() as tx:
        unseen = await messages.on_screens(tx, desk.clock() - SENT_SHOWN - AGED)
        asking = await help_calls.open_ones(tx)
    for message in unseen:
        show_message(desk, message)
    for asked in asking:
        await _show_help(desk, asked)


def _name(person: Person) -> str:
    return person.operator or person.login


def _named(desk: Desk, operator: str) -> str:
    person = desk.accounts.by_operator.get(operator)
    return person.name if person is not None else operator
