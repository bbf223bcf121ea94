"""What is done with a live call. Asterisk is asked; the floor moves when it says so.

Where the legs go is in `cti/pbx/render_controls.py`. What a call allows is `workstation.controls`:
an action asks the same table that the screens draw their buttons from.
"""

from __future__ import annotations

import contextlib

from cti.calls import UP, Call, Leg
from cti.commands import Move
from cti.errors import CommandRefused
from workstation.actions.calls import OPERATORS_CONTEXT, target_of, write_down
from workstation.controls import Role, can, is_between_us
from workstation.desk import Desk
from workstation.errors import NotAllowed, NotThere, Refused
from workstation.policy import Person
from workstation.protocol.controls import (
    Cancel,
    Complete,
    Conference,
    Consult,
    Drop,
    Hold,
    Keypad,
    Leave,
    Mute,
    Park,
    Resume,
    Swap,
    ToMenu,
    Transfer,
)

Done = dict[str, object]
OPERATOR, CLIENT, THIRD = "DESKLINE_OPERATOR", "DESKLINE_CLIENT", "DESKLINE_THIRD"
PHONE, BACK = "DESKLINE_PHONE", "DESKLINE_BACK"
BYE, TALK, PUT_BY = "deskline-bye", "deskline-talk", "deskline-put-by"


# ── one's own call ───────────────────────────────────────────────────────────────────────────
async def hold(desk: Desk, person: Person, args: Hold) -> Done:
    call, own = _mine(desk, person, args.call, "hold")
    other = _other_party(desk, call, own)
    await _bind(desk, other, own)
    await desk.commands.move(Move(other, "deskline-held", phone_of(own.channel)),
                             Move(own.channel, "deskline-quiet"))
    return {}


async def resume(desk: Desk, person: Person, args: Resume) -> Done:
    call, own = _mine(desk, person, args.call, "resume")
    if call.held_by != person.operator:
        raise Refused("held_by_phone", "Resume it on the telephone that holds it.")
    await desk.commands.move(Move(own.channel, TALK, "client"))
    return {}


async def mute(desk: Desk, person: Person, args: Mute) -> Done:
    _, own = _mine(desk, person, args.call, "mute")
    await desk.commands.mute(own.channel, on=args.on)
    desk.muted.intersection_update({leg.channel for leg in desk.floor.legs.values()})
    desk.muted.discard(own.channel)
    if args.on:
        desk.muted.add(own.channel)
    view = desk.conversations.of_call(person.operator, args.call)
    if view is not None:
        desk.conversations.put(view)
    return {}


async def keypad(desk: Desk, person: Person, args: Keypad) -> Done:
    """To whom one talks with."""
    call, own = _mine(desk, person, args.call, "keypad")
    third = _third(desk, call)
    is_with_third = third is not None and third.bridge is not None and third.bridge == own.bridge
    hears = third.channel if third is not None and is_with_third else ""
    await desk.commands.play_digits(hears or _other_party(desk, call, own), args.digits)
    return {}


async def transfer(desk: Desk, person: Person, args: Transfer) -> Done:
    return await give(desk, person, args)


async def give(desk: Desk, person: Person, args: Transfer) -> Done:
    """By Asterisk's own blind transfer where they talk; else the other party is sent alone."""
    role: Role = "operator" if is_own(desk, person, args.call) else "supervisor"
    call = allowed(desk, person, args.call, "transfer", role)
    target = reachable(desk, args)
    if target == call.operator or (is_between_us(call) and target == call.number):
        raise not_now("he has it already")
    if role == "supervisor":
        await write_down(desk, person, "call.transfer", call, target)
    if is_between_us(call):
        own = leg_of(desk, call, person.operator)
        await desk.commands.transfer(own.channel, OPERATORS_CONTEXT, target)
        return {}
    if call.state == "talking" and call.operator_channel:
        await desk.commands.transfer(call.operator_channel, OPERATORS_CONTEXT, target)
        return {}
    own = leg_of(desk, call, call.operator or "")
    await desk.commands.tell_phone(call.channel, BACK, phone_of(own.channel))
    await desk.commands.move(Move(call.channel, "deskline-give", target), Move(own.channel, BYE))
    return {}


async def park(desk: Desk, person: Person, args: Park) -> Done:
    call, own = _mine(desk, person, args.call, "park")
    await desk.commands.move(Move(call.channel, "deskline-parked", phone_of(own.channel)),
                             Move(own.channel, BYE))
    return {}


async def to_menu(desk: Desk, person: Person, args: ToMenu) -> Done:
    call, own = _mine(desk, person, args.call, "to_menu")
    if args.menu not in {entry.menu for entry in desk.settings.entry}:
        raise Refused("no_menu", "There is no such menu.", args.menu[:40], 422)
    await _bind(desk, call.channel, own)
    await desk.commands.tell_phone(call.channel, PHONE, phone_of(own.channel))
    await desk.commands.move(Move(call.channel, "deskline-to-menu", args.menu),
                             Move(own.channel, "deskline-quiet"))
    return {}


# ── while another is asked ───────────────────────────────────────────────────────────────────
async def consult(desk: Desk, person: Person, args: Consult) -> Done:
    call, own = _mine(desk, person, args.call, "consult")
    target = reachable(desk, args)
    if target == person.operator:
        raise not_now("it is yourself")
    await _bind(desk, call.channel, own)
    await desk.commands.tell_channel(own.channel, THIRD, "")
    await desk.commands.move(Move(call.channel, PUT_BY, phone_of(own.channel)),
                             Move(own.channel, "deskline-consult", target))
    return {}


async def swap(desk: Desk, person: Person, args: Swap) -> Done:
    call, own = _mine(desk, person, args.call, "swap")
    third = _answered(desk, call)
    await _bind(desk, call.channel, own)
    await desk.commands.tell_channel(own.channel, THIRD, third.channel)
    if call.consult is not None and call.consult.state == "held":
        await desk.commands.move(Move(call.channel, PUT_BY, phone_of(own.channel)),
                                 Move(own.channel, TALK, "third"))
        return {}
    await desk.commands.tell_channel(third.channel, OPERATOR, own.channel)
    await desk.commands.move(Move(third.channel, "deskline-third"),
                             Move(own.channel, TALK, "client"))
    return {}


async def complete(desk: Desk, person: Person, args: Complete) -> Done:
    call, own = _mine(desk, person, args.call, "complete")
    consult = call.consult
    if consult is None or consult.state == "ringing":
        return await _complete_unanswered(desk, call, own)
    third = _answered(desk, call)
    await desk.commands.tell_channel(own.channel, CLIENT, "")
    await desk.commands.tell_channel(own.channel, THIRD, "")
    await desk.commands.tell_channel(call.channel, THIRD, third.channel)
    await desk.commands.tell_phone(call.channel, PHONE, _phone_of_third(third))
    joined = Move(call.channel, "deskline-joined", "third")
    if consult.state == "held":     # he talks with the one who is to go
        await desk.commands.move(joined, Move(own.channel, BYE))
    else:       # the third is taken out of his bridge, which ends it for him
        await desk.commands.move(joined)
    return {}


async def _complete_unanswered(desk: Desk, call: Call, own: Leg) -> Done:
    """He who rings is rung anew, for the other party; who takes no call gives it back."""
    target = call.consult.target if call.consult is not None else ""
    if target.isdecimal() and target not in desk.operators:
        target = f"+{target}"
    await desk.commands.tell_phone(call.channel, BACK, phone_of(own.channel))
    await desk.commands.move(Move(own.channel, BYE), Move(call.channel, "deskline-give", target))
    return {}


async def cancel(desk: Desk, person: Person, args: Cancel) -> Done:
    call, own = _mine(desk, person, args.call, "cancel")
    third = _third(desk, call)
    await desk.commands.tell_channel(own.channel, THIRD, "")
    if call.consult is None or call.consult.state != "held":
        await desk.commands.move(Move(own.channel, TALK, "client"))
    if third is not None and third.id in desk.floor.legs:
        with contextlib.suppress(CommandRefused):       # Asterisk let him go already
            await desk.commands.hang_up(third.channel)
    return {}


async def conference(desk: Desk, person: Person, args: Conference) -> Done:
    call, own = _mine(desk, person, args.call, "conference")
    third = _answered(desk, call)
    if call.consult is not None and call.consult.state == "held":
        await desk.commands.tell_channel(third.channel, OPERATOR, own.channel)
        await desk.commands.move(Move(third.channel, "deskline-joined", "guest"))
    else:
        await desk.commands.tell_channel(call.channel, OPERATOR, own.channel)
        await desk.commands.move(Move(call.channel, "deskline-joined", "everybody"))
    return {}


async def drop(desk: Desk, person: Person, args: Drop) -> Done:
    call, own = _mine(desk, person, args.call, "drop")
    channel = call.channel if args.party == "client" else _other(desk, call, own).channel
    await desk.commands.hang_up(channel)
    return {}


async def leave(desk: Desk, person: Person, args: Leave) -> Done:
    call, own = _mine(desk, person, args.call, "leave")
    other = _other(desk, call, own)
    await desk.commands.tell_phone(call.channel, PHONE, _phone_of_third(other))
    await desk.commands.move(Move(own.channel, BYE))
    return {}


# ── who and what ─────────────────────────────────────────────────────────────────────────────
def find(desk: Desk, call_id: str) -> Call:
    call = desk.floor.calls.get(call_id)
    if call is None:
        raise NotThere("call")
    return call


def not_now(detail: str = "") -> Refused:
    return Refused("not_now", "This call does not allow that now.", detail)


def is_own(desk: Desk, person: Person, call_id: str) -> bool:
    """Whether he works on this call: it is his, he is asked about it, or rung for it."""
    call, me = find(desk, call_id), person.operator
    asks = call.consult is not None and call.consult.operator == me
    calls = is_between_us(call) and call.number == me
    return bool(me) and (call.operator == me or asks or calls or me in call.offered)


def allowed(desk: Desk, person: Person, call_id: str, verb: str,
            role: Role = "operator") -> Call:
    """Raises NotThere, NotAllowed, Refused."""
    call = find(desk, call_id)
    if role == "operator" and not is_own(desk, person, call_id):
        raise NotAllowed("it is not your call")
    if role == "supervisor" and not person.oversees:
        raise NotAllowed("it is not your call")
    if verb not in can(call, person.operator, role):
        raise not_now(f"it is {call.state}")
    return call


def _mine(desk: Desk, person: Person, call_id: str, verb: str) -> tuple[Call, Leg]:
    """One's own call, and one's own leg of it."""
    call = allowed(desk, person, call_id, verb)
    return call, leg_of(desk, call, person.operator)


def leg_of(desk: Desk, call: Call, operator: str) -> Leg:
    """The operator's leg that is up. Raises Refused."""
    leg = next((one for one in desk.floor.legs_of(call.id)
                if one.operator == operator and one.state == UP), None)
    if leg is None:
        raise not_now("no telephone is in it")
    return leg


def _third(desk: Desk, call: Call) -> Leg | None:
    return desk.floor.legs.get(call.consult.leg) if call.consult is not None else None


def _answered(desk: Desk, call: Call) -> Leg:
    third = _third(desk, call)
    if third is None:
        raise not_now("nobody has answered yet")
    return third


def _other_party(desk: Desk, call: Call, own: Leg) -> str:
    """The channel of whom this call is with: of two operators, the other one."""
    return call.channel or _other(desk, call, own).channel


def _other(desk: Desk, call: Call, own: Leg) -> Leg:
    """In a conference: who is neither the other party nor oneself."""
    other = next((leg for leg in desk.floor.legs_of(call.id) if leg.bridge is not None
                  and leg.bridge == own.bridge and leg.id != own.id
                  and leg.channel != call.channel), None)
    if other is None:
        raise not_now("nobody else is in it")
    return other


async def _bind(desk: Desk, other: str, own: Leg) -> None:
    """Each channel is told of the other, so that it looks after itself when that one is gone."""
    await desk.commands.tell_channel(other, OPERATOR, own.channel)
    await desk.commands.tell_channel(own.channel, CLIENT, other)


def phone_of(channel: str) -> str:
    """`PJSIP/101-web-0000001a` → `101-web`."""
    return channel.rpartition("-")[0].partition("/")[2]


def _phone_of_third(third: Leg) -> str:
    return phone_of(third.channel) if third.operator else ""


def reachable(desk: Desk, args: Transfer | Consult) -> str:
    """The extension of who is named. Raises Refused when there is nobody, or his phones are
    off; of a colleague's that never told anything Asterisk knows best."""
    target = target_of(desk, operator=args.operator, queue=args.queue, number=args.number)
    phones = desk.floor.phones.get(target, {})
    if args.operator is not None and phones and not any(phones.values()):
        raise Refused("colleague_unreachable", "No phone of his can be reached.", target)
    return target
