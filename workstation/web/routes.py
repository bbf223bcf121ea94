"""A route of the API as a value: handlers and the OpenAPI description are made from the same."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec
from aiohttp import StreamReader, web

from workstation.board import encode
from workstation.desk import Desk
from workstation.errors import NotAllowed, NotSignedIn, Refused, Unreadable
from workstation.leading import led, led_path
from workstation.policy import Person, Who, may
from workstation.sight import edit_in
from workstation.web.security import DESK, session_of, signed_in

PREFIX = "/api/v1"
BODY_LIMIT = 256 * 1024


class Query(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Query parameters of one route; unknown ones are an error."""


class NoQuery(Query, frozen=True):
    pass


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, read: path ids, query, body, and who asks (None only for open routes)."""
    desk: Desk
    who: Person | None
    path: dict[str, str]
    query: Any
    body: Any
    content: StreamReader | None = None     # the body as it comes, where no `body` is read of it
    starts_at: int = 0          # the first byte asked for by a Range header

    @property
    def person(self) -> Person:
        if self.who is None:
            raise NotSignedIn
        return self.who

    def number(self, name: str) -> int:
        """An id of the path. Raises Unreadable."""
        text = self.path[name]
        if not text.isdecimal() or len(text) > 18:
            raise Unreadable(f"{name} must be a number")
        return int(text)


Answer = Callable[[Asked], Awaitable[Any]]
Raw = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    method: str
    path: str                   # below /api/v1
    who: Who
    says: str                   # one sentence for the description
    answer: Answer | None = None
    raw: Raw | None = None      # answers in place of `answer`, from the request itself
    query: type[Query] = NoQuery
    body: type[msgspec.Struct] | None = None
    result: Any = dict[str, Any]
    status: int = 200
    tags: tuple[str, ...] = field(default=())


def handler(route: Route) -> Raw:
    """The aiohttp handler: right, then query and body, then the answer as JSON."""
    if route.raw is not None:
        return route.raw

    async def handle(request: web.Request) -> web.StreamResponse:
        person = await _person(request, route.who)
        desk, body = request.app[DESK], await _body(request, route)
        path = await led_path(desk.store, route.path, dict(request.match_info))
        if person is not None:
            body = await led(desk.store, route.path.split("/")[1], body)
        asked = Asked(desk, person, path, _query(request, route), body, request.content,
                      _first_byte(request))
        result = await _answer(route, asked)
        if isinstance(result, web.StreamResponse):
            return result
        if route.status == 204:
            return web.Response(status=204)
        return web.Response(body=encode(result), status=route.status,
                            content_type="application/json")
    return handle


async def _answer(route: Route, asked: Asked) -> Any:
    """Through the gate of rights, in and out."""
    sight, person = asked.desk.sight, asked.who
    if route.answer is None:
        raise TypeError(f"{route.method} {route.path} has nobody to answer it")
    if person is None:
        return await route.answer(asked)
    await sight.admit(
        person, f"{route.method} {route.path}", _client_in(route, asked),
        reads=route.method == "GET", edit=edit_in(asked.body),
        reason=getattr(asked.query, "reason", "") or "")
    try:
        result = await route.answer(asked)
    except Refused as refused:
        refused.facts = await sight.shown(person, refused.facts)
        raise
    if isinstance(result, web.StreamResponse):
        return result
    return await sight.shown(person, result, f"{route.method} {route.path}")


def _client_in(route: Route, asked: Asked) -> int | None:
    """Whom the path, the query or the body names."""
    if route.path.startswith("/clients/{id}"):
        return asked.number("id")
    named = getattr(asked.query, "client_id", None) or getattr(asked.body, "client_id", None)
    return named if isinstance(named, int) else None


def _first_byte(request: web.Request) -> int:
    try:
        return request.http_range.start or 0
    except ValueError:
        return 0


async def _person(request: web.Request, who: Who) -> Person | None:
    if who is Who.ANYBODY:
        session = await session_of(request)
        return session.person if session is not None else None
    person = (await signed_in(request)).person
    if not may(person, who):
        raise NotAllowed(f"this is for {who.value}")
    return person


def _query(request: web.Request, route: Route) -> Query:
    try:
        return msgspec.convert(dict(request.query), route.query, strict=False)
    except msgspec.ValidationError as exc:
        raise Unreadable(f"query: {exc}") from exc


async def _body(request: web.Request, route: Route) -> Any:
    if route.body is None:
        return None
    raw = await request.read()
    if len(raw) > BODY_LIMIT:
        raise Unreadable("the body is too long")
    try:
        return msgspec.json.decode(raw, type=route.body)
    except msgspec.MsgspecError as exc:
        raise Unreadable(f"body: {exc}") from exc


# ── description ──────────────────────────────────────────────────────────────────────────────
def openapi(routes: tuple[Route, ...], version: str) -> dict[str, Any]:
    """OpenAPI 3.1 of these routes."""
    types = [kind for route in routes for kind in (route.body, route.query, route.result)
             if kind is not None]
    schemas, components = msgspec.json.schema_components(
        types, ref_template="#/components/schemas/{name}")
    known = dict(zip(map(id, types), schemas, strict=True))
    paths: dict[str, Any] = {}
    for route in routes:
        paths.setdefault(PREFIX + route.path, {})[route.method.lower()] = _operation(
            route, known, components)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Deskline", "version": version,
                 "description": _ABOUT},
        "paths": paths | {f"{PREFIX}/live": {"get": _LIVE}},
        "components": {
            "schemas": components | {"ProblemDocument": _PROBLEM},
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "deskline_session"},
                "bearer": {"type": "http", "scheme": "bearer"}}},
    }


_ABOUT = (
    "Moments are RFC 3339 UTC, durations seconds, money integer minor units with a currency, "
    "phones E.164. Lists page by limit and cursor.")
_PROBLEM = {
    "type": "object", "required": ["type", "title", "status", "code"],
    "properties": {"type": {"type": "string"}, "title": {"type": "string"},
                   "status": {"type": "integer"}, "code": {"type": "string"},
                   "detail": {"type": "string"}}}
_FAILURE = {"description": "What went wrong (RFC 9457)", "content": {
    "application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}}}

_LIVE: dict[str, Any] = {
    "summary": "The live stream, a websocket: a snapshot, then deltas; commands with replies.",
    "description": "By the session's cookie, or by a first message sign_in. Messages are those of "
                   "workstation/protocol.",
    "tags": ["live"], "parameters": [],
    "responses": {"101": {"description": "Switching to the websocket"}, "default": _FAILURE}}


def _operation(route: Route, known: dict[int, Any], components: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": route.says}
    if route.status != 204:
        answer["content"] = {"application/json": {"schema": known[id(route.result)]}}
    operation: dict[str, Any] = {
        "summary": route.says, "tags": list(route.tags) or [route.path.split("/")[1]],
        "description": f"For {route.who.value}.",
        "parameters": _path_parameters(route) + _query_parameters(route, components),
        "responses": {str(route.status): answer, "default": _FAILURE},
    }
    if route.who is not Who.ANYBODY:
        operation["security"] = [{"session": []}, {"bearer": []}]
    if route.body is not None:
        operation["requestBody"] = {"required": True, "content": {
            "application/json": {"schema": known[id(route.body)]}}}
    return operation


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    names = [part[1:-1] for part in route.path.split("/") if part.startswith("{")]
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in names]


def _query_parameters(route: Route, components: dict[str, Any]) -> list[dict[str, Any]]:
    schema = components.get(route.query.__name__, {})
    needed = schema.get("required", [])
    return [{"name": name, "in": "query", "required": name in needed, "schema": kind}
            for name, kind in schema.get("properties", {}).items()]


__all__ = ["PREFIX", "Answer", "Asked", "NoQuery", "Query", "Route", "handler", "openapi"]
