"""Steering the campaign under the cursor as the page does: how it dials, over how many lines, its
figures and what came of it."""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec
from textual.binding import Binding, BindingType

from workstation.protocol import CampaignArgs, CampaignView
from workstation.protocol.campaign_results import ShowResults
from workstation.protocol.campaigns import Pace
from workstation.terminal.dialogs import Menu, Question
from workstation.terminal.keys import letter
from workstation.terminal.screens import LiveScreen
from workstation.terminal.widgets.campaigns import CampaignList

PACINGS = ("progressive", "predictive", "preview", "message")
FIGURES = ("dials", "answered", "talked", "reached", "promised", "kept", "paid")


class CampaignKeys(LiveScreen):
    tab: str
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(letter("m"), "pace", show=False), Binding(letter("l"), "lines", show=False),
        Binding(letter("r"), "figures", show=False)]

    @property
    def _campaign(self) -> CampaignView | None:
        return self.query_one(CampaignList).campaign if self.tab == "campaigns" else None

    def action_pace(self) -> None:
        item, words = self._campaign, self.desk.words
        if item is None or item.state == "ended":
            return

        def put(mode: str | None) -> None:
            if mode:
                self.terminal.do("campaign.pace", msgspec.convert(
                    {"campaign": item.id, "pacing": mode}, Pace))
        self.app.push_screen(Menu(words("steering.pacing"), [
            (mode, words(f"pacing.{mode}")) for mode in PACINGS]), put)

    def action_lines(self) -> None:
        item = self._campaign
        if item is not None and item.state != "ended":
            self.run_worker(self._ask_lines(item), group="campaign")

    async def _ask_lines(self, item: CampaignView) -> None:
        """The pace stays what it is."""
        now = await self.terminal.ask("campaign.progress", CampaignArgs(campaign=item.id))
        if now is None:
            return
        words = self.desk.words

        def put(text: str | None) -> None:
            if text and text.isascii() and text.isdecimal() and 1 <= int(text) <= 10_000:
                self.terminal.do("campaign.pace", msgspec.convert(
                    {"campaign": item.id, "pacing": now["pacing"], "lines": int(text)}, Pace))
        self.app.push_screen(Question(words("steering.lines"), words("terminal.menu_keys"),
                                      str(now["lines_max"])), put)

    def action_figures(self) -> None:
        item = self._campaign
        if item is not None:
            self.run_worker(self._show_figures(item), group="campaign")

    async def _show_figures(self, item: CampaignView) -> None:
        """Progress and results by outcome; why it dials or not stands in the list."""
        asked = CampaignArgs(campaign=item.id)
        progress = await self.terminal.ask("campaign.progress", asked)
        found = await self.terminal.ask("campaign.results", ShowResults(campaign=item.id))
        if progress is None or found is None:
            return
        self.app.push_screen(Menu(item.name, [
            (str(place), line) for place, line in enumerate(self._lines(progress, found))]))

    def _lines(self, now: dict[str, Any], found: dict[str, Any]) -> list[str]:
        words = self.desk.words
        answered, dropped = now["answered_today"], now["dropped_today"]
        share = dropped / answered if answered else 0.0
        total = found["total"]
        lines = [
            f"{words('steering.tried')}: {now['tried']} / {now['size']}",
            f"{words('steering.dropped')}: " + words(
                "steering.dropped_of", share=f"{share:.1%}", cap=f"{now['cap']:.1%}",
                dropped=dropped, answered=answered),
            "  ".join(f"{words(f'results.{name}')} {total[name]}" for name in FIGURES)]
        return lines + [f"{row['key'].replace('_', ' ')}: {row['dials']}"
                        for row in found["rows"][:9]]
