"""`/live`: one websocket per screen, as `workstation/protocol` says.

One reader does what the screen asks, one writer sends; nobody else touches the socket. A screen
that reads slowly holds up only its own writer, and is sent a fresh snapshot when it is too far
behind.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial
from typing import Any

import msgspec
import structlog
from aiohttp import WSCloseCode, WSMsgType, web

from crm_store.errors import StoreError
from workstation import protocol, views
from workstation.accounts import SignedIn
from workstation.actions import table
from workstation.board import Screen, TooManyAnswers, encode
from workstation.build import build_id
from workstation.desk import Desk
from workstation.errors import NotSignedIn, Refused, refusal
from workstation.policy import Person
from workstation.requests import forms
from workstation.web import sip
from workstation.web.frames import SharedFrame
from workstation.web.security import COOKIE, DESK, check_origin, session_of

log = structlog.get_logger()
SIGN_IN_WITHIN_S = 10.0
SEND_LIMIT_S = 20.0         # a screen that takes nothing for so long is cut off
BEAT_S = 20.0
RECALL_LIMIT_S = 1.5
MESSAGE_LIMIT = 256 * 1024
DOING_LIMIT = 16            # actions of one screen under way at once
SESSION_CHECK_S = 60.0
GOODBYE_S = 1.0
SIGNED_OUT = 4401           # close code: the page goes back to the sign-in
_decode = msgspec.json.Decoder(protocol.ScreenMessage).decode
_SHARED = SharedFrame()


async def live(request: web.Request) -> web.StreamResponse:
    desk = request.app[DESK]
    check_origin(request, may_be_missing=COOKIE not in request.cookies)
    session = await session_of(request)
    socket = web.WebSocketResponse(heartbeat=BEAT_S, max_msg_size=MESSAGE_LIMIT, compress=False)
    await socket.prepare(request)
    resumes = session is None
    if session is None:
        session = await _sign_in(desk, socket, request.remote or "")
    if session is None:
        return socket
    await desk.pops.recalled(RECALL_LIMIT_S)    # a page that came back keeps what it typed into
    screen = Screen(session.person, session.token)
    _tell_elsewhere(desk, screen)
    desk.board.join(screen)
    try:
        await _serve(desk, socket, screen, session, resumes=resumes)
    finally:
        desk.board.leave(screen)
    return socket


async def say_goodbye(app: web.Application) -> None:
    """`on_shutdown`: tell every screen, then close; else aiohttp waits half a minute for them."""
    for screen in app[DESK].board.screens():
        try:
            screen.say(protocol.Notice(seq=0, code="bye"))
        except TooManyAnswers:
            log.debug("a screen was not told that the server stops")
        screen.end(WSCloseCode.GOING_AWAY)
    with suppress(TimeoutError):
        async with asyncio.timeout(GOODBYE_S):
            while app[DESK].board.screens():  # noqa: ASYNC110 - nobody else wants to know
                await asyncio.sleep(0.01)


async def _sign_in(desk: Desk, socket: web.WebSocketResponse, source: str) -> SignedIn | None:
    """The terminal's first message; a refused one is told why and the socket closes."""
    try:
        async with asyncio.timeout(SIGN_IN_WITHIN_S):
            return await _session_by_message(desk, await socket.receive_str(), source)
    except (Refused, TimeoutError, TypeError, msgspec.MsgspecError) as exc:
        if not socket.closed:
            await _refuse(socket, exc if isinstance(exc, Refused) else NotSignedIn(str(exc)))
        return None


async def _session_by_message(desk: Desk, text: str, source: str) -> SignedIn:
    message = _decode(text)
    if not isinstance(message, protocol.SignIn):
        raise NotSignedIn
    if not message.session:
        return await desk.accounts.sign_in(message.login, message.password, source)
    session = await desk.accounts.resume(message.session)
    if session is None:
        raise Refused("session_over", "Your session is over; sign in again.", "", 401)
    return session


async def _refuse(socket: web.WebSocketResponse, refused: Refused) -> None:
    reply = protocol.Reply(seq=0, n=0, problem=refused.problem())
    try:
        async with asyncio.timeout(SEND_LIMIT_S):
            await socket.send_str(encode(reply).decode())
            await socket.close(code=SIGNED_OUT)
    except (ConnectionError, TimeoutError):
        return


def _tell_elsewhere(desk: Desk, screen: Screen) -> None:
    """Somebody with two sessions is told on the older ones: it may not be him."""
    if not screen.person.operator:
        return
    for other in desk.board.screens(screen.person.operator):
        if other.session != screen.session:
            try:
                other.say(protocol.Notice(seq=0, code="signed_in_elsewhere"))
            except TooManyAnswers:
                continue


async def _serve(desk: Desk, socket: web.WebSocketResponse, screen: Screen, session: SignedIn,
                 *, resumes: bool) -> None:
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_write(desk, socket, screen, session, resumes), name="write")
            watch = tasks.create_task(_watch_session(desk, screen), name="watch the session")
            await _read(desk, socket, screen, session, tasks)
            screen.end()
            watch.cancel()
    except* (ConnectionError, TimeoutError):
        log.info("a screen was lost", login=screen.person.login)


async def _watch_session(desk: Desk, screen: Screen) -> None:
    """A session that ran out, or was ended elsewhere, ends its screens too."""
    while not screen.is_over:
        await asyncio.sleep(SESSION_CHECK_S)
        try:
            if await desk.accounts.resume(screen.session) is None:
                screen.end(SIGNED_OUT)
        except StoreError as exc:
            log.warning("a session could not be checked", error=str(exc))


# ── reading ──────────────────────────────────────────────────────────────────────────────────
async def _read(desk: Desk, socket: web.WebSocketResponse, screen: Screen, session: SignedIn,
                tasks: asyncio.TaskGroup) -> None:
    doing = asyncio.Semaphore(DOING_LIMIT)
    latest: dict[str, asyncio.Task[None]] = {}
    async for frame in socket:
        if frame.type is not WSMsgType.TEXT:
            break
        try:
            message = _decode(frame.data)
        except msgspec.MsgspecError as exc:
            log.info("a screen sent what nobody understands", error=str(exc))
            break
        if isinstance(message, protocol.SignIn):
            break
        await doing.acquire()
        work = tasks.create_task(_do(desk, screen, session, message), name=message.action)
        work.add_done_callback(partial(_ended, screen, doing, message.n))
        if table.is_latest_only(message.action):
            if (overtaken := latest.get(message.action)) is not None:
                overtaken.cancel()
            latest[message.action] = work
        if screen.is_over:
            break


async def _do(desk: Desk, screen: Screen, session: SignedIn, asked: protocol.Do) -> None:
    """One action and its one reply."""
    result: Any = None
    told: protocol.Problem | None = None
    try:
        result = await table.perform(desk, screen.person, asked.action, asked.args)
    except Exception as exc:  # noqa: BLE001 - refusal() logs what nobody foresaw
        told = refusal(exc).problem()
    _reply(screen, protocol.Reply(seq=0, n=asked.n, result=result, problem=told))
    if asked.action == "session.end" and told is None:
        await end_session(desk, session)


def _ended(screen: Screen, doing: asyncio.Semaphore, n: int, work: asyncio.Task[None]) -> None:
    """What the next one overtook, perhaps before it began, is answered with nothing."""
    doing.release()
    if work.cancelled():
        _reply(screen, protocol.Reply(seq=0, n=n))


def _reply(screen: Screen, reply: protocol.Reply) -> None:
    try:
        screen.say(reply)
    except TooManyAnswers:
        log.warning("a screen asks faster than it reads", login=screen.person.login)


async def end_session(desk: Desk, session: SignedIn) -> None:
    """The session is over on all its screens."""
    await desk.accounts.close(session.token)
    for screen in desk.board.screens():
        if screen.session == session.token:
            screen.end(SIGNED_OUT)


# ── writing ──────────────────────────────────────────────────────────────────────────────────
async def _write(desk: Desk, socket: web.WebSocketResponse, screen: Screen, session: SignedIn,
                 resumes: bool) -> None:
    seq = 0
    while True:
        screen.wake.clear()
        for frame in _due(desk, screen, session, seq, resumes=resumes):
            seq += 1
            async with asyncio.timeout(SEND_LIMIT_S):
                await socket.send_frame(frame, WSMsgType.TEXT)
        if screen.said or screen.pending or screen.is_stale:
            continue
        if screen.is_over or socket.closed:
            break
        await screen.wake.wait()
    async with asyncio.timeout(SEND_LIMIT_S):
        await socket.close(code=screen.close_code)


def _due(desk: Desk, screen: Screen, session: SignedIn, seq: int, *,
         resumes: bool) -> list[bytes]:
    """What this screen is to be told now: views first, then answers that speak of them."""
    due: list[bytes] = []
    if screen.is_stale:
        due.append(encode(numbered(_snapshot(desk, screen, session, resumes), seq + 1)))
    elif screen.pending:
        due.append(_SHARED.delta(screen.pending, seq + 1, views.moment(desk.clock())))
        screen.pending.clear()
    due += [encode(numbered(message, seq + len(due) + place))
            for place, message in enumerate(screen.said, 1)]
    screen.said.clear()
    return due


def numbered(message: protocol.ServerMessage, seq: int) -> protocol.ServerMessage:
    return msgspec.structs.replace(message, seq=seq)


def _snapshot(desk: Desk, screen: Screen, session: SignedIn,
              resumes: bool) -> protocol.Snapshot:
    return protocol.Snapshot(
        seq=0, now=views.moment(desk.clock()), build=build_id(),
        session=session.token if resumes else "", csrf=session.csrf,
        me=me(desk, session.person), catalogue=catalogue(desk, session.person.locale),
        views=desk.board.picture(screen))


def me(desk: Desk, person: Person) -> protocol.Me:
    return protocol.Me(
        id=person.operator or person.login, login=person.login, name=person.name,
        roles=[person.role], groups=sorted(person.groups), queues=list(person.queues),
        locale=person.locale, phone=sip.access(desk, person))


def catalogue(desk: Desk, locale: str) -> protocol.Catalogue:
    settings = desk.settings
    groups = sorted({group for operator in settings.operator for group in operator.groups}
                    | {group for kind in desk.kinds.values() for group in kind.groups})
    return protocol.Catalogue(
        company=settings.company.name, currency=settings.company.currency,
        time_zone=settings.company.time_zone,
        pause_reasons=[_choice(reason) for reason in settings.pause_reasons],
        request_types=[forms.blank(kind, locale) for kind in desk.kinds.values()],
        queues=[protocol.Choice(id=queue.id, name=queue.name) for queue in settings.queue],
        groups=[_choice(group) for group in groups],
        operators=[protocol.Choice(id=one.id, name=one.name) for one in settings.operator],
        pause_limits=settings.pause_limits)


def _choice(name: str) -> protocol.Choice:
    return protocol.Choice(id=name, name=name.replace("_", " ").capitalize())
