"""One terminal on one story server, driven by keys and read as a person reads it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from textual.pilot import Pilot
from textual.widget import Widget

from tests.terminal import server as servers
from workstation import protocol as p
from workstation.protocol import SignIn
from workstation.terminal.app import Terminal
from workstation.terminal.widgets.tables import Table

READ_EVERY_S = 0.1      # the whole screen is drawn for it


@dataclass
class Stage:
    server: servers.StoryServer
    app: Terminal
    pilot: Pilot[None]

    def lines(self) -> list[str]:
        """What stands on the screen, row by row."""
        strips = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip) for strip in strips]

    @property
    def text(self) -> str:
        return "\n".join(self.lines())

    async def sees(self, *words: str, timeout_s: float = servers.SOON_S) -> None:
        """Wait until all of `words` stand on the screen; fails with the screen's text."""
        try:
            await servers.until(lambda: self._has(words), timeout_s, READ_EVERY_S)
        except TimeoutError:
            raise AssertionError(f"{words} not in\n{self.text}") from None

    def _has(self, words: tuple[str, ...]) -> bool:
        text = self.text
        return all(word in text for word in words)

    async def sees_no(self, word: str) -> None:
        try:
            await servers.until(lambda: word not in self.text, every_s=READ_EVERY_S)
        except TimeoutError:
            raise AssertionError(f"{word} still in\n{self.text}") from None

    async def press(self, *keys: str) -> None:
        """One by one: what a key opened stands before the next."""
        for key in keys:
            await self.pilot.press(key)

    async def focus(self, selector: str) -> Widget:
        """The widget, once the keys go to it and stay with it."""
        widget = self.app.screen.query_one(selector)
        await self.pilot.pause()        # a screen that just opened gives the focus away itself
        widget.focus()
        await servers.until(lambda: self.app.focused is widget)
        return widget

    async def table(self, selector: str) -> Table:
        """With the focus, and rows to move between."""
        table = await self.focus(selector)
        assert isinstance(table, Table)
        await servers.until(lambda: table.row_count)
        return table

    async def at(self, table: Table, key: str) -> None:
        """Once the cursor stands there."""
        await servers.until(lambda: table.key == key)

    async def type(self, text: str) -> None:
        await self.pilot.press(*("space" if char == " " else char for char in text))

    async def asked(self, action: str, count: int = 1) -> list[dict[str, Any]]:
        await servers.until(lambda: len(self.server.done(action)) >= count)
        return self.server.done(action)


@asynccontextmanager
async def on_stage(*views: p.View, me: p.Me | None = None, size: tuple[int, int] = (100, 30),
                   answers: dict[str, Any] | None = None, password: str = servers.PASSWORD,
                   ) -> AsyncIterator[Stage]:
    async with servers.telling(*views, me=me, answers=answers) as server:
        app = Terminal(server.url, entry=SignIn(login=server.me.login, password=password))
        async with app.run_test(size=size, notifications=True) as pilot:
            stage = Stage(server, app, pilot)
            if password == servers.PASSWORD:
                await servers.until(lambda: server.screens)
                await stage.sees("14:3")
            yield stage
            app.exit()
