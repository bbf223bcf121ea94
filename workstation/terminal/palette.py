"""The command palette: every action by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider

from workstation.terminal.desk import DeskScreen
from workstation.terminal.floor import FloorScreen

if TYPE_CHECKING:
    from workstation.terminal.app import Terminal

EVERYWHERE = ("state_menu", "search", "dial", "my_day", "help_me", "acknowledge",
              "toggle_light", "help", "leave")
AT_THE_DESK = ("note", "finish", "more_time", "identity", "new_client", "choose_again",
               "edit_card", "script", "offers", "hang_up", "requests", "new_task", "tasks")


class Commands(Provider):
    def _commands(self) -> Iterator[tuple[str, Callable[[], None]]]:
        app = cast("Terminal", self.app)
        words = app.desk.words
        if isinstance(self.screen, DeskScreen):
            for name in AT_THE_DESK:
                yield words(f"terminal.do.{name}"), getattr(self.screen, f"action_{name}")
        if isinstance(self.screen, FloorScreen):
            yield words("terminal.do.duplicates"), self.screen.action_duplicates
            yield words("terminal.do.waits"), self.screen.action_waits
        for name in EVERYWHERE:
            yield words(f"terminal.do.{name}"), getattr(app, f"action_{name}")

    async def discover(self) -> Hits:
        for name, run in self._commands():
            yield DiscoveryHit(name, run)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for name, run in self._commands():
            if (score := matcher.match(name)) > 0:
                yield Hit(score, matcher.highlight(name), run)
