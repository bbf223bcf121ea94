"""A stage for the real page: its own files and headers, and a `/live` that plays a story.

Only for tests of the page; the server's own tests use the server. What the page sends is kept in
`Stage.heard`; replies come from the story's table or are `{}`.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import jinja2
import msgspec
from aiohttp import WSMsgType, web
from playwright.async_api import Error, Page

from tests.browser.stories import Story, moment
from workstation import protocol, texts
from workstation.web import pages
from workstation.web.security import HEADERS

HEARD = "document.querySelector('desk-app')?.desk?.link?.seq ?? -1"
SOON_S = 20.0       # the machine may be shared
Answers = Callable[[str, dict[str, Any]], Any]


@dataclasses.dataclass
class Stage:
    """One page at a time is served; `seq` and views belong to its connection."""
    story: Story
    heard: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    url: str = ""
    sockets: set[web.WebSocketResponse] = dataclasses.field(default_factory=set)
    seqs: dict[int, int] = dataclasses.field(default_factory=dict)
    silent: bool = False        # take nothing, answer nothing
    closed: bool = False        # refuse connections
    pages: list[Page] = dataclasses.field(default_factory=list)

    def asked(self, action: str) -> list[dict[str, Any]]:
        return [message["args"] for message in self.heard if message.get("action") == action]

    async def change(self, *changes: tuple[str, str, msgspec.Struct | None]) -> None:
        """A delta to every page; the story's views follow, so that a reload shows the same."""
        for collection, name, view in changes:
            shelf = self.story.views.setdefault(collection, {})
            if view is None:
                shelf.pop(name, None)
            else:
                shelf[name] = view
        rows = [protocol.Change(collection, name, view) for collection, name, view in changes]
        for socket in list(self.sockets):
            seq = self._next(socket)
            await self.send(socket, protocol.Delta(seq=seq, now=moment(), changes=rows))
            await self._shown(socket, seq)

    async def _shown(self, socket: web.WebSocketResponse, seq: int) -> None:
        """Until the page has drawn it; not when it is gone, or one of several."""
        async with asyncio.timeout(SOON_S):
            while [socket] == list(self.sockets) and len(self.pages) == 1:
                with contextlib.suppress(Error):        # it is loading
                    if await self.pages[0].evaluate(HEARD) >= seq:
                        return
                await asyncio.sleep(0.02)

    async def send(self, socket: web.WebSocketResponse, message: protocol.ServerMessage) -> None:
        await socket.send_str(msgspec.json.encode(message).decode())

    async def cut(self) -> None:
        """The link breaks and stays broken until `closed` is false again."""
        self.closed = True
        for socket in list(self.sockets):
            await socket.close(code=1012)

    async def live_page(self, request: web.Request) -> web.Response:
        return page_of(self, request, "live.html")

    async def front(self, request: web.Request) -> web.Response:
        return page_of(self, request, "sign_in.html")

    def _next(self, socket: web.WebSocketResponse) -> int:
        self.seqs[id(socket)] += 1
        return self.seqs[id(socket)]

    async def live(self, request: web.Request) -> web.StreamResponse:
        if self.closed:
            return web.Response(status=503)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.seqs[id(socket)] = 0
        await self.send(socket, self.story.snapshot())
        self.sockets.add(socket)
        try:
            async for message in socket:
                if message.type == WSMsgType.TEXT and not self.silent:
                    await self._answer(socket, json.loads(message.data))
        finally:
            self.sockets.discard(socket)
        return socket

    async def _answer(self, socket: web.WebSocketResponse, message: dict[str, Any]) -> None:
        args = protocol.ACTIONS[message["action"]]
        msgspec.convert(message["args"], args)      # the page says what the protocol knows
        self.heard.append(message)
        result = self.story.replies.get(message["action"], {})
        if callable(result):
            result = result(message["args"])
        problem = result if isinstance(result, protocol.Problem) else None
        await self.send(socket, protocol.Reply(
            seq=self._next(socket), n=message["n"], problem=problem,
            result=None if problem else result))


def application(stage: Stage) -> web.Application:
    app = web.Application()
    app.router.add_get("/live", stage.live)
    app.router.add_get("/desk", stage.live_page)
    app.router.add_get("/floor", stage.live_page)
    app.router.add_get("/", stage.front)
    app.router.add_get("/texts/{name}", pages.catalogue)
    app.router.add_static("/static", pages.BUILT)
    app.on_response_prepare.append(_headers)
    return app


async def _headers(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)


def page_of(stage: Stage, request: web.Request, template: str) -> web.Response:
    locale = request.query.get("lang", "en")
    manifest = json.loads((pages.BUILT / "manifest.json").read_text())
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(pages.HERE / "templates"), autoescape=True,
        undefined=jinja2.StrictUndefined)
    body = environment.get_template(template).render(
        locale=locale, t=texts.translator(locale), company="Volga Energy", build="test",
        asset=lambda name: f"/static/{manifest[name]}", demo=stage.story.sign_ins,
        locales=[{"id": name, "name": own, "texts": pages.texts_url(name)}
                 for name, own in texts.LOCALES.items()])
    return web.Response(text=body, content_type="text/html")


@contextlib.asynccontextmanager
async def staged(story: Story, port: int = 0) -> AsyncIterator[Stage]:
    """The stage on a port of 127.0.0.1 (0: a free one), taken down afterwards."""
    stage = Stage(story)
    runner = web.AppRunner(application(stage), shutdown_timeout=0.5)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    stage.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield stage
    finally:
        for socket in list(stage.sockets):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await socket.close()
        await runner.cleanup()


async def heard(stage: Stage, action: str, count: int = 1) -> list[dict[str, Any]]:
    """What the page asked by `action`, once it has asked `count` times."""
    async with asyncio.timeout(SOON_S):
        while len(stage.asked(action)) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return stage.asked(action)
