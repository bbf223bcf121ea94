"""`/calls/{id}/…`: supervisors hear a team's calls, speak into them and take them over."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from workstation.actions import supervision
from workstation.actions.table import ACTION_LIMIT_S
from workstation.desk import Desk
from workstation.policy import Person, Who
from workstation.protocol import Args, controls
from workstation.web.routes import Answer, Asked, Route

Act = Callable[[Desk, Person, Any], Awaitable[dict[str, object]]]


def _of_call(args: type[Args], act: Act) -> Answer:
    async def answer(asked: Asked) -> Any:
        async with asyncio.timeout(ACTION_LIMIT_S), asked.desk.turn(asked.person):
            return await act(asked.desk, asked.person, args(call=asked.path["id"]))
    return answer


def _route(verb: str, args: type[Args], act: Act, says: str) -> Route:
    return Route(method="POST", path=f"/calls/{{id}}/{verb}", who=Who.SUPERVISORS, status=202,
                 answer=_of_call(args, act), says=says)


ROUTES: tuple[Route, ...] = (
    _route("listen", controls.Listen, supervision.listen,
           "Hear both parties on one's own phone, unheard; of one's team only."),
    _route("whisper", controls.Whisper, supervision.whisper,
           "Hear both; only the operator hears one."),
    _route("barge", controls.Barge, supervision.barge, "Hear both, and both hear one."),
    _route("take_over", controls.TakeOver, supervision.take_over,
           "The other party talks with oneself from now on; the operator is let go."),
    _route("stop_listening", controls.StopListening, supervision.stop,
           "Listen no longer; the call goes on."),
)
