"""The client's side of a conversation: candidates or card, and the timeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList

from workstation.protocol import CandidateView, ConversationView, TimelineView
from workstation.terminal.pictures import client
from workstation.terminal.pictures.line import row
from workstation.terminal.widgets.panels import Choices, Picture, Scroll
from workstation.terminal.workplace import Workplace

OLDER = "older"


class ClientSide(Vertical):
    """Card, or who it may be; candidates are open while nobody is chosen."""

    @dataclass
    class Chosen(Message):
        """None: none of these."""
        client_id: int | None

    def __init__(self, desk: Workplace, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.desk = desk
        self.is_choosing = False
        self._offered: list[CandidateView] = []
        self._key: int | None = None
        self._refused: set[int] = set()

    def compose(self) -> ComposeResult:
        yield Choices(id="candidates")
        with Scroll(id="card-scroll"):
            yield Picture(id="card")

    def show(self, item: ConversationView | None) -> None:
        if item is None:
            self.is_choosing, self._key = False, None
            self.query_one("#card", Picture).show(Content(""))
        else:
            self._follow(item)
        self.query_one("#candidates", Choices).display = self.is_choosing
        self.query_one("#card-scroll").display = not self.is_choosing

    def _follow(self, item: ConversationView) -> None:
        if item.id != self._key:
            self._key, self.is_choosing = item.id, False
            self.query_one("#card-scroll", Scroll).scroll_home(animate=False)
        others = item.card.others_on_number if item.card is not None else []
        self._offered = item.candidates or others
        if item.client_id is None and self._offered and item.id not in self._refused:
            self.is_choosing = True
        elif not self._offered:
            self.is_choosing = False
        self._paint(item)

    def _paint(self, item: ConversationView) -> None:
        width = max(20, self.size.width - 2)
        rows = [(str(choice.client_id), client.candidate(self.desk, place, choice, width))
                for place, choice in enumerate(self._offered, 1)]
        none = row((" 0 ", "bold reverse"), f" {self.desk.words('terminal.none_of_these')}")
        self.query_one("#candidates", Choices).show([*rows, ("0", none)])
        picture = (client.unknown(self.desk, item) if item.card is None
                   else client.card(self.desk, item.card, item))
        self.query_one("#card", Picture).show(picture)

    def choose(self, place: int) -> None:
        """By digit; 0 is none of these."""
        if not self.is_choosing or place > len(self._offered):
            return
        self.is_choosing = False
        if place == 0 and self._key is not None:
            self._refused.add(self._key)
        self.post_message(self.Chosen(self._offered[place - 1].client_id if place else None))

    def toggle(self, item: ConversationView) -> None:
        """Open the candidates again, or close them."""
        if self._offered:
            self._refused.discard(item.id)
            self.is_choosing = not self.is_choosing or item.client_id is None
            self.show_choosing()

    def show_choosing(self) -> None:
        choices = self.query_one("#candidates", Choices)
        choices.display = self.is_choosing
        self.query_one("#card-scroll").display = not self.is_choosing
        wanted = choices if self.is_choosing else self.query_one("#card-scroll", Scroll)
        self.screen.set_focus(wanted)

    @on(OptionList.OptionSelected, "#candidates")
    def _picked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        is_none = event.option_index >= len(self._offered)
        self.choose(0 if is_none else event.option_index + 1)


class Timeline(Choices):
    """Newest first; left and right change the filter, Enter on the last row loads older ones.

    The server finds what a filter lets through: one note behind a thousand calls is there at once.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "filter(-1)", show=False), Binding("right", "filter(1)", show=False)]

    @dataclass
    class Older(Message):
        """A page is wanted, the first one of a filter without a cursor."""
        client_id: int
        cursor: str | None
        filter: str

    @dataclass
    class Answered(Message):
        """The answers to a script of this contact are wanted."""
        interaction: int

    class Filtered(Message):
        """The filter changed; its name is for the title."""
        def __init__(self, name: str) -> None:
            super().__init__()
            self.filter = name

    def __init__(self, desk: Workplace, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.desk = desk
        self.filter = "all"
        self._conversation: ConversationView | None = None
        self._older: list[TimelineView] = []
        self._cursor: str | None = None
        self._of: tuple[int, int | None] | None = None

    def follow(self, item: ConversationView | None) -> None:
        of = None if item is None else (item.id, item.client_id)
        if of != self._of or item is None:
            self._conversation = item
            self._begin_again()
        self._conversation = item
        self._paint()

    def _begin_again(self) -> None:
        """All that the picture itself brought, or the first page of the filter."""
        item, self._older = self._conversation, []
        self._of = None if item is None else (item.id, item.client_id)
        self._cursor = None if item is None or self.filter != "all" else item.timeline_cursor
        if self.filter != "all" and item is not None and item.client_id:
            self.post_message(self.Older(item.client_id, None, self.filter))

    def add_older(self, items: list[TimelineView], cursor: str | None, of: str) -> None:
        if of != self.filter:
            return                      # another one was chosen meanwhile
        self._older += items
        self._cursor = cursor
        self._paint()

    def _paint(self) -> None:
        item, words = self._conversation, self.desk.words
        shown = [] if item is None else sorted(
            {one.key: one for one in [*item.timeline, *self._older]}.values(),
            key=lambda one: (one.at, one.key), reverse=True)
        kinds = client.FILTERS[self.filter]
        width = max(20, self.size.width - 2)
        rows = {one.key: client.timeline_item(self.desk, one, width) for one in shown
                if not kinds or (one.kind in kinds and (
                    self.filter != "notes" or one.kind == "note" or one.facts.get("note")))}
        listed = list(rows.items())
        if self._cursor is not None:
            listed.append((OLDER, row((words("terminal.older"), "$dim"))))
        elif item is not None and not listed:
            listed.append(("", row((words("terminal.no_history"), "$dim"))))
        self.show(listed)

    def on_resize(self) -> None:
        self._paint()

    def action_filter(self, step: int) -> None:
        names = list(client.FILTERS)
        self.filter = names[(names.index(self.filter) + step) % len(names)]
        self._begin_again()
        self._paint()
        self.post_message(self.Filtered(self.filter))

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        item = self._conversation
        if event.option_id == OLDER and item is not None and item.client_id and self._cursor:
            self.post_message(self.Older(item.client_id, self._cursor, self.filter))
            return
        shown = [*(item.timeline if item is not None else ()), *self._older]
        facts: dict[str, Any] = next(
            (one.facts for one in shown if one.key == event.option_id), {})
        if facts.get("scripted"):
            self.post_message(self.Answered(int(facts["interaction_id"])))
