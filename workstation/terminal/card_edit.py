"""Editing a card in the terminal: every field a row, what is wrong below its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input

from workstation.protocol import CardView, ChangeClient, ChangedView, ClientEdit, Problem
from workstation.terminal import card_form
from workstation.terminal.clean import clean
from workstation.terminal.formats import when
from workstation.terminal.pictures.line import row, stack
from workstation.terminal.screens import Dialog
from workstation.terminal.widgets.form import Pick
from workstation.terminal.widgets.panels import Picture, Scroll


class EditCardDialog(Dialog[CardView]):
    """Gives the card as it was saved; nothing when it was left."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s,f10", "save", show=False, priority=True),
        Binding("down", "app.focus_next", show=False), Binding("up", "app.focus_previous",
                                                               show=False)]

    def __init__(self, card: CardView) -> None:
        super().__init__()
        self._card = card
        self._values: dict[str, str] = {}       # what was typed, by row
        self._rows: list[card_form.FieldRow] = []
        self._is_warned = False

    def compose(self) -> ComposeResult:
        self._rows = card_form.rows(self.desk, self._card)
        with Vertical(classes="dialog whole card-edit"):
            yield Picture(classes="title")
            yield Picture(classes="auto", id="told")
            with Scroll(id="edit-rows"):
                for item in self._rows:
                    with Horizontal(classes="field"):
                        yield Picture(classes="label")
                        yield self._input(item)
                    yield Picture(classes="auto wrong", name=item.name)
            yield Picture(classes="keys")

    def _input(self, item: card_form.FieldRow) -> Input | Pick:
        value = self._values.get(item.name, item.value)
        if item.choices:
            return Pick(item.choices, value, name=item.name, classes="pick")
        return Input(value, name=item.name, compact=True, select_on_focus=False)

    def on_mount(self) -> None:
        words = self.desk.words
        self.query_one(".title", Picture).show(Content(
            f"{words('edit.title')}: {self._card.name}"))
        self.query_one(".keys", Picture).show(Content(words("terminal.edit_keys")))
        self._label()
        self.query(Input).first().focus()

    def _label(self) -> None:
        for picture, item in zip(self.query(".label"), self._rows, strict=True):
            if isinstance(picture, Picture):
                picture.show(row(item.label))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._put(event.input.name, clean(event.value))

    @on(Pick.Picked)
    def _picked(self, event: Pick.Picked) -> None:
        event.stop()
        self._put(event.pick.name, event.value)

    def _put(self, name: str | None, value: str) -> None:
        if name is not None:
            self._values[name] = value
            self._is_warned = False

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_save()

    # ── leaving and saving ───────────────────────────────────────────────────────────────────
    def _edit(self) -> ClientEdit:
        return card_form.edit_of(self._rows, self._values)

    def action_leave(self) -> None:
        """Undo the field one stands in; then leave, after a warning where something is typed."""
        field = self.focused
        known = {item.name: item.value for item in self._rows}
        if isinstance(field, Input) and field.name is not None and (
                field.value != known.get(field.name, "")):
            field.value = known.get(field.name, "")
            return
        if self._edit() == ClientEdit() or self._is_warned:
            self.dismiss(None)
            return
        self._is_warned = True
        self._tell(row((self.desk.words("edit.unsaved"), "bold")))

    def action_save(self) -> None:
        edit = self._edit()
        if edit == ClientEdit():
            self.dismiss(None)
            return
        self.run_worker(self._save(edit), group="card-edit", exclusive=True)

    async def _save(self, edit: ClientEdit) -> None:
        asked = ChangeClient(client_id=self._card.client_id, version=self._card.version,
                             changes=edit)
        result = await self.terminal.ask("client.change", asked,
                                         told=lambda problem: self._refused(problem, edit))
        if result is not None:
            self.terminal.say(self.desk.words("edit.saved"))
            self.dismiss(msgspec.convert(result["card"], CardView))

    def _refused(self, problem: Problem, edit: ClientEdit) -> bool:
        if problem.code == "stale" and "card" in problem.facts:
            self.run_worker(self._carry_over(problem.facts), group="carry")
            return True
        if problem.code == "fields_invalid" and "fields" in problem.facts:
            self._mark({card_form.row_of(place, edit): code
                        for place, code in problem.facts["fields"].items()})
            return True
        return False

    def _mark(self, wrong: Mapping[str, str]) -> None:
        """What is wrong, below its row; the first of them gets the cursor."""
        first = True
        for picture in self.query(".wrong"):
            code = next((code for place, code in wrong.items() if picture.name and (
                place == picture.name or place.startswith(f"{picture.name}."))), None)
            if not isinstance(picture, Picture):
                continue
            text = self.desk.coded("invalid", code) if code else ""
            picture.show(row((f"  ! {text}", "bold $state-breach")) if code else Content(""))
            if code and first:
                first = False
                for field in (*self.query(Input), *self.query(Pick)):
                    if field.name == picture.name:
                        field.focus()

    async def _carry_over(self, facts: Mapping[str, Any]) -> None:
        """Somebody saved meanwhile: his card is the base now, what was typed stays."""
        typed = {item.name: self._values[item.name] for item in self._rows
                 if self._values.get(item.name, item.value) != item.value}
        self._card = msgspec.convert(facts["card"], CardView)
        self._values = typed
        await self.recompose()
        self.on_mount()
        changes = msgspec.convert(facts["changes"], list[ChangedView])
        self._tell(stack([row((self._said(changes), "bold")), *(
            row(f"  {_named(self.desk, one)}: ", (f"{_short(one.before)} → {_short(one.after)}",
                                                  "bold")) for one in changes)]))

    def _said(self, changes: list[ChangedView]) -> str:
        if not changes:
            return self.desk.words("problem.stale")
        last, desk = changes[-1], self.desk
        return desk.words("edit.stale", who=desk.operator_name(last.by),
                          at=when(last.at, desk.locale, desk.now(), desk.zone))

    def _tell(self, content: Content) -> None:
        self.query_one("#told", Picture).show(content)


def _named(desk: Any, one: ChangedView) -> str:
    kind, _, about = one.field.partition(":")
    return one.label or " ".join([desk.coded("changed", kind), about]).strip()


def _short(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    if isinstance(value, dict):
        return ", ".join(str(part) for part in value.values() if part) or "–"
    return "–" if value in (None, "") else str(value)
