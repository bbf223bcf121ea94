"""Menus and small questions over the screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import msgspec
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Input, OptionList

from workstation.protocol import NewClient
from workstation.protocol.duplicates import CheckDuplicates, SuspectView
from workstation.terminal.clean import clean
from workstation.terminal.keys import KEYS
from workstation.terminal.own_keys import ACTIONS_OF
from workstation.terminal.pictures import duplicates
from workstation.terminal.pictures.line import row, stack
from workstation.terminal.screens import Dialog
from workstation.terminal.widgets.panels import Choices, Picture, Scroll

WARN_AFTER_S = 0.25         # after the last key, before the server is asked who is there


class Menu(Dialog[str]):
    """One of a few things: by arrows and Enter, or by its digit. Gives the chosen id."""

    def __init__(self, title: str, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._title = title
        self._choices = choices

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Picture(classes="title")
            yield Choices(id="choices")
            yield Picture(classes="keys")

    def on_mount(self) -> None:
        self.query_one(".title", Picture).show(Content(self._title))
        self.query_one("#choices", Choices).show(
            (key, row((f" {place if place < 10 else ' '} ", "$dim"), text))
            for place, (key, text) in enumerate(self._choices, 1))
        self.query_one(".keys", Picture).show(Content(self.desk.words("terminal.menu_keys")))

    @on(OptionList.OptionSelected)
    def _picked(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_id)

    def on_key(self, event: events.Key) -> None:
        if event.key.isdigit() and 0 < int(event.key) <= len(self._choices):
            event.stop()
            self.dismiss(self._choices[int(event.key) - 1][0])


class Question(Dialog[str]):
    """One line of text; Enter gives it."""

    def __init__(self, title: str, hint: str, value: str = "") -> None:
        super().__init__()
        self._title = title
        self._hint = hint
        self._value = value

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Picture(classes="title")
            yield Input(self._value, id="answer", compact=True)
            yield Picture(classes="keys")

    def on_mount(self) -> None:
        self.query_one(".title", Picture).show(Content(self._title))
        self.query_one(".keys", Picture).show(Content(self._hint))

    @on(Input.Submitted)
    def _answered(self, event: Input.Submitted) -> None:
        if text := clean(event.value):
            self.dismiss(text)


class NewClientDialog(Dialog[NewClient]):
    """A client made of the caller's number: name, then person or organisation."""
    BINDINGS: ClassVar = [("f10", "make", "")]

    def __init__(self, conversation: int, name: str, number: str) -> None:
        super().__init__()
        self._conversation = conversation
        self._name = name
        self._number = number
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Picture(classes="title")
            yield Input(self._name, id="answer", compact=True)
            yield Choices(id="choices")
            yield Picture(id="suspects", classes="auto")
            yield Picture(classes="keys")

    def on_mount(self) -> None:
        words = self.desk.words
        self.query_one(".title", Picture).show(
            Content(words("terminal.new_client", number=self._number)))
        self.query_one("#choices", Choices).show(
            (kind, Content(words(f"kind.{kind}"))) for kind in ("person", "organisation"))
        self.query_one(".keys", Picture).show(Content(words("terminal.new_client_keys")))
        self.query_one(Input).focus()

    @on(Input.Changed)
    def _typed(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(WARN_AFTER_S, self._look)

    def _look(self) -> None:
        name = clean(self.query_one(Input).value)
        self.run_worker(self._warn(name), group="suspects", exclusive=True)

    async def _warn(self, name: str) -> None:
        """Who is there already; nothing is told when the server does not know either."""
        found: list[SuspectView] = []
        if len(name) > 2:
            asked = CheckDuplicates(name=name, conversation=self._conversation)
            result = await self.terminal.ask("duplicate.check", asked,
                                             told=lambda problem: True) or {}
            found = msgspec.convert(result.get("suspects", []), list[SuspectView])
        there = row((self.desk.words("duplicates.there_already"), "$state-offered"))
        self.query_one("#suspects", Picture).show(stack(
            [there, *(duplicates.suspect(self.desk, one) for one in found)]) if found
            else Content(""))

    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    def _entered(self) -> None:
        self.action_make()

    def action_make(self) -> None:
        name = clean(self.query_one(Input).value)
        chosen = self.query_one("#choices", Choices).highlighted_key
        kind = "organisation" if chosen == "organisation" else "person"
        if name:
            self.dismiss(NewClient(conversation=self._conversation, name=name,
                                   kind="organisation" if kind == "organisation" else "person"))


class HelpDialog(Dialog[None]):
    """Every key, in groups."""
    BINDINGS: ClassVar = [("question_mark,f1,enter,q", "leave", "")]

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog tall"):
            yield Picture(classes="title")
            with Scroll():
                yield Picture(classes="auto", id="key-list")
            yield Picture(classes="keys")

    def on_mount(self) -> None:
        words = self.desk.words
        lines: list[Content] = []
        for group, keys in KEYS.items():
            lines += [Content("")] if lines else []
            lines.append(row((words(f"terminal.keys.{group}"), "bold")))
            lines += [row((f"  {self._key(name, key):<16}", "$primary"),
                          words(f"terminal.key.{name}"), *self._not_here(name))
                      for name, key in keys]
        self.query_one("#key-list", Picture).show(stack(lines))
        self.query_one(".title", Picture).show(Content(words("terminal.keys_title")))
        self.query_one(".keys", Picture).show(Content(words("terminal.close_keys")))

    def _key(self, name: str, delivered: str) -> str:
        return self.terminal.own_keys.shown.get(ACTIONS_OF.get(name, ""), delivered)

    def _not_here(self, name: str) -> tuple[str, ...]:
        """A key that he chose on the page and that no terminal sends, or that means another thing
        here: the delivered one stays."""
        chord = self.terminal.own_keys.refused.get(ACTIONS_OF.get(name, ""))
        return (self.desk.words("terminal.not_here", chord=chord),) if chord else ()
