"""Requests of my groups: a table, what is in one, where it goes next; who owes what to whom."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import DataTable

from workstation.protocol import MoveRequest, RequestView, TaskView
from workstation.protocol.requests import (
    HandOverRequest,
    JoinRequests,
    PartRequest,
    ReopenRequest,
    RequestHistory,
    TakeRequest,
)
from workstation.terminal import request_story
from workstation.terminal.dialogs import Menu
from workstation.terminal.formats import when
from workstation.terminal.pictures.line import dotted, row, stack
from workstation.terminal.screens import Dialog, Live
from workstation.terminal.widgets.panels import Picture
from workstation.terminal.widgets.tables import Cell, Table


class RequestList(Live, Vertical):
    """Late ones first, then by deadline; Enter says what can be done with one. `o` shows tasks
    among them: who owes what to whom by when."""

    BINDINGS: ClassVar = [("o", "owed", "")]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._with_tasks = False

    def compose(self) -> ComposeResult:
        words = self.desk.words
        heads = [("number", 8), ("due", 13), ("title", 21), ("client", 17), ("stage", 9),
                 ("group", 9)]
        yield Picture(classes="count")
        yield Table([(words(f"terminal.column.{name}"), width) for name, width in heads])
        yield Picture(id="request", classes="auto")

    def paint(self) -> None:
        shelves, words = self.desk.shelves, self.desk.words
        found: list[RequestView | TaskView] = list(shelves.requests.values())
        if self._with_tasks:
            found += shelves.tasks.values()
        found.sort(key=lambda item: item.due_at)
        self.query_one(Table).show({
            key_of(item): self._cells(item) if isinstance(item, RequestView)
            else self._task_cells(item) for item in found})
        late = sum(item.late for item in found)
        count = [words("owed.count" if self._with_tasks else "terminal.requests", n=len(found))]
        count += [words("terminal.late", n=late)] if late else []
        self.query_one(".count", Picture).show(Content(
            " · ".join(count) if found else words("terminal.no_requests")))
        self._describe()

    def _cells(self, item: RequestView) -> list[Cell]:
        desk = self.desk
        due = when(item.due_at, desk.locale, desk.now(), desk.zone)
        groups = {group.id: group.name for group in desk.catalogue.groups}
        late = (f"{due} {desk.words('terminal.late_mark')}", "bold $state-breach")
        who = desk.operator_name(item.operator) if item.operator else desk.say(
            groups.get(item.group, item.group))
        return [item.number, late if item.late else due, self._title(item),
                item.client_name or item.contact, self._stage(item, item.stage), who]

    def _task_cells(self, item: TaskView) -> list[Cell]:
        desk = self.desk
        due = when(item.due_at, desk.locale, desk.now(), desk.zone)
        late = (f"{due} {desk.words('terminal.late_mark')}", "bold $state-breach")
        who = desk.operator_name(item.operator) if item.operator else item.group or ""
        return [desk.words("owed.task"), late if item.late else due, item.title,
                item.client_name, "", who]

    def _title(self, item: RequestView) -> str:
        forms = (form.title for form in self.desk.catalogue.request_types
                 if form.type == item.type)
        return self.desk.say(next(forms, item.title))

    def _stage(self, item: RequestView, stage: str, *, step: bool = False) -> str:
        """As the type names it, else as everybody does; `step`: what leads there."""
        known = next((one for form in self.desk.catalogue.request_types
                      if form.type == item.type for one in form.stages if one[0] == stage), None)
        named = known[2 if step else 1] if known is not None else ""
        return named or self.desk.coded("stage_to" if step else "stage", stage)

    def action_owed(self) -> None:
        self._with_tasks = not self._with_tasks
        self.paint()

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
            dotted([(f"{item.number} {self._title(item)}", "bold"),
                    item.client_name or item.contact, self._stage(item, item.stage),
                    self.desk.operator_name(item.operator or "")]),
            fields]))

    @on(DataTable.RowSelected)
    def _chosen(self, event: DataTable.RowSelected) -> None:
        event.stop()
        item = self.desk.shelves.requests.get(event.row_key.value or "")
        if item is None:
            return
        words = self.desk.words
        choices = [(f"stage {stage}", self._stage(item, stage, step=True))
                   for stage in item.stages]
        if item.stages and item.operator != self.desk.me.id and "operator" in self.desk.me.roles:
            choices.append(("take", words("request.take")))
        if item.stages:
            choices.append(("give", f"{words('requests.give_to')} …"))
        choices += request_story.more_choices(self.desk, item)

        def chosen(choice: str | None) -> None:
            kind, _, stage = (choice or "").partition(" ")
            match kind:
                case "take":
                    self.terminal.do("request.take", TakeRequest(id=item.id))
                case "stage":
                    self.terminal.do("request.move", MoveRequest(id=item.id, stage=stage))
                case "give":
                    self._give(item)
                case "join":
                    self.terminal.do("request.join", JoinRequests(id=item.id, into=int(stage)))
                case "reopen":
                    self.terminal.do("request.reopen", ReopenRequest(id=item.id))
                case "story":
                    self.app.run_worker(self._tell(item), group="story")
        self.app.push_screen(Menu(words("terminal.move_request", number=item.number), choices),
                             chosen)

    async def _tell(self, item: RequestView) -> None:
        """What happened to it; what was joined to it can be parted again."""
        told = await self.terminal.ask("request.history", RequestHistory(id=item.id))
        if told is None:
            return

        def chosen(choice: str | None) -> None:
            kind, _, number = (choice or "").partition(" ")
            if kind == "part":
                self.terminal.do("request.part", PartRequest(id=int(number)))
        self.app.push_screen(Menu(f"{item.number} · {self.desk.words('tasks.history')}",
                                  request_story.story(self.desk, told)), chosen)

    def _give(self, item: RequestView) -> None:
        """To a colleague; the deadline stays."""
        people = [(one.id, one.name) for one in self.desk.catalogue.operators
                  if one.id != item.operator]

        def given(operator: str | None) -> None:
            if operator is not None:
                self.terminal.do("request.hand_over",
                                 HandOverRequest(id=item.id, operator=operator))
        self.app.push_screen(Menu(self.desk.words("requests.give_to"), people), given)


def key_of(item: RequestView | TaskView) -> str:
    return str(item.id) if isinstance(item, RequestView) else f"task {item.id}"


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
        if touched & {"requests", "tasks"}:
            self.query_one(RequestList).paint()
