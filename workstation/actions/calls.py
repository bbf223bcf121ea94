"""Hanging up, and dialling from one's own phone."""

from __future__ import annotations

import structlog

from crm_store import audit, phones
from cti.calls import UP, Call
from cti.errors import CtiError
from workstation import dialling
from workstation.controls import is_between_us
from workstation.desk import Desk
from workstation.errors import NotAllowed, NotThere, Refused
from workstation.policy import Person
from workstation.protocol import Dial, HangUp
from workstation.traces import name_of

OPERATORS_CONTEXT = "deskline-phones"     # what an operator's phone may dial, see cti/pbx

log = structlog.get_logger()


async def hang_up(desk: Desk, person: Person, args: HangUp) -> dict[str, object]:
    call = desk.floor.calls.get(args.call)
    if call is None:
        raise NotThere("call")
    is_own = bool(person.operator) and (
        call.operator == person.operator or person.operator in call.connected
        or (is_between_us(call) and person.operator == call.number)
        or (call.consult is not None and person.operator == call.consult.third))
    if not is_own and not person.oversees:
        raise NotAllowed("it is not your call")
    channel = _own_channel(desk, person, call) or call.channel
    if not channel:
        raise Refused("no_channel", "Nobody is connected yet.")
    if not is_own:
        await write_down(desk, person, "call.hangup", call)
    await desk.commands.hang_up(channel)
    return {}


async def write_down(desk: Desk, person: Person, what: str, call: Call, target: str = "") -> None:
    """A supervisor acts on a call that is not his; before it happens. Raises StoreError."""
    facts = {"operator": call.operator, "call": call.id}
    async with desk.store.begin() as tx:
        await audit.record(tx, by=name_of(person), at=desk.clock(), what=what,
                           facts=facts | ({"target": target} if target else {}))


def _own_channel(desk: Desk, person: Person, call: Call) -> str | None:
    """The phone that is in the call, or rings out of it; None: a supervisor's hand."""
    if not person.operator:
        return None
    legs = [leg for leg in desk.floor.legs_of(call.id) if leg.operator == person.operator]
    up = [leg.channel for leg in legs if leg.state == UP]
    return next(iter(up), None) or (
        call.operator_channel if call.operator == person.operator else None)


def target_of(desk: Desk, *, operator: str | None, queue: str | None, number: str | None) -> str:
    """The extension to go to, one that an operator's phone may dial. Raises Refused."""
    if sum(part is not None for part in (operator, queue, number)) != 1:
        raise Refused("no_target", "Name one of operator, queue, number.", "", 422)
    if number is not None:
        found = phones.normalise(number, region=desk.settings.company.region)
        known, target = found.e164 is not None, found.e164 or ""
    elif queue is not None:
        known, target = queue in {item.id for item in desk.settings.queue}, queue
    else:
        target = operator or ""
        known = target in {item.id for item in desk.settings.operator}
    if not known:
        raise Refused("no_target", "There is nobody to transfer to.", target[:40], 422)
    return target


async def dial(desk: Desk, person: Person, args: Dial) -> dict[str, object]:
    if not person.operator:
        raise Refused("no_phone", "You have no phone.")
    number = dialling.e164_of(desk, args.number)
    live = desk.operator(person)
    if live is not None and live.call is not None:
        raise Refused("in_a_call", "You are in a call.")
    if live is not None and not live.registered:
        raise Refused("phone_unreachable", "Your phone cannot be reached.")
    shown = await dialling.allowed(desk, person, args, number)
    if args.client_id is not None:
        desk.pops.dialled[(person.operator, number)] = args.client_id
    try:
        await desk.commands.click_to_call(desk.interface(person.operator), number,
                                          caller_id=shown)
    except CtiError:
        desk.pops.dialled.pop((person.operator, number), None)
        raise
    return {}


async def page_left(desk: Desk, operator: str) -> None:
    """His page went away in mid-call: the other party waits for it in `deskline-return`.

    Where Asterisk cannot be asked, its dialplan finds out by itself, some seconds later.
    """
    live = desk.floor.operators.get(operator)
    call = desk.floor.calls.get(live.call or "") if live is not None else None
    if call is None or call.operator != operator or call.state not in ("talking", "held"):
        return
    if not call.channel or not (call.operator_channel or "").startswith(f"PJSIP/{operator}-web-"):
        return
    try:
        await desk.commands.redirect(call.channel, "deskline-return", operator)
    except CtiError as exc:
        log.warning("a caller could not be kept for a page that went away", call=call.id,
                    operator=operator, error=str(exc))
        return
    log.info("a page went away in mid-call; its caller waits", call=call.id, operator=operator)
