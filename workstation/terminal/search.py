"""Find a client as one types, and read a card outside a conversation."""

from __future__ import annotations

from typing import ClassVar

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Input, OptionList

from workstation.protocol import (
    CardView,
    ChooseClient,
    ClientCard,
    Dial,
    HitView,
    Problem,
    SearchClients,
    TimelineView,
)
from workstation.terminal.card_edit import EditCardDialog
from workstation.terminal.dialling import dial
from workstation.terminal.dialogs import Question
from workstation.terminal.keys import letter
from workstation.terminal.pictures import client, found
from workstation.terminal.pictures.line import stack
from workstation.terminal.screens import Dialog
from workstation.terminal.widgets.panels import Choices, Picture, Scroll

PAUSE_S = 0.08          # after the last key, before the server is asked


class SearchDialog(Dialog[int]):
    """Gives the chosen client's id."""
    BINDINGS: ClassVar = [("down", "app.focus_next", "")]

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Picture(classes="title")
            yield Input(id="text", compact=True,
                        placeholder=self.desk.words("terminal.search_hint"))
            yield Choices(id="hits")
            yield Picture(classes="keys")

    def on_mount(self) -> None:
        self._timer: Timer | None = None
        words = self.desk.words
        self.query_one(".title", Picture).show(Content(words("terminal.search")))
        self.query_one(".keys", Picture).show(Content(words("terminal.search_keys")))
        self.query_one(Input).focus()

    @on(Input.Changed)
    def _typed(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(PAUSE_S, self._look)

    def _look(self) -> None:
        text = self.query_one(Input).value.strip()
        if len(text) < 2:
            self.query_one("#hits", Choices).show([])
            return
        self.run_worker(self._find(text), group="search", exclusive=True)

    async def _find(self, text: str) -> None:
        result = await self.terminal.ask("client.search", SearchClients(text=text))
        if not result:              # refused, or overtaken by the next letter
            return
        hits = msgspec.convert(result.get("hits", []), list[HitView])
        words = self.desk.words
        choices = self.query_one("#hits", Choices)
        width = max(40, choices.content_size.width)
        choices.show((str(hit.client_id), found.hit(self.desk, hit, width)) for hit in hits)
        told = words("terminal.hits", n=len(hits)) if hits else words("search.none")
        self.query_one(".keys", Picture).show(Content(
            f"{told} · {words('terminal.search_keys')}"))

    @on(Input.Submitted)
    def _first(self) -> None:
        chosen = self.query_one("#hits", Choices).highlighted_key
        if chosen is not None:
            self.dismiss(int(chosen))

    @on(OptionList.OptionSelected)
    def _picked(self, event: OptionList.OptionSelected) -> None:
        if event.option_id is not None:
            self.dismiss(int(event.option_id))


class ClientDialog(Dialog[None]):
    """A client's card and timeline, read; linked to the open conversation or called by a key."""
    BINDINGS: ClassVar = [(letter("l"), "link", ""), (letter("d"), "dial", ""),
                          (letter("e"), "edit", "")]

    def __init__(self, client_id: int, conversation: int | None) -> None:
        super().__init__()
        self._client_id = client_id
        self._conversation = conversation
        self._card: CardView | None = None

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog tall"):
            yield Picture(classes="title")
            with Scroll():
                yield Picture(classes="auto", id="card")
                yield Picture(classes="auto", id="events")
            yield Picture(classes="keys")

    def on_mount(self) -> None:
        words = self.desk.words
        self.query_one(".title", Picture).show(Content(words("terminal.client")))
        keys = [words("terminal.client_keys")]
        if self._conversation is not None:
            keys.insert(0, words("terminal.client_link_key"))
        self.query_one(".keys", Picture).show(Content(" · ".join(keys)))
        self.run_worker(self._fetch(), group="card")

    async def _fetch(self, reason: str = "") -> None:
        asked = ClientCard(client_id=self._client_id, reason=reason)
        result = await self.terminal.ask("client.card", asked, told=self._refused)
        if result is None:
            return
        self._card = msgspec.convert(result["card"], CardView)
        items = msgspec.convert(result.get("timeline", []), list[TimelineView])
        self.query_one("#card", Picture).show(client.card(self.desk, self._card, None))
        self.query_one("#events", Picture).show(stack(
            [Content(""), *(client.timeline_item(self.desk, item, 68) for item in items)]))

    def _refused(self, problem: Problem) -> bool:
        """Too many cards opened: why this one? The reason goes along the second time."""
        if problem.code != "reason_needed":
            return False
        words, seen = self.desk.words, problem.facts
        hint = words("rights.reason_lead", hour=seen.get("hour", 0), day=seen.get("day", 0))
        self.app.push_screen(Question(words("rights.title"), hint), self._give_reason)
        return True

    def _give_reason(self, reason: str | None) -> None:
        if reason:
            self.run_worker(self._fetch(reason), group="card")

    def show(self, touched: frozenset[str]) -> None:
        if touched & {"sources", "tasks"} and self._card is not None:
            self.query_one("#card", Picture).show(client.card(self.desk, self._card, None))

    def action_edit(self) -> None:
        if self._card is not None:
            self.app.push_screen(EditCardDialog(self._card), self._saved)

    def _saved(self, card: CardView | None) -> None:
        if card is not None:
            self._card = card
            self.query_one("#card", Picture).show(client.card(self.desk, card, None))

    def action_link(self) -> None:
        if self._conversation is not None:
            self.terminal.do("conversation.choose", ChooseClient(
                conversation=self._conversation, client_id=self._client_id))
            self.dismiss(None)

    def action_dial(self) -> None:
        if self._card is not None and self._card.phones:
            number = self._card.phones[0].e164
            self.dismiss(None)
            dial(self.terminal, Dial(number=number, client_id=self._client_id))
