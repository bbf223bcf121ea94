"""`/wall`: the page of a big screen, and `/wall/live`: what it shows, by a link of its own.

The token stands behind the `#` of the address, where no server and no log sees it; the page says
it in its first message. There is no session, no cookie and nothing to do here but to look.
"""

from __future__ import annotations

import asyncio
import contextlib

import msgspec
import structlog
from aiohttp import WSCloseCode, WSMsgType, web

from crm_store import wall_links
from crm_store.errors import StoreError
from crm_store.wall_links import WallLink
from workstation import protocol, walls
from workstation.accounts import hash_of
from workstation.board import encode
from workstation.build import build_id
from workstation.desk import Desk
from workstation.protocol.floor import WallView
from workstation.views import moment
from workstation.web import pages
from workstation.web.security import DESK, check_origin

log = structlog.get_logger()
LOOK_S = 0.5
BEAT_S = 20.0
SAID_WITHIN_S = 10.0
SEND_LIMIT_S = 20.0
CHECK_S = 30.0          # the link may have been taken back by another server
ANEW_S = 5.0            # nothing new: the time, so that the page knows that we are here
LONGEST_TOKEN = 200
GONE = 4401             # close code: no such link (any more)


async def page(request: web.Request) -> web.StreamResponse:
    """The same for everybody: it shows nothing without a token."""
    return pages.bare(request, "wall.html")


async def live(request: web.Request) -> web.StreamResponse:
    desk = request.app[DESK]
    check_origin(request, may_be_missing=True)
    socket = web.WebSocketResponse(heartbeat=BEAT_S, max_msg_size=1024, compress=False)
    await socket.prepare(request)
    link = await _link(desk, await _token(socket))
    if link is None:
        await socket.close(code=GONE)
        return socket
    over = desk.walls.join(link.id)
    try:
        async with asyncio.TaskGroup() as tasks:
            ear = tasks.create_task(_listen(socket, over), name="a wall's ear")
            await _show(desk, socket, link, over)
            ear.cancel()
    except* (ConnectionError, TimeoutError):
        log.info("a wall screen was lost", link=link.name)
    finally:
        desk.walls.leave(link.id, over)
    return socket


async def end_all(app: web.Application) -> None:
    """`on_shutdown`: walls look every half second; they come back by themselves."""
    app[DESK].walls.end_all()


async def _token(socket: web.WebSocketResponse) -> str:
    try:
        async with asyncio.timeout(SAID_WITHIN_S):
            return (await socket.receive_str())[:LONGEST_TOKEN]
    except (TimeoutError, TypeError):
        return ""


async def _link(desk: Desk, token: str) -> WallLink | None:
    if not token:
        return None
    async with desk.store.read() as tx:
        return await wall_links.by_token(tx, hash_of(token))


async def _listen(socket: web.WebSocketResponse, over: asyncio.Event) -> None:
    """A wall has nothing to say; that it closed is heard here."""
    async for frame in socket:
        if frame.type is not WSMsgType.TEXT:
            break
    over.set()


async def _show(desk: Desk, socket: web.WebSocketResponse, link: WallLink,
                over: asyncio.Event) -> None:
    sent, sent_at, checked_at = None, 0.0, 0.0
    clock = asyncio.get_running_loop().time
    while not over.is_set():
        if clock() - checked_at >= CHECK_S:
            if not await _still(desk, link):
                break
            checked_at = clock()
        view = picture(desk, link)
        if view != sent or clock() - sent_at >= ANEW_S:
            now = msgspec.structs.replace(view, now=moment(desk.clock()))
            async with asyncio.timeout(SEND_LIMIT_S):
                await socket.send_str(encode(now).decode())
            sent, sent_at = view, clock()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_S):
                await over.wait()
    if not socket.closed:
        async with asyncio.timeout(SEND_LIMIT_S):
            await socket.close(
                code=WSCloseCode.GOING_AWAY if desk.walls.is_closing else GONE)


async def _still(desk: Desk, link: WallLink) -> bool:
    """Whether it was not taken back; that somebody looks at it is noted."""
    try:
        async with desk.store.begin() as tx:
            is_there = await wall_links.still(tx, link.id, at=desk.clock())
    except StoreError as exc:
        log.warning("a wall's link could not be checked", error=str(exc))
        return True
    return is_there


def picture(desk: Desk, link: WallLink) -> WallView:
    """All of it but the time."""
    board = desk.board
    queues = (view for view in board.all_of("queues") if isinstance(view, protocol.QueueView))
    people = (view for view in board.all_of("operators")
              if isinstance(view, protocol.OperatorView))
    return WallView(
        now="", build=build_id(), company=desk.settings.company.name, name=link.name,
        time_zone=desk.settings.company.time_zone, states=walls.states(people, link.queues),
        queues=walls.queues(queues, link.queues, shows_callers=link.shows_callers),
        blind=not desk.link_is_up())
