"""A request form: one row per field, filled from the client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Input

from workstation.protocol import FormFieldView, FormView
from workstation.terminal.clean import clean
from workstation.terminal.pictures.line import row
from workstation.terminal.widgets.panels import Picture
from workstation.terminal.workplace import Workplace


class Pick(Picture, can_focus=True):
    """One of a few values: arrows, space or Enter go through them; `2/3` says where one is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", show=False), Binding("right,space,enter", "step(1)",
                                                         show=False)]

    @dataclass
    class Picked(Message):
        pick: Pick
        value: str

    def __init__(self, choices: Sequence[tuple[str, str]], value: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._choices = [*choices]
        self.value = value

    def on_mount(self) -> None:
        self.put(self.value)

    def put(self, value: str) -> None:
        self.value = value
        place = self._place
        name = self._choices[place][1] if place is not None else "–"
        where = f"‹{0 if place is None else place + 1}/{len(self._choices)}› "
        self.show(row((where, "$dim"), name))

    @property
    def _place(self) -> int | None:
        values = [value for value, _ in self._choices]
        return values.index(self.value) if self.value in values else None

    def action_step(self, step: int) -> None:
        start = -1 if self._place is None and step > 0 else self._place or 0
        self.put(self._choices[(start + step) % len(self._choices)][0])
        self.post_message(self.Picked(self, self.value))

    def on_click(self) -> None:
        self.action_step(1)


class FormBox(Vertical):
    """Fields by name; values typed elsewhere are shown without moving the cursor here."""

    @dataclass
    class Typed(Message):
        type: str
        name: str
        value: str

    class Filed(Message):
        """The button: file this form."""

    def __init__(self, form: FormView, values: Mapping[str, str], desk: Workplace,
                 **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.form = form
        self._values = {item.name: values.get(item.name, item.value) for item in form.fields}
        self.desk = desk

    def compose(self) -> ComposeResult:
        yield Picture(classes="part form-title")
        for item in self.form.fields:
            with Horizontal(classes="field"):
                yield Picture(classes="label")
                yield self._input(item)
        file_word = Content(self.desk.words("terminal.file_request"))
        yield Button(file_word, classes="file", compact=True)

    def _input(self, item: FormFieldView) -> Input | Pick:
        value = self._values[item.name]
        if item.choices:
            choices = [(choice[0], self.desk.say(choice[-1])) for choice in item.choices]
            return Pick(choices, value, name=item.name, classes="pick")
        return Input(value, name=item.name, compact=True, select_on_focus=False,
                     placeholder="YYYY-MM-DD" if item.kind == "date" else "")

    def on_mount(self) -> None:
        self.query_one(".form-title", Picture).show(Content(self.desk.say(self.form.title)))
        for picture, item in zip(self.query(".label"), self.form.fields, strict=True):
            if isinstance(picture, Picture):
                star = ("*" if item.required else "", "bold")
                picture.show(row(self.desk.say(item.label), star))

    def show(self, values: Mapping[str, str]) -> None:
        for item in self.form.fields:
            value = values.get(item.name, item.value)
            for field in self.query(Input):
                if field.name == item.name and not self._is_ahead(field, item):
                    self._values[item.name] = value
                    self._put(field, value)
            for pick in self.query(Pick):
                if pick.name == item.name and pick.value == self._values[item.name]:
                    self._values[item.name] = value
                    pick.put(value)

    def _is_ahead(self, field: Input, item: FormFieldView) -> bool:
        """A key is typed whose event is still under way: that field is left alone."""
        return clean(field.value, lines=True) != self._values[item.name]

    def _put(self, field: Input, value: str) -> None:
        if field.value == value:
            return
        place = min(field.cursor_position, len(value))
        at_end = field.cursor_position == len(field.value)
        with field.prevent(Input.Changed):
            field.value = value
        field.cursor_position = len(value) if at_end else place

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._say(event.input.name, clean(event.value, lines=True).replace("\n", " "))

    @on(Pick.Picked)
    def _picked(self, event: Pick.Picked) -> None:
        event.stop()
        self._say(event.pick.name, event.value)

    def _say(self, name: str | None, value: str) -> None:
        if name is not None and value != self._values.get(name, ""):
            self._values[name] = value
            self.post_message(self.Typed(self.form.type, name, value))

    @on(Button.Pressed, ".file")
    def _file(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(self.Filed())
