"""Callers on demand: one Originate to the Asterisk that plays the outside.

It speaks its manager interface bare, one short connection per order: nothing listens there, and
our own connector belongs to the Asterisk that we work for.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from cti.pbx.errors import BadPlan, PbxError
from cti.pbx.plan import PbxPlan, checked

ORDER_LIMIT_S = 10.0
_KEYS = re.compile(r"[0-9*#ABCDwW]{0,60}")      # w and W wait half a second and a second
_LINE = re.compile(r"[^\r\n\0]{0,200}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A caller and what he does once answered; `number` and `name` may be as odd as wanted.

    `talk` speaks, `listen` is silent; both press `keys` after `before_s` and leave after
    `talk_s` seconds in all.
    """
    entry: str                          # the number he dials
    number: str = "+79161234567"        # "" = hidden
    name: str = ""
    script: Literal["talk", "listen"] = "talk"
    keys: str = ""
    before_s: int = 1
    talk_s: int = 30


def originate(caller: Caller) -> dict[str, str]:
    """The manager action for `caller`; raises BadPlan where a value would break out of it."""
    for pattern, text in ((_KEYS, caller.keys), (_LINE, caller.number), (_LINE, caller.name)):
        if pattern.fullmatch(text) is None:
            raise BadPlan(f"{text!r} cannot be sent")
    return {
        "Action": "Originate", "Channel": f"PJSIP/{checked('number', caller.entry)}@main",
        "Context": "callers", "Exten": caller.script, "Priority": "1", "Async": "true",
        "Timeout": "30000", "CallerID": f'"{caller.name}" <{caller.number}>',
        "Variable": f"KEYS={caller.keys},BEFORE_S={caller.before_s},TALK_S={caller.talk_s}",
    }


async def place_call(plan: PbxPlan, caller: Caller) -> None:
    """Have `caller` call in; returns when the world has taken the order, not when it rings.

    Raises PbxError when the world cannot be reached or refuses.
    """
    await order(plan, originate(caller))


async def order(plan: PbxPlan, action: Mapping[str, str]) -> dict[str, str]:
    """One action on the world's manager interface; its answer's headers. Raises PbxError."""
    try:
        async with asyncio.timeout(ORDER_LIMIT_S):
            reader, writer = await asyncio.open_connection(plan.host, plan.ports.world_ami)
            try:
                await reader.readline()     # the greeting
                secret = plan.password("ami:world")
                await _exchange(reader, writer, {"Action": "Login", "Username": "world",
                                                 "Secret": secret, "Events": "off"})
                return await _exchange(reader, writer, action)
            finally:
                writer.close()
    except (OSError, TimeoutError, asyncio.IncompleteReadError) as exc:
        raise PbxError(f"the world at {plan.host}:{plan.ports.world_ami} does not answer: "
                       f"{str(exc) or 'time-out'}") from exc


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter,
                    action: Mapping[str, str]) -> dict[str, str]:
    text = "".join(f"{key}: {value}\r\n" for key, value in action.items())
    writer.write(f"{text}\r\n".encode())
    await writer.drain()
    while True:
        answer = _headers(await reader.readuntil(b"\r\n\r\n"))
        if "Event" in answer:       # FullyBooted follows a login whatever Events says
            continue
        if answer.get("Response") != "Success":
            raise PbxError(f"the world refused {action['Action']}: {answer.get('Message', '?')}")
        return answer


def _headers(raw: bytes) -> dict[str, str]:
    lines = (line.partition(": ") for line in raw.decode(errors="replace").splitlines())
    return {key: value for key, separator, value in lines if separator}
