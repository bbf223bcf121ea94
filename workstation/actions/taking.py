"""Calls that nobody talks in yet: ringing, waiting, parked. They come to one's own phone, or a
supervisor sends them on."""

from __future__ import annotations

from cti.commands import Move
from cti.floor import Call
from workstation.actions.calls import write_down
from workstation.actions.controls import Done, allowed, find, not_now, phone_of, reachable
from workstation.desk import Desk
from workstation.errors import NotAllowed, Refused
from workstation.policy import Person
from workstation.protocol.controls import Answer, PickUp, Redirect, TakeBack, Transfer


async def answer(desk: Desk, person: Person, args: Answer) -> Done:
    """His phone, which rings, rings once more in the way that it answers by itself."""
    return await _fetch(desk, person, allowed(desk, person, args.call, "answer"))


async def take_back(desk: Desk, person: Person, args: TakeBack) -> Done:
    call = find(desk, args.call)
    if call.parked_by != person.operator and not _is_of_his_queues(desk, person, call):
        raise NotAllowed("it is no call of your queues")
    if not call.is_parked:
        raise not_now("it is not parked")
    return await _fetch(desk, person, call)


async def pick_up(desk: Desk, person: Person, args: PickUp) -> Done:
    call = find(desk, args.call)
    if not _is_of_his_queues(desk, person, call):
        raise NotAllowed("it is no call of your queues")
    if call.state not in ("waiting", "ringing") or call.connected or call.direction == "internal":
        raise not_now(f"it is {call.state}")
    if person.oversees:     # an operator's own work needs no deed
        await write_down(desk, person, "call.pick_up", call)
    return await _fetch(desk, person, call)


async def redirect(desk: Desk, person: Person, args: Redirect) -> Done:
    """Written down: a supervisor acts on a call that is not his."""
    call = find(desk, args.call)
    is_waiting = call.state in ("waiting", "ringing") and not call.connected
    if not is_waiting or not call.channel:
        raise not_now(f"it is {call.state}")
    target = reachable(desk, Transfer(call=args.call, operator=args.operator, queue=args.queue,
                                      number=args.number))
    await write_down(desk, person, "call.redirect", call, target)
    await desk.commands.move(Move(call.channel, "deskline-give", target))
    return {}


async def _fetch(desk: Desk, person: Person, call: Call) -> Done:
    live = desk.operator(person)
    if not person.operator:
        raise Refused("no_phone", "You have no phone.")
    if live is not None and live.call not in (None, call.id):
        raise Refused("in_a_call", "You are in a call.")
    interface = desk.interface(person.operator)
    if desk.floor.phones.get(person.operator, {}).get(interface) is False:
        raise Refused("phone_unreachable", "Your phone cannot be reached.", interface)
    await desk.commands.move(Move(call.channel, "deskline-fetch", phone_of(f"{interface}-x")))
    return {}


def _is_of_his_queues(desk: Desk, person: Person, call: Call) -> bool:
    """The call's own queue; of a call without one, those of who parked it or is rung."""
    if call.queue is not None:
        return call.queue in person.queues
    others = (call.parked_by, *call.offered)
    return any(set(desk.operators[one].queues) & set(person.queues)
               for one in others if one in desk.operators)
