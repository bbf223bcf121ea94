"""Codes that an operator dials on his desk phone: in, ready, pause, out (`pbx.desk_code`).

The dialplan asks here by FastAGI, at the claim gate's port. Whoever is not signed in at the phone
he dials from is asked for his PIN; its digits are in the answer to GET DATA and nowhere else:
neither in a variable nor in an event, on the tape or in a log. A phone is one operator's: who
names himself on a colleague's is told aloud whose it is, and asked for no PIN.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal, TypeAlias

import structlog

from crm_store.errors import StoreError
from cti.agi import AgiSession, Request, Script
from cti.errors import CtiError
from workstation.accounts import TooManyTries
from workstation.actions import presence
from workstation.desk import Desk
from workstation.errors import Refused
from workstation.pins import DIGITS, Pins
from workstation.policy import Person, Who, may
from workstation.protocol import AttachPhone, SetState

log = structlog.get_logger()
ROUTE = "desk"
TRIES = 3                   # in one call; see Pins for those of many calls
KEY_S = 6.0                 # between two keys of the PIN
LIMIT_S = 15.0
Verb: TypeAlias = Literal["in", "ready", "paused", "offline"]
VERBS: dict[str, Verb] = {"0": "in", "1": "ready", "2": "paused", "3": "offline"}
NOT_HIS = ("feature-not-avail-line", "extension")       # then the number of whose phone it is
SOUNDS: dict[Verb, str] = {"in": "agent-loginok", "ready": "activated", "paused": "de-activated",
                           "offline": "agent-loggedoff"}


@dataclass(frozen=True, slots=True)
class Dialled:
    """What was dialled after the prefix, on which phone, by which leg."""
    verb: Verb
    reason: str
    operator: str
    phone: Literal["web", "desk"]
    leg: str
    named: str = ""         # who he said he is

    @property
    def interface(self) -> str:
        return f"PJSIP/{self.operator}{'-web' if self.phone == 'web' else ''}"


def script(desk: Desk) -> Script:
    async def answer(session: AgiSession, request: Request) -> None:
        dialled = read(request, desk.settings.pause_reasons)
        here = _at(desk, request.query.get("pbx", ""), dialled)
        person = desk.accounts.by_operator.get(dialled.operator) if dialled else None
        if dialled is None or here is None or person is None or not may(person, Who.OPERATORS):
            return
        if dialled.named not in ("", dialled.operator):
            await _refuse(session, dialled)
            return
        is_he = _is_at(here, dialled) or await _knows_pin(session, desk.pins, person, dialled)
        if is_he and await _do(here, person, dialled):
            await session.set_variable("DESKLINE_DONE", "yes")
            await session.play(SOUNDS[dialled.verb])
    return answer


def _at(desk: Desk, pbx: str, dialled: Dialled | None) -> Desk | None:
    """The desk at the Asterisk that asks, None where the phone is not one of our operator's: his
    number may be somebody else's there. A dialplan written for one Asterisk does not say."""
    if dialled is None or desk.sites.is_one:
        return desk
    site = desk.sites.of_operator(dialled.operator)
    return desk.at(site) if pbx in (site.name, "" if site is desk.sites.first else None) else None


def read(request: Request, reasons: tuple[str, ...]) -> Dialled | None:
    """None for what is no code of ours, or comes from no operator's phone."""
    code = request.query.get("code", "")
    technology, _, rest = request.channel.partition("/")
    endpoint = rest.rpartition("-")[0]
    verb, nth = VERBS.get(code[:1]), code[1:] or "1"
    if verb is None or technology != "PJSIP" or not nth.isascii() or not nth.isdecimal():
        return None
    named = code[1:] if verb == "in" and len(code) > 2 else ""
    if verb != "paused" and not named and len(code) > 1:
        return None
    if verb == "paused" and not 1 <= int(nth) <= max(1, len(reasons)):
        return None
    return Dialled(verb, reasons[int(nth) - 1] if verb == "paused" and reasons else "",
                   endpoint.removesuffix("-web"), "web" if endpoint.endswith("-web") else "desk",
                   request.headers.get("agi_uniqueid", ""), named)


async def _refuse(session: AgiSession, dialled: Dialled) -> None:
    """Said aloud, and nothing else is: whose PIN it would be cannot be tried here."""
    log.info("an operator was refused at a colleague's phone", operator=dialled.named,
             phone=dialled.interface)
    await session.set_variable("DESKLINE_DONE", "yes")
    for sound in NOT_HIS:
        await session.play(sound)
    for digit in dialled.operator:
        await session.play(f"digits/{digit}")


def _is_at(desk: Desk, dialled: Dialled) -> bool:
    """He is signed in at this very phone; who signs in anew is asked all the same."""
    return dialled.verb != "in" and _is_seen_at(desk, dialled)


async def _knows_pin(session: AgiSession, pins: Pins, person: Person, dialled: Dialled) -> bool:
    sound = "agent-pass"
    try:
        for _ in range(TRIES):
            if pins.is_locked(person.login, dialled.interface):
                break
            typed = await session.get_digits(sound, DIGITS, KEY_S)
            async with asyncio.timeout(LIMIT_S):
                if await pins.is_right(person.login, typed.pressed, dialled.interface):
                    return True
            sound = "auth-incorrect"
    except TooManyTries:
        pass
    except (Refused, StoreError, TimeoutError) as exc:
        log.warning("a PIN could not be looked at", login=person.login, error=type(exc).__name__)
    return False


async def _seen_at(desk: Desk, dialled: Dialled) -> None:
    """Until the floor shows him at this phone: a state is asked for where he is a member."""
    while not _is_seen_at(desk, dialled):  # noqa: ASYNC110 - the floor has no event for one
        await asyncio.sleep(0.05)


def _is_seen_at(desk: Desk, dialled: Dialled) -> bool:
    live = desk.floor.operators.get(dialled.operator)
    return live is not None and live.interface == dialled.interface


async def _do(desk: Desk, person: Person, dialled: Dialled) -> bool:
    """What the code says; whether Asterisk took it."""
    try:
        async with asyncio.timeout(LIMIT_S), desk.turn(person):
            if dialled.verb != "offline":
                await presence.attach(desk, person, AttachPhone(phone=dialled.phone),
                                      besides=dialled.leg)
                await _seen_at(desk, dialled)
            if dialled.verb != "in":
                await presence.choose(desk, person, SetState(
                    state=dialled.verb, reason=dialled.reason), besides=dialled.leg)
    except (Refused, CtiError, TimeoutError) as exc:
        log.warning("a code of a desk phone was refused", operator=person.operator,
                    verb=dialled.verb, error=str(exc) or type(exc).__name__)
        return False
    log.info("an operator used a code of his phone", operator=person.operator,
             verb=dialled.verb, phone=dialled.interface)
    return True
