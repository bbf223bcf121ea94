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
from workstation.web.security import DESK, check_origin, signed_in
from workstation.web.sip_frames import ForeignFrame, check

log = structlog.get_logger()
CONNECT_LIMIT_S = 5.0
SEND_LIMIT_S = 10.0
FRAME_LIMIT = 64 * 1024


def access(desk: Desk, person: Person) -> PhoneAccess | None:
    """How this person's page registers its telephone (`ws_url` is relative to the page)."""
    if not person.operator or not may(person, Who.OPERATORS):
        return None
    user = phone_user(person)
    site = desk.sites.of_operator(person.operator)
    return PhoneAccess(
        ws_url="/sip", realm_uri=f"sip:{user}@{site.pbx.host}", user=user,
        password=derive(site.secret, f"sip:{user}"))


def phone_user(person: Person) -> str:
    return f"{person.operator}-web"


async def proxy(request: web.Request) -> web.StreamResponse:
    desk = request.app[DESK]
    check_origin(request)
    session = await signed_in(request)
    if not may(session.person, Who.OPERATORS):
        raise NotAllowed("only operators have a telephone here")
    pbx = desk.sites.of_operator(session.person.operator).pbx
    page = web.WebSocketResponse(protocols=("sip",), max_msg_size=FRAME_LIMIT, heartbeat=25.0)
    await page.prepare(request)
    try:
        async with (
            aiohttp.ClientSession() as client,
            client.ws_connect(f"http://{pbx.host}:{pbx.http_port}/ws", protocols=("sip",),
                              timeout=aiohttp.ClientWSTimeout(ws_close=CONNECT_LIMIT_S),
                              max_msg_size=FRAME_LIMIT) as asterisk,
            asyncio.TaskGroup() as tasks,
        ):
            tasks.create_task(_pass_on(asterisk, page), name="sip from asterisk")
            tasks.create_task(_pass_on(page, asterisk, phone_user(session.person)),
                              name="sip from page")
    except* (aiohttp.ClientError, OSError, TimeoutError) as problems:
        log.info("a softphone lost Asterisk", login=session.person.login,
                 error=str(problems.exceptions[0]))
    except* ForeignFrame as problems:
        log.warning("a page said to Asterisk what is not its telephone's; its socket is closed",
                    login=session.person.login, frame=str(problems.exceptions[0]))
        await page.close(code=WSCloseCode.POLICY_VIOLATION)
    if page.close_code == WSCloseCode.GOING_AWAY:   # reloaded, left, closed, crashed
        await calls.page_left(desk, session.person.operator)
    if not page.closed:
        await page.close(code=WSCloseCode.TRY_AGAIN_LATER)
    return page


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
