"""Listening to a team's calls, speaking into them, and taking them over.

The supervisor's own phone is called into the dialplan's `deskline-listen`; another mode or another
call is a move of the leg that is there. It is written down before Asterisk is asked.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime

from crm_store import audit
from cti.calls import UP, Call, Leg
from cti.commands import HEARING, TAKING_OVER, Place
from cti.errors import CommandRefused
from cti.user_events import ListenMode
from cti.views import FloorView
from workstation import listening
from workstation.desk import Desk
from workstation.errors import NotAllowed, NotThere, Refused
from workstation.policy import Person, has_in_team
from workstation.protocol.controls import Barge, Listen, StopListening, TakeOver, Whisper
from workstation.traces import name_of

ANSWERED_WITHIN_S = 8.0     # a phone that answers by itself does in 0.2 s; else he picks it up
LET_GO_WITHIN_S = 1.0
LOOK_S = 0.05


async def listen(desk: Desk, person: Person, args: Listen) -> dict[str, object]:
    return await _hear(desk, person, args.call, "listen")


async def whisper(desk: Desk, person: Person, args: Whisper) -> dict[str, object]:
    return await _hear(desk, person, args.call, "whisper")


async def barge(desk: Desk, person: Person, args: Barge) -> dict[str, object]:
    return await _hear(desk, person, args.call, "barge")


async def take_over(desk: Desk, person: Person, args: TakeOver) -> dict[str, object]:
    """The client hears the supervisor from now on, and the operator's leg is let go."""
    call, spied = _call(desk, person, args.call)
    if not call.channel:
        raise Refused("not_now", "There is nobody to take over.", "an internal call")
    await _write(desk, person, "call.take_over", call)
    await _move(desk, person, Place(*TAKING_OVER, {"DESKLINE_CLIENT": call.channel}))
    await _until(desk, person, lambda: _talks(desk.floor, call.id, person.operator))
    if _talks(desk.floor, call.id, person.operator):
        await _let_go(desk, call.id, spied)
    return {}


async def stop(desk: Desk, person: Person, args: StopListening) -> dict[str, object]:
    leg = listening.leg_of(desk.floor, person)
    if leg is None:
        raise Refused("not_now", "You listen to nobody.")
    await desk.commands.hang_up(leg.channel)
    return {}


# ── may he, and can he ───────────────────────────────────────────────────────────────────────
def _call(desk: Desk, person: Person, call_id: str) -> tuple[Call, Leg]:
    """The call, and its operator's leg. Raises NotThere, NotAllowed, Refused."""
    call = desk.floor.calls.get(call_id)
    if call is None:
        raise NotThere("call")
    colleague = desk.accounts.by_operator.get(call.operator or "")
    if colleague is None:
        raise Refused("not_now", "No operator talks in this call.")
    if not has_in_team(person, colleague):
        raise NotAllowed(f"{colleague.name} is not of your team")
    leg = next((one for one in desk.floor.legs_of(call.id)
                if one.operator == colleague.operator and one.state == UP), None)
    if leg is None or call.state not in ("talking", "held"):
        raise Refused("not_now", "No operator talks in this call.", f"it is {call.state}")
    return call, leg


def _own_phone(desk: Desk, person: Person) -> str:
    """The interface to call. Raises Refused."""
    if not person.operator:
        raise Refused("no_phone", "You have no phone.")
    live = desk.operator(person)
    if live is not None and live.call is not None:
        raise Refused("in_a_call", "You are in a call.")
    interface = desk.interface(person.operator)
    if live is None or interface not in live.interfaces:
        raise Refused("phone_unreachable", "Your phone cannot be reached.", interface)
    return interface


# ── doing it ─────────────────────────────────────────────────────────────────────────────────
async def _hear(desk: Desk, person: Person, call_id: str, mode: ListenMode) -> dict[str, object]:
    call, spied = _call(desk, person, call_id)
    await _write(desk, person, f"call.{mode}", call)
    await _move(desk, person, Place(HEARING, mode, {"DESKLINE_SPIED": spied.channel}))
    await _until(desk, person, lambda: _hears(desk.floor, call_id, person.operator, mode))
    return {}


async def _write(desk: Desk, person: Person, what: str, call: Call) -> None:
    """Before it happens: nobody listens unwritten. Raises StoreError."""
    _own_phone(desk, person)
    async with desk.store.begin() as tx:
        await audit.record(tx, by=name_of(person), at=desk.clock(), what=what,
                           facts={"operator": call.operator, "call": call.id})


async def _move(desk: Desk, person: Person, place: Place) -> None:
    """His leg that listens already goes there; else his phone is called."""
    leg = listening.leg_of(desk.floor, person)
    if leg is None:
        channel_id = listener_id(person.operator, desk.clock())
        await desk.commands.call_listener(_own_phone(desk, person), place, channel_id)
    elif leg.state == UP:
        await desk.commands.move_listener(leg.channel, place)
    else:
        raise Refused("not_now", "Your phone rings already.")


def listener_id(operator: str, at: datetime) -> str:
    """Asterisk takes the number after the last hyphen for the leg's age, and names joined calls
    by the oldest: this one must be the youngest."""
    return f"deskline-listen-{operator}-{at.timestamp():.6f}"


async def _until(desk: Desk, person: Person, is_so: Callable[[], bool]) -> None:
    """The floor says so, or his phone rings longer than that. Raises Refused when it does not
    answer."""
    has_begun = False
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(ANSWERED_WITHIN_S):
            while not is_so():
                leg = listening.leg_of(desk.floor, person)
                if leg is None and has_begun:
                    if is_so():
                        return
                    raise Refused("phone_no_answer", "Your phone did not answer.")
                has_begun = has_begun or leg is not None
                await asyncio.sleep(LOOK_S)


def _hears(floor: FloorView, call_id: str, supervisor: str, mode: ListenMode) -> bool:
    call = floor.calls.get(call_id)
    return call is None or any((one.supervisor, one.mode) == (supervisor, mode)
                               for one in call.listeners)


def _talks(floor: FloorView, call_id: str, supervisor: str) -> bool:
    call = floor.calls.get(call_id)
    return call is not None and supervisor in call.connected


async def _let_go(desk: Desk, call_id: str, spied: Leg) -> None:
    """Alone in his bridge he is let go by Asterisk; one who waits elsewhere (hold, a
    consultation) is hung up."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LET_GO_WITHIN_S):
            while spied.id in desk.floor.legs:  # noqa: ASYNC110 - the floor has no event for it
                await asyncio.sleep(LOOK_S)
    for leg in list(desk.floor.legs_of(call_id)):
        if leg.operator == spied.operator:
            with contextlib.suppress(CommandRefused):   # it went by itself meanwhile
                await desk.commands.hang_up(leg.channel)
