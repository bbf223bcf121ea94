"""What an operator chooses of himself: his state, and which of his phones rings.

The truth is Asterisk's queue membership; these only ask for it.
"""

from __future__ import annotations

from workstation.board import TooManyAnswers
from workstation.desk import Desk
from workstation.errors import Refused
from workstation.policy import Person
from workstation.protocol import AttachPhone, Notice, SetState
from workstation.protocol.pins import RenewPin
from workstation.skills import penalty
from workstation.wrap_up import Wish

SIGNED_IN = "signed_in"     # the pause reason of somebody who has not said that he is ready


async def set_state(desk: Desk, person: Person, args: SetState) -> dict[str, object]:
    await choose(desk, person, args)
    return {}


async def attach_phone(desk: Desk, person: Person, args: AttachPhone) -> dict[str, object]:
    await attach(desk, person, args)
    return {}


async def renew_pin(desk: Desk, person: Person, args: RenewPin) -> dict[str, object]:
    pin = await desk.pins.give(person.login)
    if pin is None:
        raise Refused("no_phone", "You have no phone.", person.login)
    return {"pin": pin}


async def choose(desk: Desk, person: Person, args: SetState, *, besides: str = "") -> None:
    """His state; the leg `besides`, by which he says so himself, is no call of his."""
    _demand_queues(person)
    if args.state == "offline":
        await _leave(desk, person.operator)
        return
    check(desk, args)
    desk.roster.chose(person.operator)
    reason = args.reason if args.state == "paused" else ""
    await _be(desk, person, Wish(args.state == "paused", reason), besides)


def check(desk: Desk, args: SetState) -> None:
    """Raises Refused."""
    if args.state == "paused" and args.reason not in desk.settings.pause_reasons:
        raise Refused("unknown_reason", "This is none of the pause reasons.", args.reason, 422)


async def attach(desk: Desk, person: Person, args: AttachPhone, *, besides: str = "") -> None:
    """Which of his phones rings."""
    _demand_queues(person)
    suffix = "-web" if args.phone == "web" else ""
    wanted = f"PJSIP/{person.operator}{suffix}"
    before = desk.phones.get(person.operator)
    live = desk.operator(person)
    if live is not None and live.interface not in (None, wanted) \
            and _is_in_call(desk, person.operator, besides):
        raise Refused("in_a_call", "You are in a call.", "change the phone when it is over", 409)
    desk.phones[person.operator] = args.phone
    desk.roster.chose(person.operator)
    if live is None or live.interface is None:
        await _join(desk, person, wanted, paused=True, reason=SIGNED_IN)
        return
    if live.interface != wanted:
        is_paused = live.state in ("paused", "wrap_up") or bool(live.reason)
        old = live.interface
        for queue in sorted(live.queues):
            await _add(desk, person.operator, queue, wanted, paused=is_paused,
                       reason=live.reason)
            await desk.commands.remove_member(queue, old)
        _tell_others(desk, person.operator, before)


def _is_in_call(desk: Desk, operator: str, besides: str) -> bool:
    floor = desk.floor
    return any(leg.id != besides and floor.call_of(leg) is not None
               for leg in floor.legs_of_operator(operator))


async def _be(desk: Desk, person: Person, wish: Wish, besides: str) -> None:
    paused, reason = wish.paused, wish.reason
    operator, live = person.operator, desk.operator(person)
    if live is None or live.interface is None or not live.queues:
        interface = desk.interface(operator)
        await _join(desk, person, interface, paused=paused, reason=reason)
        await desk.commands.pause_member(interface, paused=paused, reason=reason)
        return
    for queue in set(person.queues) - live.queues:
        await _add(desk, operator, queue, live.interface, paused=paused, reason=reason)
    await desk.commands.pause_member(live.interface, paused=paused, reason=reason)
    if _is_in_call(desk, operator, besides):
        desk.wrap_up.wish(operator, wish)
        return
    desk.wrap_up.forget(operator)
    for view in desk.conversations.of(operator):
        if view.wrap_up_until is not None:
            desk.conversations.change(operator, view.call, wrap_up_until=None)


async def _join(desk: Desk, person: Person, interface: str, *, paused: bool,
                reason: str) -> None:
    for queue in person.queues:
        await _add(desk, person.operator, queue, interface, paused=paused, reason=reason)


async def _add(desk: Desk, operator: str, queue: str, interface: str, *, paused: bool,
               reason: str) -> None:
    planned, wanted = desk.operators.get(operator), desk.queues.get(queue)
    await desk.commands.add_member(
        queue, interface, operator, paused=paused, reason=reason,
        penalty=penalty(planned, wanted) if planned and wanted else 0)


async def _leave(desk: Desk, operator: str) -> None:
    desk.roster.left(operator)
    live = desk.floor.operators.get(operator)
    if live is not None and live.interface is not None:
        for queue in sorted(live.queues):
            await desk.commands.remove_member(queue, live.interface)
    desk.wrap_up.forget(operator)


def _tell_others(desk: Desk, operator: str, before: str | None) -> None:
    for screen in desk.board.screens(operator) if before is not None else ():
        try:
            screen.say(Notice(seq=0, code="phone_taken"))
        except TooManyAnswers:
            continue


def _demand_queues(person: Person) -> None:
    if not person.operator or not person.queues:
        raise Refused("no_queues", "You belong to no queue.", person.login)
