"""What stands in front of every request: session, origin, CSRF token, headers, error pages."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import msgspec
from aiohttp import web

from workstation.accounts import SignedIn
from workstation.desk import Desk
from workstation.errors import NotAllowed, NotSignedIn, Refused, refusal
from workstation.policy import Person

COOKIE = "deskline_session"
DESK: web.AppKey[Desk] = web.AppKey("desk", Desk)
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), speaker-selection=(self), camera=(), geolocation=()",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"),
}


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """On every response, websockets' and errors' too (`on_response_prepare`)."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.path.startswith("/api/"):
        response.headers.setdefault("Cache-Control", "no-store")


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every failure becomes one problem document; an unsafe request shows origin and token."""
    try:
        return await handler(request)
    except web.HTTPException as exc:
        if exc.status < 400:
            raise
        return problem(Refused(f"http_{exc.status}", exc.reason, "", exc.status))
    except ConnectionResetError:
        raise
    except Exception as exc:  # noqa: BLE001 - the last line: refusal() logs what is unforeseen
        return problem(refusal(exc))


def problem(refused: Refused) -> web.Response:
    """RFC 9457; `type` is our code."""
    document = refused.facts | {"type": f"urn:deskline:{refused.code}", "code": refused.code,
                                "title": refused.title, "status": refused.status}
    if refused.detail:
        document["detail"] = refused.detail
    return web.Response(body=msgspec.json.encode(document), status=refused.status,
                        content_type="application/problem+json")


async def session_of(request: web.Request) -> SignedIn | None:
    """By cookie or by `Authorization: Bearer` (the same opaque id)."""
    token = bearer(request) or request.cookies.get(COOKIE, "")
    return await request.app[DESK].accounts.resume(token) if token else None


async def signed_in(request: web.Request) -> SignedIn:
    """The session, with origin and CSRF token checked. Raises NotSignedIn, NotAllowed."""
    session = await session_of(request)
    if session is None:
        raise NotSignedIn
    if request.method not in SAFE and not bearer(request):
        check_origin(request)
        token = request.headers.get("X-CSRF-Token", "")
        if not hmac.compare_digest(token.encode(), session.csrf.encode()):
            raise NotAllowed("the X-CSRF-Token header is missing or wrong")
    return session


def bearer(request: web.Request) -> str:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def check_origin(request: web.Request, *, may_be_missing: bool = False) -> None:
    """A browser says where a page comes from; only ours may write. Raises NotAllowed.

    Programs send no Origin: allowed on the websocket, where they sign in by message.
    """
    origin = request.headers.get("Origin")
    if origin is None and may_be_missing:
        return
    allowed = {request.app[DESK].settings.server.url.rstrip("/")}
    if origin is not None and (origin in allowed or _is_host(origin, request)):
        return
    raise NotAllowed("the request comes from another site")


def _is_host(origin: str, request: web.Request) -> bool:
    """The page's own host: `http://HOST` where the request's Host header says HOST."""
    parts = urlsplit(origin)
    return parts.scheme in ("http", "https") and parts.netloc == request.host


def is_own_host(request: web.Request) -> bool:
    """Whether the Host header names this server: by an address, as `localhost`, or as the settings
    do. Any other name may be one that somebody points here to read our pages (DNS rebinding)."""
    try:
        named = urlsplit(f"//{request.host}")
        host = named.hostname or ""
        if named.netloc == urlsplit(request.app[DESK].settings.server.url).netloc:
            return True
        ipaddress.ip_address(host)
    except ValueError:
        return request.host.partition(":")[0] == "localhost"
    return True


def person_or_none(session: SignedIn | None) -> Person | None:
    return session.person if session is not None else None
