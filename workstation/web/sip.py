"""The softphone's way to Asterisk: `/sip`, raw frames passed on, for people who signed in.

Asterisk's own websocket stays on loopback and needs no certificate. It takes our address for the
trunk's, so that a page may say there only what its own telephone says (`sip_frames`). A page that
goes away in mid-call leaves its caller to the dialplan, see `deskline-return`.
"""

from __future__ import annotations

import asyncio

import aiohttp
import structlog
from aiohttp import WSCloseCode, WSMsgType, web

from cti.secrets import derive
from workstation.actions import calls
from workstation.desk import Desk
from workstation.errors import NotAllowed
from workstation.policy import Person, Who, may
from workstation.protocol import PhoneAccess
from workstation.softphones import LONGEST_NAME, TAKEN_ELSEWHERE, Holder
from workstation.web.security import DESK, check_origin, signed_in
from workstation.web.sip_frames import ForeignFrame, check

log = structlog.get_logger()
CONNECT_LIMIT_S = 5.0
SEND_LIMIT_S = 10.0
FRAME_LIMIT = 64 * 1024
# Reloaded, left, closed, crashed; or the telephone went to another machine, perhaps in mid-call.
LEFT = (WSCloseCode.GOING_AWAY, TAKEN_ELSEWHERE)


def access(desk: Desk, person: Person) -> PhoneAccess | None:
    """How this person's page registers its telephone (`ws_url` is relative to the page)."""
    if not person.operator or not may(person, Who.OPERATORS):
        return None
    user = phone_user(person)
    site = desk.sites.of_operator(person.operator)
    return PhoneAccess(
        ws_url="/sip", realm_uri=f"sip:{user}@{site.pbx.host}", user=user,
        password=derive(site.secret, f"sip:{user}"),
        answers_dialler=desk.settings.dialling.answers_dialler)


def phone_user(person: Person) -> str:
    return f"{person.operator}-web"


async def proxy(request: web.Request) -> web.StreamResponse:
    desk = request.app[DESK]
    check_origin(request)
    session = await signed_in(request)
    if not may(session.person, Who.OPERATORS):
        raise NotAllowed("only operators have a telephone here")
    page = web.WebSocketResponse(protocols=("sip",), max_msg_size=FRAME_LIMIT, heartbeat=25.0)
    await page.prepare(request)
    user = phone_user(session.person)
    holder = Holder(request.query.get("tab", "")[:LONGEST_NAME], is_open=lambda: not page.closed,
                    give_up=lambda: page.close(code=TAKEN_ELSEWHERE))
    other = desk.softphones.admit(user, holder, request.query.get("take", ""))
    if other is not None:
        await _give_up(other)
    if other is holder:
        return page
    try:
        await _between(desk, session.person, page)
    finally:
        desk.softphones.leave(user, holder)
    return page


async def _give_up(holder: Holder) -> None:
    """A machine that does not answer any more is waited for only so long."""
    try:
        async with asyncio.timeout(CONNECT_LIMIT_S):
            await holder.give_up()
    except (ConnectionError, TimeoutError) as exc:
        log.info("a page that was the telephone did not say goodbye", error=str(exc))


async def _between(desk: Desk, person: Person, page: web.WebSocketResponse) -> None:
    """Frames to and fro, until one side closes."""
    pbx = desk.sites.of_operator(person.operator).pbx
    try:
        async with (
            aiohttp.ClientSession() as client,
            client.ws_connect(f"http://{pbx.host}:{pbx.http_port}/ws", protocols=("sip",),
                              timeout=aiohttp.ClientWSTimeout(ws_close=CONNECT_LIMIT_S),
                              max_msg_size=FRAME_LIMIT) as asterisk,
            asyncio.TaskGroup() as tasks,
        ):
            tasks.create_task(_pass_on(asterisk, page), name="sip from asterisk")
            tasks.create_task(_pass_on(page, asterisk, phone_user(person)),
                              name="sip from page")
    except* (aiohttp.ClientError, OSError, TimeoutError) as problems:
        log.info("a softphone lost Asterisk", login=person.login,
                 error=str(problems.exceptions[0]))
    except* ForeignFrame as problems:
        log.warning("a page said to Asterisk what is not its telephone's; its socket is closed",
                    login=person.login, frame=str(problems.exceptions[0]))
        await page.close(code=WSCloseCode.POLICY_VIOLATION)
    if page.close_code in LEFT:
        await calls.page_left(desk, person.operator)
    if not page.closed:
        await page.close(code=WSCloseCode.TRY_AGAIN_LATER)


Socket = web.WebSocketResponse | aiohttp.ClientWebSocketResponse


async def _pass_on(source: Socket, target: Socket, user: str = "") -> None:
    """Until one side closes; then the other is closed too.

    With `user`, what does not come from that user's telephone raises ForeignFrame.
    """
    async for frame in source:
        if target.closed:
            break
        async with asyncio.timeout(SEND_LIMIT_S):
            if frame.type is WSMsgType.TEXT:
                if user:
                    check(frame.data, user)
                await target.send_str(frame.data)
            elif frame.type is WSMsgType.BINARY:
                if user:
                    raise ForeignFrame("binary")
                await target.send_bytes(frame.data)
    if not target.closed:
        await target.close()
