"""Callers who cannot be answered now, for leads: incidents, call-backs by name, numbers that are
open or closed; what a lead decides of them."""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content

from workstation.protocol import ACTIONS
from workstation.protocol.waiting import CallBackView, EntryView, IncidentView, ShowWaiting
from workstation.terminal.dialogs import Question
from workstation.terminal.formats import when
from workstation.terminal.keys import letter
from workstation.terminal.screens import Dialog
from workstation.terminal.widgets.panels import Picture
from workstation.terminal.widgets.tables import Cell, Table

EVERY_S = 4.0
Row = IncidentView | CallBackView | EntryView


class WaitsDialog(Dialog[None]):
    """`w` withdraws a call-back, `c` closes or opens a number, Enter confirms or ends an incident,
    `d` dismisses it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(letter("w"), "withdraw", show=False),
        Binding(letter("c"), "close", show=False),
        Binding("enter", "confirm", show=False, priority=True),
        Binding(letter("d"), "turn_down", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[str, Row] = {}

    def compose(self) -> ComposeResult:
        words = self.desk.words
        with Vertical(classes="dialog whole"):
            yield Picture(classes="title")
            yield Table([("", 14), (words("waits.who"), 30), (words("waits.queue"), 16),
                         (words("waits.state"), 34)])
            yield Picture(classes="keys")

    def on_mount(self) -> None:
        self.query_one(".title", Picture).show(Content(self.desk.words("waits.title")))
        self.query_one(".keys", Picture).show(Content(self.desk.words("waits.keys")))
        self.query_one(Table).focus()
        self._read()
        self.set_interval(EVERY_S, self._read)

    def _read(self) -> None:
        self.run_worker(self._fetch(), group="waits", exclusive=True)

    async def _fetch(self) -> None:
        result = await self.terminal.ask("waiting.show", ShowWaiting())
        if result is None or not self.is_mounted:
            return
        found: dict[str, Row] = {}
        for incident in msgspec.convert(result["incidents"], list[IncidentView]):
            found[f"i{incident.id}"] = incident
        for one in msgspec.convert(result["callbacks"], list[CallBackView]):
            found[f"b{one.id}"] = one
        for entry in msgspec.convert(result["entries"], list[EntryView]):
            found[f"e{entry.entry}"] = entry
        self._rows = found
        self.query_one(Table).show({key: self._cells(row) for key, row in found.items()})

    def _cells(self, row: Row) -> list[Cell]:
        words = self.desk.words
        if isinstance(row, IncidentView):
            return [words("waits.incidents"), f"{row.city}, {row.street}",
                    words("waits.callers", n=row.callers), words(f"waits.incident_{row.state}")]
        if isinstance(row, CallBackView):
            place = f" {row.place}" if row.place else ""
            return [words("waits.callbacks") + place,
                    " · ".join(filter(None, (row.client_name, row.number))),
                    self.desk.queue_name(row.queue), self._state(row)]
        by = words(f"waits.why_{row.why}", by=row.by, reason=row.reason)
        state = words("waits.open" if row.is_open else "waits.closed")
        return [words("waits.hours"), row.entry, self.desk.queue_name(row.queue), f"{state}: {by}"]

    def _state(self, row: CallBackView) -> str:
        words, desk = self.desk.words, self.desk
        since = when(row.arrived_at, desk.locale, desk.now(), desk.zone)
        why = words(f"waits.why_{row.why}") if row.why else ""
        return " · ".join(filter(None, (words(f"waits.state_{row.state}"), why, since)))

    # ── deciding ─────────────────────────────────────────────────────────────────────────────
    @property
    def _row(self) -> Row | None:
        return self._rows.get(self.query_one(Table).key)

    def action_confirm(self) -> None:
        row = self._row
        if isinstance(row, IncidentView) and row.state in ("proposed", "open"):
            self._decide(row, "open" if row.state == "proposed" else "ended")

    def action_turn_down(self) -> None:
        row = self._row
        if isinstance(row, IncidentView) and row.state == "proposed":
            self._decide(row, "dismissed")

    def action_withdraw(self) -> None:
        row = self._row
        if isinstance(row, CallBackView) and row.place:
            self._because("waits.withdraw_why", "callback.withdraw", {"id": row.id}, "why")

    def action_close(self) -> None:
        row = self._row
        if not isinstance(row, EntryView):
            return
        if row.why == "switched":
            self._do("entry.open", {"entry": row.entry})
        else:
            self._because("waits.close_why", "entry.close", {"entry": row.entry}, "reason")

    def _decide(self, row: IncidentView, state: str) -> None:
        self._do("incident.decide", {"id": row.id, "state": state})

    def _because(self, question: str, action: str, args: dict[str, Any], name: str) -> None:
        def go(said: str | None) -> None:
            if said and len(said.strip()) >= 3:
                self._do(action, args | {name: said.strip()})
        words = self.desk.words
        self.app.push_screen(Question(words(question), words("waits.reason_hint")), go)

    def _do(self, action: str, args: dict[str, Any]) -> None:
        async def do() -> None:
            await self.terminal.ask(action, msgspec.convert(args, ACTIONS[action]))
            await self._fetch()
        self.run_worker(do(), group="do")
