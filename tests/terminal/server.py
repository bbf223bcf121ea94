"""A small real websocket server that tells a story: it speaks the protocol and keeps drafts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import msgspec
import websockets
from websockets.asyncio.server import ServerConnection, serve

from tests.terminal import story
from workstation import protocol as p
from workstation.protocol.dial_cards import PreviewView
from workstation.protocol.team import HelpView, MessageView

PASSWORD = "correct horse"
SOON_S = 30.0       # the machine may be shared
SHELVES = {p.OperatorView: "operators", p.QueueView: "queues", p.CallView: "calls",
           p.ConversationView: "conversations", p.RequestView: "requests",
           p.CampaignView: "campaigns", p.GapView: "gaps", p.TaskView: "tasks",
           p.SourceView: "sources", MessageView: "messages", HelpView: "helps",
           PreviewView: "previews"}


@dataclass
class Screen:
    socket: ServerConnection
    seq: int = 0

    async def send(self, message: Any) -> None:
        self.seq += 1
        with suppress(websockets.ConnectionClosed):
            await self.socket.send(
                msgspec.json.encode(msgspec.structs.replace(message, seq=self.seq)).decode())


@dataclass
class StoryServer:
    """`asked` keeps every action in order; `answers` overrules what an action replies."""
    me: p.Me = field(default_factory=story.me)
    views: dict[str, dict[str, p.View]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    sign_ins: list[p.SignIn] = field(default_factory=list)
    screens: list[Screen] = field(default_factory=list)
    is_refusing: bool = False
    is_deaf: bool = False       # hears what screens ask and answers nothing
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def put(self, *views: p.View) -> StoryServer:
        for view in views:
            shelf = self.views.setdefault(SHELVES[type(view)], {})
            shelf[str(view.id)] = view  # type: ignore[attr-defined]
        return self

    async def show(self, *views: p.View) -> None:
        self.put(*views)
        await self._tell([p.Change(SHELVES[type(view)], str(view.id), view)  # type: ignore[attr-defined]
                          for view in views])

    async def take_away(self, collection: str, key: str) -> None:
        self.views[collection].pop(key, None)
        await self._tell([p.Change(collection, key, None)])

    async def _tell(self, changes: list[p.Change]) -> None:
        for screen in list(self.screens):
            await screen.send(p.Delta(seq=0, now=story.ago(0), changes=changes))

    async def say(self, message: Any) -> None:
        for screen in list(self.screens):
            await screen.send(message)

    async def cut(self) -> None:
        """The link breaks; screens come back by themselves."""
        for screen in list(self.screens):
            screen.socket.transport.abort()
        self.screens.clear()

    def done(self, action: str) -> list[dict[str, Any]]:
        return [args for name, args in self.asked if name == action]

    # ── one screen ───────────────────────────────────────────────────────────────────────────
    async def attend(self, socket: ServerConnection) -> None:
        screen = Screen(socket)
        with suppress(websockets.ConnectionClosed):
            first = msgspec.json.decode(await socket.recv(), type=p.ScreenMessage)
            assert isinstance(first, p.SignIn)
            self.sign_ins.append(first)
            if self.is_refusing or (not first.session and first.password != PASSWORD):
                problem = p.Problem(code="wrong_password", title="Wrong login or password")
                await screen.send(p.Reply(seq=0, n=0, problem=problem))
                return
            await screen.send(self._snapshot())
            self.screens.append(screen)
            try:
                async for frame in socket:
                    await self._answer(screen, msgspec.json.decode(frame, type=p.Do))
            finally:
                if screen in self.screens:
                    self.screens.remove(screen)

    def _snapshot(self) -> p.Snapshot:
        return p.Snapshot(
            seq=0, now=story.ago(0), build="test", session="resume-me", csrf="", me=self.me,
            catalogue=story.CATALOGUE, views={name: dict(shelf)
                                              for name, shelf in self.views.items()})

    async def _answer(self, screen: Screen, do: p.Do) -> None:
        args = msgspec.json.decode(do.args, type=p.ACTIONS[do.action])
        self.asked.append((do.action, msgspec.to_builtins(args)))
        if self.is_deaf:
            return
        answer = self.answers.get(do.action)
        if callable(answer):
            answer = answer(args)
        if isinstance(answer, p.Problem):
            await screen.send(p.Reply(seq=0, n=do.n, problem=answer))
            return
        if isinstance(args, p.SaveDraft):
            answer = {"version": await self._keep(args)}
        await screen.send(p.Reply(seq=0, n=do.n, result=answer or {}))

    async def _keep(self, args: p.SaveDraft) -> int:
        old = self.views["conversations"][str(args.conversation)]
        assert isinstance(old, p.ConversationView)
        version = old.draft.version + 1
        kept = p.DraftView(version=version, note=args.note, disposition=args.disposition,
                           form_type=args.form_type, form=args.form, saved_at=story.ago(0))
        await self.show(msgspec.structs.replace(old, draft=kept))
        return version

    def draft(self, key: int = 1) -> p.DraftView:
        view = self.views["conversations"][str(key)]
        assert isinstance(view, p.ConversationView)
        return view.draft


@asynccontextmanager
async def telling(*views: p.View, me: p.Me | None = None, port: int = 0,
                  answers: Mapping[str, Any] | None = None) -> AsyncIterator[StoryServer]:
    story_server = StoryServer(me=me or story.me(), answers=dict(answers or {}))
    story_server.put(*views)
    async with serve(story_server.attend, "127.0.0.1", port, close_timeout=0.2) as server:
        story_server.port = next(iter(server.sockets)).getsockname()[1]
        yield story_server


async def until(condition: Any, timeout_s: float = SOON_S, every_s: float = 0.02) -> None:
    """Wait until `condition()` holds."""
    async with asyncio.timeout(timeout_s):
        while not condition():  # noqa: ASYNC110, the screen has no event for it
            await asyncio.sleep(every_s)
