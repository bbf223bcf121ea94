"""What a lead does with the calls of others: hear them, speak in them, send them elsewhere."""

from __future__ import annotations

from typing import ClassVar

import msgspec
from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import DataTable

from workstation.protocol import ACTIONS, CallView
from workstation.terminal import day, leading
from workstation.terminal.calls import TargetDialog
from workstation.terminal.dialogs import Menu
from workstation.terminal.screens import LiveScreen
from workstation.terminal.widgets.floor import CallTable, OperatorTable
from workstation.terminal.widgets.tables import Table

# the page's letters
DEEDS = {"l": "listen", "w": "whisper", "b": "barge", "g": "take_over", "h": "stop_listening"}
SENDING = ("redirect", "transfer")
RECORDING = ("pause_recording", "resume_recording")


class OverseeingScreen(LiveScreen):
    """Enter on an operator or a call shows what its `can` allows."""
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(f"alt+{letter}", f"oversee('{verb}')", show=False, priority=True)
          for letter, verb in DEEDS.items()),
        Binding("alt+q", "listen_to_who_asks", show=False, priority=True)]

    @property
    def table(self) -> Table | None:
        """Where the call under the cursor stands."""
        raise NotImplementedError

    @property
    def call(self) -> CallView | None:
        table, shelves = self.table, self.desk.shelves
        if isinstance(table, OperatorTable):
            operator = shelves.operators.get(table.key)
            return shelves.calls.get(operator.call or "") if operator is not None else None
        return shelves.calls.get(table.key) if table is not None else None

    @property
    def heard(self) -> CallView | None:
        """The call that I hear now."""
        return next((call for call in self.desk.shelves.calls.values() if any(
            one.supervisor == self.desk.me.id for one in call.listeners)), None)

    def action_oversee(self, verb: str) -> None:
        """Of the call under the cursor; who hears one already goes on with that."""
        self._do(verb, self.heard or self.call)

    def action_listen_to_who_asks(self) -> None:
        """The call of who asks for help first."""
        for one in day.asking(self.desk):
            operator = self.desk.shelves.operators.get(one.operator)
            call = self.desk.shelves.calls.get(operator.call or "") if operator else None
            if call is not None:
                self._do("listen", call)
                return
        self.terminal.say(self.desk.words("supervise.no_talk"))

    @on(DataTable.RowSelected)
    def _ask_what(self, event: DataTable.RowSelected) -> None:
        if not isinstance(event.control, OperatorTable | CallTable):
            return
        event.stop()
        call, words = self.call, self.desk.words
        table = self.table
        operator = table.key if isinstance(table, OperatorTable) else ""
        verbs = [*self._verbs(call), *leading.verbs(self.desk, operator)]
        if not verbs:
            self.terminal.say(words("supervise.no_talk"))
            return

        def go(verb: str | None) -> None:
            if verb in leading.VERBS:
                leading.ask(self.terminal, verb, operator)
            elif verb is not None:
                self._do(verb, call)
        who = (call.client_name or call.name or call.number) if call is not None else ""
        title = words("terminal.call_of", who=who) if who else self.desk.operator_name(operator)
        self.app.push_screen(Menu(title, verbs), go)

    def _verbs(self, call: CallView | None) -> list[tuple[str, str]]:
        can, words = call.can if call is not None else [], self.desk.words
        hearing = [(verb, f"{words(f'supervise.{verb}')}  Alt+{letter.upper()}")
                   for letter, verb in DEEDS.items() if verb in can]
        sending = [(verb, words("calls.move")) for verb in SENDING if verb in can]
        recording = [(verb, words(f"recording.{verb}")) for verb in RECORDING if verb in can]
        if call is not None and "record" in can:
            recording.append(("record", words(
                "recording.stop" if call.recording else "recording.record")))
        return [*hearing, *sending, *recording]

    def _do(self, verb: str, call: CallView | None) -> None:
        if call is None or verb not in call.can:
            self.terminal.say(self.desk.words("terminal.not_now"))
        elif verb in SENDING:
            self._send(verb, call)
        else:
            more = {"on": not call.recording} if verb == "record" else {}
            self._ask(verb, call, **more)

    def _send(self, verb: str, call: CallView) -> None:
        def go(target: str | None) -> None:
            kind, _, name = (target or "").partition(":")
            if kind in ("operator", "queue", "number"):
                self._ask(verb, call, **{kind: name})
        self.app.push_screen(TargetDialog(), go)

    def _ask(self, verb: str, call: CallView, **more: object) -> None:
        action = f"call.{verb}"
        self.terminal.do(action, msgspec.convert({"call": call.id, **more}, ACTIONS[action]))
