"""The keys of a live call, the same as the page's: a desk phone is driven from here."""

from __future__ import annotations

import re
from typing import ClassVar

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList

from workstation.protocol import ACTIONS, ConversationView
from workstation.protocol.targets import ListTargets, Targets
from workstation.terminal.dialogs import Menu, Question
from workstation.terminal.pictures import bars, controls
from workstation.terminal.screens import Dialog, LiveScreen
from workstation.terminal.widgets.panels import Choices, Picture

TONES = re.compile(r"[0-9*#A-D]{1,32}")
AGAIN_S = 2.0           # colleagues' states while the list is open


class CallScreen(LiveScreen):
    """What a key does is what the server says the call allows (`can`)."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "call_key('F2')", show=False, priority=True, id="call.answer"),
        Binding("f4", "call_key('F4')", show=False, priority=True, id="call.hold_or_resume"),
        Binding("f6", "mute", show=False, priority=True, id="call.mute_or_not"),
        Binding("f7", "transfer", show=False, priority=True, id="call.transfer_or_complete"),
        Binding("f8", "keypad", show=False, priority=True, id="call.keypad"),
        Binding("f9", "call_key('F9')", show=False, priority=True, id="call.end_or_back"),
        Binding("alt+k", "call_key('Alt+K')", show=False, priority=True, id="call.park_or_join"),
        Binding("alt+p", "call_key('Alt+P')", show=False, priority=True,
                id="recording.pause_or_not"),
        Binding("alt+o", "record", show=False, priority=True, id="recording.on_or_off"),
        Binding("alt+z", "drop_party('client')", show=False, priority=True),
        Binding("alt+x", "drop_party('third')", show=False, priority=True),
        Binding("alt+w", "waiting", show=False, priority=True, id="waiting.title"),
    ]

    @property
    def items(self) -> list[ConversationView]:
        return self.desk.shelves.open_conversations()

    @property
    def my_call(self) -> ConversationView | None:
        """The talk; else what rings."""
        return bars.live_call(self.items) or next(
            (item for item in self.items if item.state == "ringing"), None)

    def ask_call(self, verb: str, item: ConversationView | None = None, /,
                 **more: object) -> None:
        """`verb` of my call, when it is possible; else a word that it is not."""
        item = item or self.my_call
        if item is None or verb not in (*item.can, "hangup"):
            self.terminal.say(self.desk.words("terminal.not_now"))
            return
        action = f"call.{verb}"
        self.terminal.do(action, msgspec.convert({"call": item.call, **more}, ACTIONS[action]))

    def action_call_key(self, key: str) -> None:
        item = self.my_call
        verb = controls.verb(item, key)
        if key == "F9" and not verb and bars.live_call(self.items) is not None:
            verb = "hangup"
        if key == "F2" and item is not None and not verb:
            self.terminal.say(self.desk.words("terminal.on_phone"))
        elif item is not None:
            self.ask_call(verb, item)

    def action_mute(self) -> None:
        if (item := self.my_call) is not None:
            self.ask_call("mute", item, on=not item.muted)

    def action_record(self) -> None:
        if (item := self.my_call) is not None:
            self.ask_call("record", item, on=not item.recording)

    def action_drop_party(self, party: str) -> None:
        if self.my_call is not None:
            self.ask_call("drop", party=party)

    def action_keypad(self) -> None:
        if (item := self.my_call) is None or "keypad" not in item.can:
            self.ask_call("keypad", item)
            return

        def press(typed: str | None) -> None:
            digits = (typed or "").replace(" ", "").upper()
            if TONES.fullmatch(digits):
                self.ask_call("keypad", digits=digits)
        words = self.desk.words
        self.app.push_screen(Question(words("call.keypad"), words("terminal.keypad_hint")), press)

    # ── to somebody else ─────────────────────────────────────────────────────────────────────
    def action_transfer(self) -> None:
        item = self.my_call
        verb = controls.verb(item, "F7")
        if verb in ("", "complete"):
            self.ask_call(verb, item)
            return

        def go(target: str | None) -> None:
            if target is not None:
                self._hand(target)
        self.app.push_screen(TargetDialog(), go)

    def _hand(self, target: str) -> None:
        """At once, or asked first; a menu brings the client back by itself."""
        kind, _, name = target.partition(":")
        can = item.can if (item := self.my_call) is not None else []
        if kind == "menu":
            self.ask_call("to_menu", menu=name)
            return
        ways = [(verb, self.desk.words(text)) for verb, text in (
            ("consult", "transfer.ask"), ("transfer", "transfer.go")) if verb in can]

        def go(verb: str | None) -> None:
            if verb is not None:
                self.ask_call(verb, **{kind: name})
        if len(ways) == 1:
            go(ways[0][0])
        elif ways:
            self.app.push_screen(Menu(self.desk.words("transfer.title"), ways), go)

    def action_waiting(self) -> None:
        def take(chosen: str | None) -> None:
            action, _, call = (chosen or "").partition(":")
            if action:
                self.terminal.do(action, msgspec.convert({"call": call}, ACTIONS[action]))
        self.app.push_screen(WaitingDialog(), take)


class ListDialog(Dialog[str]):
    """A list that is asked of the server while it is open; gives the chosen row."""
    BINDINGS: ClassVar = [("down", "app.focus_next", "")]
    title_text = ""
    is_typed = True

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Picture(classes="title")
            if self.is_typed:
                yield Input(id="text", compact=True,
                            placeholder=self.desk.words("transfer.example"))
            yield Choices(id="hits")
            yield Picture(classes="keys")

    def on_mount(self) -> None:
        self.found: Targets | None = None
        self.query_one(".title", Picture).show(Content(self.desk.words(self.title_text)))
        self.query_one(Input if self.is_typed else Choices).focus()
        self._look()
        self.set_interval(AGAIN_S, self._look)

    def _look(self) -> None:
        self.run_worker(self._ask(), group="targets", exclusive=True)

    async def _ask(self) -> None:
        result = await self.terminal.ask("call.targets", ListTargets())
        if result:
            self.found = msgspec.convert(result, Targets)
            self.paint()

    def rows(self, found: Targets) -> controls.Rows:
        raise NotImplementedError

    def paint(self) -> None:
        if self.found is None:
            return
        rows, words = self.rows(self.found), self.desk.words
        self.query_one("#hits", Choices).show(rows)
        none = "transfer.nobody" if self.is_typed else "waiting.none"
        self.query_one(".keys", Picture).show(Content(
            words("terminal.menu_keys") if rows else words(none)))

    @on(Input.Changed)
    def _typed(self) -> None:
        self.paint()

    @on(Input.Submitted)
    def _first(self) -> None:
        if (chosen := self.query_one("#hits", Choices).highlighted_key) is not None:
            self.dismiss(chosen)

    @on(OptionList.OptionSelected)
    def _picked(self, event: OptionList.OptionSelected) -> None:
        if event.option_id is not None:
            self.dismiss(event.option_id)


class TargetDialog(ListDialog):
    """Whom the call goes to: `operator:104`, `queue:billing`, `number:+7…` or `menu:main`."""
    title_text = "transfer.title"

    def rows(self, found: Targets) -> controls.Rows:
        return controls.targets(self.desk, found, self.query_one(Input).value)


class WaitingDialog(ListDialog):
    """Whose call to take: `call.take_back:ID` or `call.pick_up:ID`."""
    title_text = "waiting.title"
    is_typed = False

    def rows(self, found: Targets) -> controls.Rows:
        return controls.waiting(self.desk, found)

    def show(self, touched: frozenset[str]) -> None:
        if "queues" in touched:
            self.paint()
