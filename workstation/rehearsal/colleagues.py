"""Colleagues who are not people: they sign in as the terminal does and work as operators do.

Their desk phones live in the world (the second private Asterisk) and answer by themselves; here
are their heads: ready, look at the pop, choose among candidates, confirm identity, note and
outcome, ready again. They speak only the protocol, so they prove it while they work.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import structlog
import websockets
from websockets.asyncio.client import ClientConnection, connect

from workstation import protocol

log = structlog.get_logger()
RETRY_S = 3.0
GO_BACK_S = 5.0
NOTES_EN = ("Asked about the last invoice, explained.", "Reading taken by phone.",
            "Balance explained, will pay at the end of the month.", "Asked for a copy.",
            "Wants to move the due date.", "Complains about an estimate; meter photo promised.")
NOTES_RU = ("Спрашивал о последнем счёте, объяснили.", "Показание принято по телефону.",
            "Баланс объяснили, оплатит в конце месяца.", "Просил копию счёта.",
            "Хочет перенести срок оплаты.", "Не согласен с начислением по среднему; пришлёт фото.")
NOTES = {"en": NOTES_EN, "ru": NOTES_RU}
OUTCOMES = {"resolved": 4, "explained": 3, "reading_taken": 2, "misdialled": 1, "request": 1,
            "call_back": 1, "promised": 5, "paid": 1,
            "reached_in_person": 2, "refused": 1, "reached_another": 1, "wrong_number": 1}
CALL_BACKS = frozenset({"call_back", "call_later"})
DONE_HERE = frozenset({"", "call_back"})     # what an outcome asks for that a colleague does
_decode = msgspec.json.Decoder(protocol.ServerMessage).decode


@dataclass(frozen=True)
class Popped:
    """A colleague's screen showed a conversation while its phone was ringing."""
    call: str
    number: str
    operator: str


def tomorrow() -> str:
    return (datetime.now(UTC) + timedelta(days=1)).isoformat(timespec="seconds")


@dataclass
class Colleague:
    """One synthetic operator. `patience` scales thinking times: 0 works as fast as it can."""
    url: str                    # ws://host:port/live
    login: str
    password: str
    dice: random.Random
    patience: float = 1.0
    works: bool = True          # False: only looks on, as a second screen of a real operator
    on_pop: Callable[[Popped], None] = lambda _: None
    _views: dict[str, dict[str, Any]] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)
    _finishing: set[str] = field(default_factory=set)
    _n: int = 0
    _was: str | None = None     # the state this one found itself in, before it made itself ready
    _reason: str = ""
    _locale: str = "en"
    _link: ClientConnection | None = None

    async def work(self) -> None:
        """Work until cancelled; a lost link or a server not yet there is tried again."""
        while True:
            try:
                await self._shift()
            except* (OSError, TimeoutError, websockets.WebSocketException) as lost:
                log.debug("colleague waits for the server", login=self.login, reason=str(lost))
            await asyncio.sleep(RETRY_S)

    async def _shift(self) -> None:
        async with connect(self.url, max_size=16 * 2**20, open_timeout=5) as link:
            await link.send(msgspec.json.encode(
                protocol.SignIn(login=self.login, password=self.password)).decode())
            self._finishing.clear()
            self._link = link
            try:
                async with asyncio.TaskGroup() as tasks:
                    async for frame in link:
                        await self._hear(link, tasks, _decode(frame))
            finally:
                self._link = None

    async def go_back(self) -> None:
        """To the state this one was in before; who was at work already stays."""
        if self._link is None or self._was is None:
            return
        with suppress(OSError, websockets.WebSocketException):
            async with asyncio.timeout(GO_BACK_S):
                await self._do(self._link, "state.set",
                               {"state": self._was, "reason": self._reason})

    async def _hear(
        self, link: ClientConnection, tasks: asyncio.TaskGroup, message: protocol.ServerMessage
    ) -> None:
        match message:
            case protocol.Snapshot():
                self._views, self._locale = message.views, message.me.locale
                await self._sign_on(link, message.me.id)
            case protocol.Delta():
                protocol.merge(self._views, message.changes)
            case protocol.Reply() if message.problem:
                log.info("colleague was refused", login=self.login, code=message.problem.code)
        for view in list(self._views.get("conversations", {}).values()):
            self._look(link, tasks, view)

    async def _sign_on(self, link: ClientConnection, operator: str) -> None:
        mine = self._views.get("operators", {}).get(operator)
        if self.works and (mine is None or mine["state"] in ("offline", "paused")):
            if self._was is None:
                self._was = mine["state"] if mine is not None else "offline"
                self._reason = mine["reason"] if mine is not None else ""
            await self._do(link, "phone.attach", {"phone": "desk"})
            await self._do(link, "state.set", {"state": "ready"})

    def _look(
        self, link: ClientConnection, tasks: asyncio.TaskGroup, view: dict[str, Any]
    ) -> None:
        if view["state"] == "ringing" and view["call"] not in self._seen:
            self._seen.add(view["call"])
            self.on_pop(Popped(view["call"], view["number"], view["operator"]))
        if self.works and view["state"] == "wrap_up" and str(view["id"]) not in self._finishing:
            self._finishing.add(str(view["id"]))
            name = f"{self.login} wraps up {view['id']}"
            tasks.create_task(self._wrap_up(link, view), name=name)

    async def _wrap_up(self, link: ClientConnection, view: dict[str, Any]) -> None:
        conversation = view["id"]
        if view["client_id"] is None and view["candidates"]:
            first = view["candidates"][0]["client_id"]
            await self._do(link, "conversation.choose",
                           {"conversation": conversation, "client_id": first})
        if view["client_id"] is not None and self.dice.random() < 0.8:
            await self._do(link, "conversation.identity", {
                "conversation": conversation, "confirmed": True,
                "answered": [one["id"] for one in view["questions"]]})
        await asyncio.sleep(self.patience * self.dice.uniform(3, 9))
        outcome = self._outcome(self._views["conversations"].get(str(conversation), view))
        await self._do(link, "conversation.finish", {
            "conversation": conversation, "disposition": outcome,
            "note": self.dice.choice(NOTES.get(self._locale, NOTES_EN)), "then": "ready",
            "follow": {"kind": "call_back", "due_at": tomorrow()}
            if outcome in CALL_BACKS else {}})

    def _outcome(self, view: dict[str, Any]) -> str:
        known = [item["id"] for item in view["dispositions"] if item["asks"] in DONE_HERE and (
            not item["needs_identity"] or view["identity"] == "confirmed")]
        weights = [OUTCOMES.get(name, 0) for name in known]
        return self.dice.choices(known, weights)[0] if any(weights) else str(known[0])

    async def _do(self, link: ClientConnection, action: str, args: dict[str, Any]) -> None:
        self._n += 1
        raw = msgspec.Raw(msgspec.json.encode(args))
        await link.send(
            msgspec.json.encode(protocol.Do(n=self._n, action=action, args=raw)).decode())
