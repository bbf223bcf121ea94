"""One person's own keys, and the line of his telephone."""

from __future__ import annotations

import re

from crm_store import lines, staff
from workstation.board import TooManyAnswers
from workstation.desk import Desk
from workstation.errors import NotThere, Refused
from workstation.policy import Person
from workstation.protocol import Notice
from workstation.protocol.own import Beat, OwnKeys, ReportLine, SetKeys

_BARE = re.compile(r"Key[A-Z]|Digit[0-9]|Space|Comma|Period|Slash|Semicolon|Quote|Bracket.+"
                   r"|Backslash|Minus|Equal|Backquote|Enter|Arrow.+|Home|End")


async def mine(desk: Desk, person: Person, args: OwnKeys) -> dict[str, object]:
    async with desk.store.read() as tx:
        return {"keys": await staff.own_keys(tx, person.id)}


async def set_keys(desk: Desk, person: Person, args: SetKeys) -> dict[str, object]:
    """His other screens are told and ask for them."""
    taken: dict[str, str] = {}
    for action, key in args.keys.items():
        if _BARE.fullmatch(key):
            raise Refused("key_bare", "This key is needed for typing.", key, 422)
        if key in taken:
            raise Refused("key_twice", "Two actions cannot have one key.", key, 422,
                          {"actions": [taken[key], action]})
        taken[key] = action
    async with desk.store.begin() as tx:
        await staff.set_own_keys(tx, person.id, dict(args.keys))
    for screen in desk.board.screens():
        if screen.person.id == person.id:
            try:
                screen.say(Notice(seq=0, code="keys_changed"))
            except TooManyAnswers:
                continue
    return {}


async def beat(desk: Desk, person: Person, args: Beat) -> dict[str, object]:
    return {}


async def report_line(desk: Desk, person: Person, args: ReportLine) -> dict[str, object]:
    if desk.conversations.of_call(person.operator, args.call) is None:
        raise NotThere("call of yours")
    if not args.over:
        desk.lines[person.operator] = (args.call, args.verdict)
        return {}
    desk.lines.pop(person.operator, None)
    found = await desk.journal.interaction(args.call)
    async with desk.store.begin() as tx:
        await lines.add(tx, found, lines.Line(
            person.operator, seconds=args.seconds, loss=args.loss, jitter_ms=args.jitter_ms,
            round_trip_ms=args.round_trip_ms, worst=args.verdict, bad_s=args.bad_s))
    return {}
