"""Hanging up, and dialling from one's own phone."""

from __future__ import annotations

from crm_store import phones
from workstation.desk import Desk
from workstation.errors import NotAllowed, NotThere, Refused
from workstation.policy import Person
from workstation.protocol import Dial, HangUp


async def hang_up(desk: Desk, person: Person, args: HangUp) -> dict[str, object]:
    call = desk.floor.calls.get(args.call)
    if call is None:
        raise NotThere("call")
    is_own = call.operator == person.operator and bool(person.operator)
    if not is_own and not person.oversees:
        raise NotAllowed("it is not your call")
    channel = (call.operator_channel if is_own else None) or call.channel
    if not channel:
        raise Refused("no_channel", "Nobody is connected yet.")
    await desk.commands.hang_up(channel)
    return {}


async def dial(desk: Desk, person: Person, args: Dial) -> dict[str, object]:
    if not person.operator:
        raise Refused("no_phone", "You have no phone.")
    number = phones.normalise(args.number, region=desk.settings.company.region)
    if number.e164 is None:
        raise Refused("no_number", "This is no number that can be dialled.", args.number[:40],
                      422)
    live = desk.operator(person)
    if live is not None and live.call is not None:
        raise Refused("in_a_call", "You are in a call.")
    if args.client_id is not None:
        desk.pops.dialled[(person.operator, number.e164)] = args.client_id
    await desk.commands.click_to_call(desk.interface(person.operator), number.e164,
                                      caller_id=desk.settings.pbx.caller_id)
    return {}
