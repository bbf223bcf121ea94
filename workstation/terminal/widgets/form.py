"""A request form: one row per field, filled from the client."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Input, Select

from workstation.protocol import FormFieldView, FormView
from workstation.terminal.clean import clean
from workstation.terminal.pictures.line import row
from workstation.terminal.widgets.panels import Picture
from workstation.terminal.workplace import Workplace


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
        self._values = dict(values)
        self.desk = desk

    def compose(self) -> ComposeResult:
        yield Picture(classes="part form-title")
        for item in self.form.fields:
            with Horizontal(classes="field"):
                yield Picture(classes="label")
                yield self._input(item)
        file_word = Content(self.desk.words("terminal.file_request"))
        yield Button(file_word, classes="file", compact=True)

    def _input(self, item: FormFieldView) -> Input | Select[str]:
        value = self._values.get(item.name, item.value)
        if item.choices:
            known = {choice[0] for choice in item.choices}
            options = [(Content(self.desk.say(choice[-1])), choice[0]) for choice in item.choices]
            return Select(options, value=value if value in known else Select.NULL, prompt="–",
                          compact=True, name=item.name)
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
            self._values[item.name] = value
            for field in self.query(Input):
                if field.name == item.name and field.value != value:
                    self._put(field, value)
            for choice in self.query(Select):
                if choice.name == item.name:
                    self._pick(choice, item, value)

    def _put(self, field: Input, value: str) -> None:
        place = min(field.cursor_position, len(value))
        at_end = field.cursor_position == len(field.value)
        with field.prevent(Input.Changed):
            field.value = value
        field.cursor_position = len(value) if at_end else place

    def _pick(self, field: Select[str], item: FormFieldView, value: str) -> None:
        known = value in {choice[0] for choice in item.choices}
        wanted = value if known else Select.NULL
        if field.value != wanted:
            with field.prevent(Select.Changed):
                field.value = wanted

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._say(event.input.name, clean(event.value, lines=True).replace("\n", " "))

    @on(Select.Changed)
    def _picked(self, event: Select.Changed) -> None:
        event.stop()
        self._say(event.select.name, "" if event.value is Select.NULL else str(event.value))

    def _say(self, name: str | None, value: str) -> None:
        filled = {item.name: item.value for item in self.form.fields}
        known = self._values.get(name or "", filled.get(name or "", ""))
        if name is not None and value != known:
            self._values[name] = value
            self.post_message(self.Typed(self.form.type, name, value))

    @on(Button.Pressed, ".file")
    def _file(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(self.Filed())
