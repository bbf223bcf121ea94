"""Tasks: mine, my team's, those I gave, those that are done; a new one in one dialog."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import DataTable, Input, OptionList

from workstation.protocol import (
    Args,
    FinishTask,
    HandOverTask,
    ListTasks,
    MakeTask,
    ReopenTask,
    RescheduleTask,
    TaskEventView,
    TaskHistory,
    TaskView,
)
from workstation.terminal import due
from workstation.terminal.clean import clean
from workstation.terminal.dialogs import Menu, Question
from workstation.terminal.formats import when
from workstation.terminal.keys import letter
from workstation.terminal.pictures import tasks as pictures
from workstation.terminal.pictures.line import Part, dotted, row, stack
from workstation.terminal.screens import Dialog, Live
from workstation.terminal.widgets.panels import Choices, Picture, Scroll
from workstation.terminal.widgets.tables import Cell, Table

FILTERS = ("mine", "team", "given", "done")


@dataclass(frozen=True, slots=True)
class About:
    """What a new task is about."""
    client_id: int | None = None
    client_name: str = ""
    conversation: int | None = None


class TaskList(Live, Vertical):
    """By date; Enter says what may be done with one, `f` changes whose they are."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(letter("f"), "filter", show=False), Binding(letter("n"), "new", show=False)]

    def __init__(self, about: About = About(), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._about = about
        self._filter = ""
        self._done: list[TaskView] = []

    def compose(self) -> ComposeResult:
        words = self.desk.words
        heads = [("due", 14), ("task", 34), ("client", 17), ("who", 15)]
        yield Picture(classes="count")
        yield Table([(words(f"terminal.column.{name}"), width) for name, width in heads])
        yield Picture(id="task", classes="auto")

    @property
    def filter(self) -> str:
        return self._filter or ("team" if self.desk.supervises else "mine")

    def _found(self) -> dict[str, TaskView]:
        desk = self.desk
        if self.filter == "done":
            return {str(task.id): task for task in self._done}
        everything = sorted(desk.shelves.tasks.values(), key=lambda item: (item.due_at, item.id))
        if self.filter == "mine":
            everything = [task for task in everything if pictures.is_mine(desk, task)]
        if self.filter == "given":
            everything = [task for task in everything
                          if task.made_by == desk.me.id != task.operator]
        return {str(task.id): task for task in everything}

    def paint(self) -> None:
        desk, found = self.desk, self._found()
        words = desk.words
        self.query_one(Table).show({key: self._cells(item) for key, item in found.items()})
        late = sum(pictures.is_late(desk, item) for item in found.values())
        count: list[Part] = [(words(f"tasks.{self.filter}"), "bold"),
                             words("tasks.count", n=len(found)) if found
                             else words(f"tasks.none.{self.filter}")]
        count += [(words("terminal.late", n=late), "bold $state-breach")] if late else []
        self.query_one(".count", Picture).show(dotted(count))
        self._describe()

    def _cells(self, item: TaskView) -> list[Cell]:
        desk = self.desk
        at = item.done_at or item.due_at
        shown = when(at, desk.locale, desk.now(), desk.zone)
        is_late = pictures.is_late(desk, item)
        late = (f"{shown} {desk.words('terminal.late_mark')}", "bold $state-breach")
        return [late if is_late else shown, item.title, item.client_name,
                pictures.who(desk, item)]

    def _describe(self) -> None:
        item, desk = self._found().get(self.query_one(Table).key), self.desk
        if item is None:
            self.query_one("#task", Picture).show(Content(""))
            return
        given = desk.words("tasks.given_by", name=pictures.named(self.desk, item.made_by))
        request = desk.words("task.request", number=item.request_id) if item.request_id else ""
        self.query_one("#task", Picture).show(stack([
            dotted([(item.title, "bold"), item.client_name, request, (given, "$dim")]),
            row(" ".join(item.note.split()))]))

    @on(DataTable.RowHighlighted)
    def _moved(self, event: DataTable.RowHighlighted) -> None:
        event.stop()
        self._describe()

    def action_filter(self) -> None:
        self._filter = FILTERS[(FILTERS.index(self.filter) + 1) % len(FILTERS)]
        if self._filter == "done":
            self.run_worker(self._read_done(), group="done", exclusive=True)
        self.paint()

    async def _read_done(self) -> None:
        result = await self.terminal.ask("task.list", ListTasks(done=True))
        if result is not None:
            self._done = msgspec.convert(result["tasks"], list[TaskView])
            self.paint()

    def action_new(self) -> None:
        ask_new(self, self._about)

    # ── what may be done with one ────────────────────────────────────────────────────────────
    @on(DataTable.RowSelected)
    def _chosen(self, event: DataTable.RowSelected) -> None:
        event.stop()
        item = self._found().get(event.row_key.value or "")
        if item is None:
            return

        def act(choice: str | None) -> None:
            if choice is not None:
                self._act(choice, item)
        steps = ["reopen"] if item.done_at else ["done", "take", "reschedule", "hand_over"]
        if item.operator == self.desk.me.id and "take" in steps:
            steps.remove("take")
        words = self.desk.words
        choices = [(step, words(f"task.{step}")) for step in steps]
        choices.append(("history", words("tasks.history")))
        self.app.push_screen(Menu(item.title, choices), act)

    def _act(self, choice: str, item: TaskView) -> None:
        match choice:
            case "done":
                self.terminal.do("task.done", FinishTask(id=item.id))
            case "reopen":
                self.run_worker(self._reopen(item), group="do")
            case "take":
                self.terminal.do("task.hand_over", HandOverTask(
                    id=item.id, operator=self.desk.me.id, group=item.group))
            case "reschedule":
                self._ask_date(item)
            case "hand_over":
                self._ask_person(item)
            case "history":
                self.app.push_screen(HistoryDialog(item))

    async def _reopen(self, item: TaskView) -> None:
        if await self.terminal.ask("task.reopen", ReopenTask(id=item.id)) is not None:
            await self._read_done()

    def _ask_date(self, item: TaskView) -> None:
        words = self.desk.words

        def move(text: str | None) -> None:
            at = due.read(text, self.desk.now(), self.desk.zone) if text else None
            if text and at is None:
                self.terminal.say(words("problem.no_date"), "warning")
            if at is not None:
                self.terminal.do("task.reschedule", RescheduleTask(id=item.id, due_at=at))
        self.app.push_screen(Question(words("task.reschedule"), words("terminal.due_how")), move)

    def _ask_person(self, item: TaskView) -> None:
        def hand(key: str | None) -> None:
            if key is not None:
                operator, group = _whom(key)
                self.terminal.do("task.hand_over", HandOverTask(
                    id=item.id, operator=operator, group=group))
        self.app.push_screen(Menu(self.desk.words("task.hand_over"), people(self)), hand)


class TasksDialog(Dialog[None]):
    BINDINGS: ClassVar = [("ctrl+t", "leave", "")]

    def __init__(self, about: About = About()) -> None:
        super().__init__()
        self._about = about

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog whole"):
            yield Picture(classes="title")
            yield TaskList(self._about)
            yield Picture(classes="keys")

    def on_mount(self) -> None:
        words = self.desk.words
        self.query_one(".title", Picture).show(Content(words("tasks.title")))
        self.query_one(".keys", Picture).show(Content(words("terminal.task_keys")))
        self.query_one(TaskList).paint()
        self.query_one(Table).focus()

    def show(self, touched: frozenset[str]) -> None:
        if "tasks" in touched:
            self.query_one(TaskList).paint()


class NewTaskDialog(Dialog[MakeTask]):
    """What, by when, who; Enter makes it with what stands there."""
    BINDINGS: ClassVar = [("f10", "make", "")]

    def __init__(self, about: About) -> None:
        super().__init__()
        self._about = about

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog new-task"):
            yield Picture(classes="title")
            yield Picture(classes="part", id="what")
            yield Input(id="task-title", compact=True, max_length=200)
            yield Picture(classes="part", id="when")
            yield Input("+1h", id="task-due", compact=True, max_length=40)
            yield Picture(classes="part", id="for")
            yield Choices(id="choices")
            yield Picture(classes="keys")

    def on_mount(self) -> None:
        words = self.desk.words
        name = self._about.client_name
        title = f"{words('task.make')}: {name}" if name else words("task.make")
        for place, text in ((".title", title), ("#what", words("task.what")),
                            ("#when", f"{words('task.due')} · {words('terminal.due_how')}"),
                            ("#for", words("task.who")),
                            (".keys", words("terminal.new_task_keys"))):
            self.query_one(place, Picture).show(Content(text))
        self.query_one("#choices", Choices).show(
            (key, Content(text)) for key, text in people(self))
        self.query_one("#task-title", Input).focus()

    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    def _entered(self) -> None:
        self.action_make()

    def action_make(self) -> None:
        words = self.desk.words
        title = clean(self.query_one("#task-title", Input).value).strip()
        at = due.read(self.query_one("#task-due", Input).value, self.desk.now(), self.desk.zone)
        if not title or at is None:
            missing = "problem.no_date" if title else "problem.title_missing"
            self.terminal.say(words(missing), "warning")
            self.query_one("#task-due" if title else "#task-title", Input).focus()
            return
        chosen = self.query_one("#choices", Choices).highlighted_key or f"o:{self.desk.me.id}"
        operator, group = _whom(chosen)
        self.dismiss(MakeTask(
            title=title, due_at=at, remind=[-15, 0], operator=operator, group=group,
            client_id=self._about.client_id, conversation=self._about.conversation))


class HistoryDialog(Dialog[None]):
    """Everything that happened to one task."""

    def __init__(self, task: TaskView) -> None:
        super().__init__()
        self._of = task

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog tall"):
            yield Picture(classes="title")
            with Scroll():
                yield Picture(classes="auto", id="events")
            yield Picture(classes="keys")

    def on_mount(self) -> None:
        self.query_one(".title", Picture).show(Content(self._of.title))
        self.query_one(".keys", Picture).show(Content(self.desk.words("terminal.close_keys")))
        self.run_worker(self._read(), group="history")

    async def _read(self) -> None:
        result = await self.terminal.ask("task.history", TaskHistory(id=self._of.id))
        if result is not None:
            events = msgspec.convert(result["events"], list[TaskEventView])
            self.query_one("#events", Picture).show(stack([self._line(one) for one in events]))

    def _line(self, event: TaskEventView) -> Content:
        desk = self.desk
        became = ""
        if event.kind == "moved":
            became = f"→ {when(event.due_at, desk.locale, desk.now(), desk.zone)}"
        if event.kind == "handed_over":
            became = f"→ {pictures.named(desk, event.operator or event.group or '')}"
        return dotted([(when(event.at, desk.locale, desk.now(), desk.zone), "$dim"),
                       (desk.coded("task_event", event.kind), "bold"),
                       "" if event.by == "clock" else pictures.named(desk, event.by), became,
                       event.note])


def ask_new(screen: Live, about: About) -> None:
    """The dialog of a new task; it is made when the dialog says so."""
    def make(wanted: MakeTask | None) -> None:
        if wanted is not None:
            screen.terminal.run_worker(_make(screen, wanted), group="do")
    screen.terminal.push_screen(NewTaskDialog(about), make)


async def _make(screen: Live, wanted: Args) -> None:
    result = await screen.terminal.ask("task.make", wanted)
    if result is not None:
        task, desk = msgspec.convert(result["task"], TaskView), screen.desk
        due_at = when(task.due_at, desk.locale, desk.now(), desk.zone)
        screen.terminal.say(desk.words("task.kept", title=task.title, when=due_at))


def people(screen: Live) -> list[tuple[str, str]]:
    """Who may be asked: I, the groups, the others; ids `o:101`, `g:billing`."""
    desk = screen.desk
    me = (f"o:{desk.me.id}", desk.words("task.me", name=desk.me.name))
    groups = [(f"g:{one.id}", desk.say(one.name)) for one in desk.catalogue.groups]
    others = [(f"o:{one.id}", one.name) for one in desk.catalogue.operators
              if one.id != desk.me.id]
    return [me, *groups, *others]


def _whom(key: str) -> tuple[str | None, str | None]:
    """(operator, group) of one of `people`."""
    kind, _, name = key.partition(":")
    return (name, None) if kind == "o" else (None, name)

