"""What may be done with a live call, a route for each verb of `protocol/controls.py`."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from workstation.actions.table import ACTION_LIMIT_S, TABLE
from workstation.protocol.args import Args
from workstation.protocol.controls import ACTIONS
from workstation.reach import at_work
from workstation.web.routes import Answer, Asked, Route

OF_SUPERVISION = frozenset({"listen", "whisper", "barge", "take_over", "stop_listening"})


def _body_of(args: type[Args]) -> type[msgspec.Struct] | None:
    """The arguments but for the call, which the path names."""
    fields = [one for one in msgspec.structs.fields(args) if one.name != "call"]
    if not fields:
        return None
    return msgspec.defstruct(
        f"{args.__name__}Body",
        [(one.name, one.type, *(() if one.required else (one.default,))) for one in fields],
        frozen=True, forbid_unknown_fields=True, kw_only=True, module=__name__)


def _answer(name: str, args: type[Args]) -> Answer:
    async def answer(asked: Asked) -> Any:
        given = {} if asked.body is None else msgspec.structs.asdict(asked.body)
        async with asyncio.timeout(ACTION_LIMIT_S), asked.desk.turn(asked.person):
            wanted = args(call=asked.path["id"], **given)
            return await TABLE[name].act(
                at_work(asked.desk, asked.person, name, wanted), asked.person, wanted)
    return answer


def _says(args: type[Args]) -> str:
    """The docstring, after the action's own name."""
    text = " ".join((args.__doc__ or "").split())
    return text.partition(", ")[2][:1].upper() + text.partition(", ")[2][1:]


ROUTES: tuple[Route, ...] = tuple(
    Route(method="POST", path=f"/calls/{{id}}/{name.removeprefix('call.')}", status=202,
          who=TABLE[name].who, answer=_answer(name, args), body=_body_of(args), says=_says(args))
    for name, args in ACTIONS.items() if name.removeprefix("call.") not in OF_SUPERVISION)
