"""Signing in and out over HTTP, and who one is."""

from __future__ import annotations

from typing import Any

import msgspec
from aiohttp import web

from workstation import protocol
from workstation.accounts import SignedIn
from workstation.board import encode
from workstation.desk import Desk
from workstation.errors import NotSignedIn, Unreadable
from workstation.policy import Who
from workstation.web import shapes, sockets
from workstation.web.routes import Asked, Route
from workstation.web.security import COOKIE, DESK, check_origin, session_of, signed_in


class SignInBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    login: str
    password: str


async def open_session(request: web.Request) -> web.StreamResponse:
    """`POST /session`: a cookie for browsers, the same id as bearer token for programs."""
    check_origin(request, may_be_missing=True)
    desk = request.app[DESK]
    try:
        body = msgspec.json.decode(await request.read(), type=SignInBody)
    except msgspec.MsgspecError as exc:
        raise Unreadable(f"body: {exc}") from exc
    session = await desk.accounts.sign_in(body.login, body.password, request.remote or "")
    shown = _shown(desk, session)
    if "Origin" not in request.headers:     # a program, not a page: scripts never see the id
        shown["token"] = session.token
    response = web.Response(body=encode(shown), status=201,
                            content_type="application/json")
    set_cookie(desk, response, session)
    return response


async def close_session(request: web.Request) -> web.StreamResponse:
    """`DELETE /session`: over on all its screens."""
    session = await signed_in(request)
    await sockets.end_session(request.app[DESK], session)
    response = web.Response(status=204)
    response.del_cookie(COOKIE, path="/")
    return response


async def show_session(request: web.Request) -> web.StreamResponse:
    """`GET /session`: who is signed in, and the CSRF token for a page that was loaded again."""
    session = await session_of(request)
    if session is None:
        raise NotSignedIn
    return web.Response(body=encode(_shown(request.app[DESK], session)),
                        content_type="application/json")


def set_cookie(desk: Desk, response: web.Response, session: SignedIn) -> None:
    response.set_cookie(
        COOKIE, session.token, httponly=True, samesite="Strict", path="/",
        secure=desk.settings.server.url.startswith("https:"),
        max_age=desk.settings.server.session_hours * 3600)


def _shown(desk: Desk, session: SignedIn) -> dict[str, Any]:
    return {"me": sockets.me(desk, session.person), "csrf": session.csrf}


async def who_am_i(asked: Asked) -> Any:
    return sockets.me(asked.desk, asked.person)


ROUTES = (
    Route(method="POST", path="/session", who=Who.ANYBODY, raw=open_session, body=SignInBody,
          status=201, result=shapes.Session,
          says="Sign in: a cookie, the CSRF token, and the id as bearer token."),
    Route(method="GET", path="/session", who=Who.SIGNED_IN, raw=show_session,
          result=shapes.Session, says="Who is signed in, and the CSRF token."),
    Route(method="DELETE", path="/session", who=Who.SIGNED_IN, raw=close_session, status=204,
          says="Sign out on all screens of this session."),
    Route(method="GET", path="/me", who=Who.SIGNED_IN, answer=who_am_i, result=protocol.Me,
          says="Who one is, with the softphone's registration."),
)
