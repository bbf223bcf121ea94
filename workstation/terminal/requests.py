"""Requests of my groups: a table, what is in one, where it goes next."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import DataTable

from workstation.protocol import MoveRequest, RequestView
from workstation.terminal.dialogs import Menu
from workstation.terminal.formats import when
from workstation.terminal.pictures.line import dotted, row, stack
from workstation.terminal.screens import Dialog, Live
from workstation.terminal.widgets.panels import Picture
from workstation.terminal.widgets.tables import Cell, Table


class RequestList(Live, Vertical):
    """Late ones first, then by deadline; Enter moves one to its next stage."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)

    def compose(self) -> ComposeResult:
        words = self.desk.words
        heads = [("number", 8), ("due", 13), ("title", 21), ("client", 17), ("stage", 9),
                 ("group", 9)]
        yield Picture(classes="count")
        yield Table([(words(f"terminal.column.{name}"), width) for name, width in heads])
        yield Picture(id="request", classes="auto")

    def paint(self) -> None:
        found = sorted(self.desk.shelves.requests.values(), key=lambda item: item.due_at)
        words = self.desk.words
        self.query_one(Table).show({str(item.id): self._cells(item) for item in found})
        late = sum(item.late for item in found)
        count = [words("terminal.requests", n=len(found))]
        count += [words("terminal.late", n=late)] if late else []
        self.query_one(".count", Picture).show(Content(
            " · ".join(count) if found else words("terminal.no_requests")))
        self._describe()

    def _cells(self, item: RequestView) -> list[Cell]:
        desk = self.desk
        due = when(item.due_at, desk.locale, desk.now(), desk.zone)
        groups = {group.id: group.name for group in desk.catalogue.groups}
        late = (f"{due} {desk.words('terminal.late_mark')}", "bold $state-breach")
        return [item.number, late if item.late else due, desk.say(item.title), item.client_name,
                desk.coded("stage", item.stage), desk.say(groups.get(item.group, item.group))]

    @on(DataTable.RowHighlighted)
    def _moved(self, event: DataTable.RowHighlighted) -> None:
        event.stop()
        self._describe()

    def _describe(self) -> None:
        item = self.desk.shelves.requests.get(self.query_one(Table).key)
        if item is None:
            self.query_one("#request", Picture).show(Content(""))
            return
        forms = (form for form in self.desk.catalogue.request_types if form.type == item.type)
        labels = {field.name: field.label for form in forms for field in form.fields}
        fields = dotted([row((f"{self.desk.say(labels.get(name, name))} ", "$dim"), value)
                         for name, value in item.fields.items() if value])
        self.query_one("#request", Picture).show(stack([
            dotted([(f"{item.number} {self.desk.say(item.title)}", "bold"), item.client_name,
                    self.desk.coded("stage", item.stage),
                    self.desk.operator_name(item.operator or "")]),
            fields]))

    @on(DataTable.RowSelected)
    def _chosen(self, event: DataTable.RowSelected) -> None:
        event.stop()
        item = self.desk.shelves.requests.get(event.row_key.value or "")
        if item is None or not item.stages:
            return

        def move(stage: str | None) -> None:
            if stage is not None:
                self.terminal.do("request.move", MoveRequest(id=item.id, stage=stage))
        title = self.desk.words("terminal.move_request", number=item.number)
        self.app.push_screen(Menu(title, [
            (stage, self.desk.coded("stage_to", stage)) for stage in item.stages]), move)


class RequestsDialog(Dialog[None]):
    BINDINGS: ClassVar = [("ctrl+r", "leave", "")]

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog whole"):
            yield Picture(classes="title")
            yield RequestList()
            yield Picture(classes="keys")

    def on_mount(self) -> None:
        words = self.desk.words
        self.query_one(".title", Picture).show(Content(words("terminal.my_requests")))
        self.query_one(".keys", Picture).show(Content(words("terminal.request_keys")))
        self.query_one(RequestList).paint()
        self.query_one(Table).focus()

    def show(self, touched: frozenset[str]) -> None:
        if "requests" in touched:
            self.query_one(RequestList).paint()
