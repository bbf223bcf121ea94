"""The supervisor's screen: Floor, Calls, Campaigns, Requests, Tasks, all live."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import ContentSwitcher

from workstation.protocol import CampaignArgs, HangUp
from workstation.terminal.campaign_keys import CampaignKeys
from workstation.terminal.dialogs import Menu
from workstation.terminal.duplicates import DuplicatesDialog
from workstation.terminal.keys import letter
from workstation.terminal.overseeing import OverseeingScreen
from workstation.terminal.pictures import bars, floor
from workstation.terminal.pictures.line import Part, row
from workstation.terminal.requests import RequestList
from workstation.terminal.screens import EVERYTHING
from workstation.terminal.tasks import TaskList
from workstation.terminal.waits import WaitsDialog
from workstation.terminal.widgets.campaigns import CampaignList
from workstation.terminal.widgets.floor import CallTable, OperatorTable, QueueTable
from workstation.terminal.widgets.panels import Panel, Picture
from workstation.terminal.widgets.tables import Table

TABS = ("floor", "calls", "campaigns", "requests", "tasks")
DRAWS = {"floor": {"operators", "queues", "helps"}, "calls": {"calls", "operators"},
         "campaigns": {"campaigns"}, "requests": {"requests"}, "tasks": {"tasks"}}
FIRST_FOCUS = {"floor": "QueueTable", "calls": "CallTable", "campaigns": "CampaignList",
               "requests": "Table", "tasks": "Table"}


class FloorScreen(CampaignKeys, OverseeingScreen):
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(n), f"tab({n})", show=False) for n in range(1, 6)),
        Binding("ctrl+r", "tab(4)", show=False, priority=True),
        Binding("ctrl+t", "tab(5)", show=False, priority=True),
        Binding("f9", "hang_up", show=False),
        Binding(letter("d"), "duplicates", show=False),
        Binding(letter("w"), "waits", show=False),
        Binding(letter("s"), "campaign('start')", show=False),
        Binding(letter("p"), "campaign('pause')", show=False),
        Binding(letter("x"), "campaign('stop')", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.tab = "floor"

    def compose(self) -> ComposeResult:
        words = self.desk.words
        yield Picture(id="tabs")
        yield Picture(id="strip")
        with ContentSwitcher(initial="floor", id="pages"):
            with Vertical(id="floor"):
                yield Panel(words("terminal.queues"), QueueTable(self.desk), id="queue-panel")
                yield Panel(words("terminal.operators"), OperatorTable(self.desk))
            with Vertical(id="calls"):
                yield Panel(words("terminal.calls"), CallTable(self.desk))
                yield Picture(id="legend")
            with Vertical(id="campaigns"):
                yield Panel(words("terminal.campaigns"), CampaignList(self.desk))
            with Vertical(id="requests"):
                yield Panel(words("terminal.requests_title"), RequestList())
            with Vertical(id="tasks"):
                yield Panel(words("tasks.title"), TaskList())
        yield Picture(id="foot")
        yield Picture(id="keys")

    def on_mount(self) -> None:
        legend = "   ".join(f"{sign} {self.desk.words(f'segment.{kind}')}"
                            for kind, sign in floor.SEGMENT_SIGNS.items()
                            if kind in {"menu", "waiting", "ringing", "talk", "hold", "wrap_up"})
        self.query_one("#legend", Picture).show(row((f" {legend}", "$dim")))
        self.call_after_refresh(lambda: self.action_tab(TABS.index(self.tab) + 1))

    def on_resize(self) -> None:
        self.call_after_refresh(self.show, EVERYTHING)

    def action_duplicates(self) -> None:
        self.app.push_screen(DuplicatesDialog())

    def action_waits(self) -> None:
        self.app.push_screen(WaitsDialog())

    # ── showing ──────────────────────────────────────────────────────────────────────────────
    def show(self, touched: frozenset[str]) -> None:
        if not self.is_mounted:
            return
        if touched & DRAWS[self.tab] or "link" in touched:
            self._paint_page()
        self._paint_bars()

    def tick(self) -> None:
        if self.is_mounted:
            self._paint_page()
            self._paint_bars()

    def _paint_page(self) -> None:
        """Only the page one looks at."""
        if self.tab == "floor":
            self.query_one(QueueTable).paint()
            self.query_one(OperatorTable).paint()
        elif self.tab == "calls":
            self.query_one(CallTable).paint()
        elif self.tab == "campaigns":
            self.query_one(CampaignList).paint()
        elif self.tab == "requests":
            self.query_one(RequestList).paint()
        else:
            self.query_one(TaskList).paint()

    def _paint_bars(self) -> None:
        desk = self.desk
        self.query_one("#tabs", Picture).show(self._tabs())
        kind, content = bars.strip(desk, [])
        strip = self.query_one("#strip", Picture)
        strip.set_classes(f"is-{kind}")
        strip.show(content if kind != "quiet" else floor.states(desk))
        self.query_one("#foot", Picture).show(bars.foot(desk, self.size.width - 2))
        self.query_one("#keys", Picture).show(
            row((desk.words(f"terminal.key_line_{self.tab}"), "$dim")))

    def _tabs(self) -> Content:
        shelves = self.desk.shelves
        counts = {"floor": len(shelves.operators), "calls": len(shelves.calls),
                  "campaigns": len(shelves.campaigns), "requests": len(shelves.requests),
                  "tasks": len(shelves.tasks)}
        parts: list[Part] = []
        for place, name in enumerate(TABS, 1):
            title = f" {place} {self.desk.words(f'terminal.tab.{name}')} {counts[name]} "
            is_open = name == self.tab
            parts.append((f"[{title.strip()}]" if is_open else title,
                          "bold reverse" if is_open else ""))
            parts.append(" ")
        return row(*parts)

    # ── keys ─────────────────────────────────────────────────────────────────────────────────
    def action_tab(self, place: int) -> None:
        self.tab = TABS[place - 1]
        self.query_one("#pages", ContentSwitcher).current = self.tab
        self._paint_page()
        self._paint_bars()
        # at once: `focus` would lose the next key
        self.set_focus(self.query_one(f"#{self.tab} {FIRST_FOCUS[self.tab]}"))

    @property
    def table(self) -> Table | None:
        if self.tab == "calls":
            return self.query_one(CallTable)
        return self.query_one(OperatorTable) if self.tab == "floor" else None

    def action_hang_up(self) -> None:
        key = self.query_one(CallTable).key if self.tab == "calls" else ""
        call = self.desk.shelves.calls.get(key)
        if call is None:
            return

        def end(answer: str | None) -> None:
            if answer == "end":
                self.terminal.do("call.hangup", HangUp(call=key))
        words = self.desk.words
        title = words("terminal.end_call", who=call.client_name or call.number)
        self.app.push_screen(Menu(title, [("no", words("terminal.keep")),
                                          ("end", words("terminal.end"))]), end)

    def action_campaign(self, verb: str) -> None:
        item = self.query_one(CampaignList).campaign if self.tab == "campaigns" else None
        if item is None:
            return
        asked = CampaignArgs(campaign=item.id)
        if verb != "stop":
            self.terminal.do(f"campaign.{verb}", asked)
            return

        def stop(answer: str | None) -> None:
            if answer == "stop":
                self.terminal.do("campaign.stop", asked)
        words = self.desk.words
        self.app.push_screen(Menu(words("terminal.stop_campaign", name=item.name), [
            ("no", words("terminal.keep")), ("stop", words("terminal.stop"))]), stop)
