"""An operator's work beside the call itself: conversations, scripts, proposals, my day, messages,
help, own keys. Each route is an action of the socket; the path names what its arguments name."""

from __future__ import annotations

import asyncio
import re
from typing import Any, cast

import msgspec

from workstation.actions.table import ACTION_LIMIT_S, TABLE
from workstation.errors import Unreadable
from workstation.policy import Who
from workstation.protocol.args import Args
from workstation.reach import at_work
from workstation.web import shapes
from workstation.web.routes import Answer, Asked, NoQuery, Query, Route
from workstation.web.work_shapes import OF_PATH

ID = re.compile(r"-?[0-9]{1,18}")       # a conversation's is below 0 until it is stored
GET, POST, PUT = "GET", "POST", "PUT"

# (method, path, the argument that the path's id is, action)
_ACTIONS: tuple[tuple[str, str, str, str], ...] = (
    (POST, "/conversations/{id}/client", "conversation", "conversation.choose"),
    (POST, "/conversations/{id}/new_client", "conversation", "conversation.new_client"),
    (POST, "/conversations/{id}/identity", "conversation", "conversation.identity"),
    (PUT, "/conversations/{id}/draft", "conversation", "draft.save"),
    (POST, "/conversations/{id}/finish", "conversation", "conversation.finish"),
    (POST, "/conversations/{id}/extend", "conversation", "conversation.extend"),
    (GET, "/conversations/{id}/script", "conversation", "script.show"),
    (PUT, "/conversations/{id}/script", "conversation", "script.choose"),
    (POST, "/conversations/{id}/script/answers", "conversation", "script.answer"),
    (GET, "/interactions/{id}/answers", "interaction", "script.answers"),
    (GET, "/clients/{id}/proposals", "client_id", "proposal.list"),
    (POST, "/clients/{id}/proposals", "client_id", "proposal.answer"),
    (GET, "/dialling", "", "call.dialling"),
    (GET, "/me/day", "", "day.show"),
    (GET, "/me/keys", "", "keys.mine"),
    (PUT, "/me/keys", "", "keys.set"),
    (GET, "/messages", "", "message.list"),
    (POST, "/messages", "", "message.send"),
    (POST, "/messages/{id}/seen", "id", "message.seen"),
    (POST, "/help", "", "help.ask"),
    (POST, "/help/{id}/answer", "id", "help.answer"),
    (POST, "/help/{id}/end", "id", "help.end"),
)


def _without(args: type[Args], named: str, base: type[msgspec.Struct]) -> type[msgspec.Struct]:
    """The arguments but for the one that the path names."""
    fields: list[Any] = []
    for one in msgspec.structs.fields(args):
        if one.name == named:
            continue
        if not one.required and one.default is msgspec.NODEFAULT:
            fields.append((one.name, one.type,
                           msgspec.field(default_factory=cast("Any", one.default_factory))))
        else:
            fields.append((one.name, one.type, *(() if one.required else (one.default,))))
    return msgspec.defstruct(f"{args.__name__}Body", fields, bases=(base,), frozen=True,
                             forbid_unknown_fields=True, kw_only=True, module=__name__)


class _Body(msgspec.Struct, frozen=True, kw_only=True):
    """Arguments in a body."""


def _answer(name: str, named: str) -> Answer:
    action = TABLE[name]

    async def answer(asked: Asked) -> Any:
        given = msgspec.structs.asdict(asked.body if asked.body is not None else asked.query)
        if named:
            if not ID.fullmatch(asked.path["id"]):
                raise Unreadable("id must be a number")
            given[named] = int(asked.path["id"])
        try:
            wanted = msgspec.convert(given, action.args, from_attributes=True)
        except msgspec.ValidationError as exc:
            raise Unreadable(str(exc)) from exc
        here = at_work(asked.desk, asked.person, name, wanted)
        async with asyncio.timeout(ACTION_LIMIT_S):
            if action.reads:
                return await action.act(here, asked.person, wanted)
            async with asked.desk.turn(asked.person):
                return await action.act(here, asked.person, wanted)
    return answer


def _route(method: str, path: str, named: str, name: str) -> Route:
    args = TABLE[name].args
    has_more = any(one.name != named for one in msgspec.structs.fields(args))
    query = (cast("type[Query]", _without(args, named, Query)) if method == GET and has_more
             else NoQuery)
    body = _without(args, named, _Body) if method != GET and has_more else None
    return Route(method=method, path=path, who=TABLE[name].who, answer=_answer(name, named),
                 result=OF_PATH[path] if method == GET else dict[str, Any],
                 query=query, body=body, says=f"`{name}`: {_says(args)}")


def _says(args: type[Args]) -> str:
    """The docstring's sense, after the action's own name and whom it is for."""
    text = " ".join((args.__doc__ or "").split())
    said = text.partition(": ")[2] or text
    return said[:1].upper() + said[1:]


async def conversations(asked: Asked) -> Any:
    """One's own, as they stand on one's screens."""
    shelf = asked.desk.board.seen_by(asked.person, ("conversations",))["conversations"]
    return {"items": [*shelf.values()], "cursor": None}


ROUTES: tuple[Route, ...] = (
    Route(method=GET, path="/conversations", who=Who.OPERATORS, answer=conversations,
          result=shapes.Listed[Any], says="One's own conversations, with client, draft and form."),
    *(_route(*one) for one in _ACTIONS),
)
