"""My day: what is due, figures beside the team's, messages with receipts, help."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

import msgspec
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content

from workstation.protocol.team import (
    AnswerHelp,
    AskHelp,
    DayView,
    EndHelp,
    HelpView,
    ListMessages,
    MessageView,
    SeeMessage,
    SendMessage,
    ShowDay,
)
from workstation.terminal.dialogs import Menu, Question
from workstation.terminal.formats import clock, count, duration, when
from workstation.terminal.keys import letter
from workstation.terminal.pictures.line import row, stack
from workstation.terminal.screens import Dialog
from workstation.terminal.widgets.panels import Picture, Scroll
from workstation.terminal.workplace import Workplace

if TYPE_CHECKING:
    from workstation.terminal.app import Terminal

SHOWN = 6


class DayDialog(Dialog[None]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(letter("h"), "help_me", show=False), Binding(letter("m"), "write", show=False),
        Binding(letter("v"), "see_all", show=False)]

    def __init__(self) -> None:
        super().__init__()
        self._day: DayView | None = None
        self._messages: list[MessageView] = []

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog tall"):
            yield Picture(classes="title")
            with Scroll():
                yield Picture(classes="auto", id="figures")
                yield Picture(classes="auto", id="due")
                yield Picture(classes="auto", id="messages")
            yield Picture(classes="keys")

    def on_mount(self) -> None:
        words = self.desk.words
        self.query_one(".title", Picture).show(Content(words("day.title")))
        self.query_one(".keys", Picture).show(Content(words("terminal.day_keys")))
        self.query_one(Scroll).focus()
        self.run_worker(self._read(), group="day")
        self._paint()

    async def _read(self) -> None:
        day = await self.terminal.ask("day.show", ShowDay())
        listed = await self.terminal.ask("message.list", ListMessages())
        if not self.is_mounted:
            return
        if day:
            self._day = msgspec.convert(day["day"], DayView)
        if listed:
            self._messages = msgspec.convert(listed.get("messages", []), list[MessageView])
        self._paint()

    def show(self, touched: frozenset[str]) -> None:
        if "messages" in touched:
            self.run_worker(self._read(), group="day", exclusive=True)
        self._paint()

    # ── showing ──────────────────────────────────────────────────────────────────────────────
    def _paint(self) -> None:
        if not self.is_mounted:
            return
        self.query_one("#figures", Picture).show(self._figures())
        self.query_one("#due", Picture).show(self._due())
        self.query_one("#messages", Picture).show(self._written())

    def _figures(self) -> Content:
        words, day = self.desk.words, self._day
        if day is None:
            return Content(words("day.reading"))
        head = f"{'':<22}{words('day.mine'):>8}  {words('day.team', n=day.people):>12}"
        rows = [("calls", count(day.mine.calls, self.desk.locale),
                 count(day.team.calls, self.desk.locale)),
                ("handling", duration(day.mine.handling_s), duration(day.team.handling_s)),
                ("wrap_up", duration(day.mine.wrap_up_s), duration(day.team.wrap_up_s))]
        return stack([row((head, "$dim")), *(
            row(f"{words(f'day.{name}'):<22}", (f"{mine:>8}", "bold"), (f"  {team:>12}", "$dim"))
            for name, mine, team in rows), row((words("day.median"), "$dim"))])

    def _due(self) -> Content:
        desk, words = self.desk, self.desk.words
        mine = sorted((one for one in desk.shelves.tasks.values()
                       if one.operator == desk.me.id and one.done_at is None),
                      key=lambda one: one.due_at)
        requests = desk.shelves.requests.values()
        late = sum(one.late for one in requests)
        lines = [Content(""), row((f"{words('day.due')} {len(mine)}", "bold"))]
        lines += [row((f"{when(one.due_at, desk.locale, desk.now(), desk.zone):>8}  ",
                       "$state-breach" if one.late else "$dim"), one.title,
                      (f"  {one.client_name}", "$dim")) for one in mine[:SHOWN]]
        lines += [] if mine else [Content(words("day.nothing_due"))]
        counted = words("terminal.requests", n=len(requests))
        lines.append(row((f"{words('day.requests')}: {counted}", "bold"), (
            f" · {words('terminal.late', n=late)}" if late else "", "$state-breach")))
        return stack(lines)

    def _written(self) -> Content:
        words = self.desk.words
        lines = [Content(""), row((words("day.messages"), "bold"))]
        for one in self._messages[:SHOWN]:
            lines += self._message(one)
        if not self._messages:
            lines.append(Content(words("day.no_messages")))
        return stack(lines)

    def _message(self, one: MessageView) -> list[Content]:
        desk, words = self.desk, self.desk.words
        newest = desk.shelves.messages.get(str(one.id), one)
        is_mine = one.by == desk.me.id
        who = words("message.mine") if is_mine else one.by_name
        to = desk.operator_name(one.to) if one.to_kind == "operator" else one.to
        head = row((who, "bold"), (f" {words(f'message.to_{one.to_kind}', group=to)} · "
                                   f"{clock(one.at, desk.zone)}", "$dim"))
        seen = sum(receipt.at is not None for receipt in newest.receipts)
        told = (words("message.receipts", seen=seen, all=len(newest.receipts)) if is_mine
                else "" if newest.seen_at else "●")
        return [head, row(f"  {one.text}  ", (told, "$primary"))]

    # ── doing ────────────────────────────────────────────────────────────────────────────────
    def action_help_me(self) -> None:
        help_me(self.terminal)

    def action_see_all(self) -> None:
        for one in unseen(self.desk):
            self.terminal.do("message.seen", SeeMessage(id=one.id))

    def action_write(self) -> None:
        if not self.desk.supervises:
            return
        desk, words = self.desk, self.desk.words
        names = {group.id: desk.say(group.name) for group in desk.catalogue.groups}
        to = [("all", words("message.all")),
              *((f"group:{one}", words("message.to_group", group=names.get(one, one)))
                for one in desk.me.groups),
              *((f"operator:{one.id}", one.name) for one in desk.catalogue.operators
                if one.id != desk.me.id)]
        self.app.push_screen(Menu(words("terminal.message_to"), to), self._write)

    def _write(self, to: str | None) -> None:
        if to is None:
            return
        words = self.desk.words
        self.app.push_screen(Question(words("terminal.message_text"),
                                      words("terminal.message_hint")),
                             lambda text: self._send(to, text))

    def _send(self, to: str, text: str | None) -> None:
        kind, _, whom = to.partition(":")
        if text:
            self.terminal.do("message.send", SendMessage(
                to_kind=_KINDS[kind], to=whom, text=text))


_KINDS: Mapping[str, Literal["operator", "group", "all"]] = {
    "operator": "operator", "group": "group", "all": "all"}


# ── what comes in, and its key ───────────────────────────────────────────────────────────────
def unseen(desk: Workplace) -> list[MessageView]:
    """For me, the oldest first."""
    return sorted((one for one in desk.shelves.messages.values()
                   if one.by != desk.me.id and one.seen_at is None), key=lambda one: one.at)


def asking(desk: Workplace) -> list[HelpView]:
    """Who asks for help and has no answer yet; of a lead."""
    return sorted((one for one in desk.shelves.helps.values()
                   if desk.supervises and one.operator != desk.me.id
                   and one.answered_at is None), key=lambda one: one.at)


def help_me(app: Terminal) -> None:
    """The first press asks, the next one ends it."""
    mine = next((one for one in app.desk.shelves.helps.values()
                 if one.operator == app.desk.me.id), None)
    if mine is None:
        app.do("help.ask", AskHelp())
    else:
        app.do("help.end", EndHelp(id=mine.id))


def acknowledge(app: Terminal) -> None:
    """Answers who asks first; else the oldest message is seen."""
    helps, messages = asking(app.desk), unseen(app.desk)
    if helps:
        app.do("help.answer", AnswerHelp(id=helps[0].id, text=app.desk.words("help.coming")))
    elif messages:
        app.do("message.seen", SeeMessage(id=messages[0].id))


def alerts(desk: Workplace) -> dict[str, str]:
    """What is to be told, by a key that is told once."""
    words = desk.words
    told = {f"help {one.id}": words("terminal.help_alert", name=one.name, text=one.text)
            for one in asking(desk)}
    told |= {f"answer {one.id}": words("terminal.help_answer", name=one.answered_name,
                                       text=one.answer or words("help.coming"))
             for one in desk.shelves.helps.values()
             if one.operator == desk.me.id and one.answered_at is not None}
    return told | {f"message {one.id}": words("terminal.message_alert", name=one.by_name,
                                              text=one.text) for one in unseen(desk)}
