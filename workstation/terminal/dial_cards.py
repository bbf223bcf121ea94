"""Whom to call next, of a campaign whose operators dial themselves: the strip and two keys."""

from __future__ import annotations

from typing import ClassVar

import msgspec
from textual.binding import Binding, BindingType
from textual.content import Content

from workstation.protocol.dial_cards import REASONS, DialCard, PreviewView, SkipCard
from workstation.terminal.dialogs import Menu, Question
from workstation.terminal.formats import money
from workstation.terminal.pictures.line import row
from workstation.terminal.screens import LiveScreen
from workstation.terminal.workplace import Workplace


def first(desk: Workplace) -> PreviewView | None:
    return min(desk.shelves.previews.values(), key=lambda one: one.id, default=None)


def strip(desk: Workplace) -> Content | None:
    """The card in one line; None: there is none."""
    one, words = first(desk), desk.words
    if one is None:
        return None
    if one.asked:
        return row((f" {one.client_name}  {words('card.dialling')}", "bold"))
    debt = ""
    if one.debt_minor and one.currency:
        debt = words("card.debt", sum=money(one.debt_minor, one.currency, desk.locale))
    return row((words(
        "terminal.card", campaign=one.campaign, name=one.client_name, number=one.number_label,
        debt=debt, tries=words("card.tries", n=one.tries) if one.tries
        else words("card.first")), "bold"))


class DialCardKeys(LiveScreen):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("alt+b", "dial_card", show=False, priority=True, id="card.dial"),
        Binding("alt+h", "skip_card", show=False, priority=True, id="card.skip"),
    ]

    def action_dial_card(self) -> None:
        one = first(self.desk)
        if one is not None and not one.asked:
            self.terminal.do("card.dial", DialCard(card=one.id))

    def action_skip_card(self) -> None:
        one, words = first(self.desk), self.desk.words
        if one is None or one.asked:
            return
        self.app.push_screen(
            Menu(words("card.why"), [(reason, words(f"card.reason.{reason}"))
                                     for reason in REASONS]),
            lambda reason: self._skip(one.id, reason or ""))

    def _skip(self, card: int, reason: str) -> None:
        if reason == "other":
            words = self.desk.words
            self.app.push_screen(Question(words("card.note"), words("terminal.menu_keys")),
                                 lambda note: self._send(card, reason, note or ""))
        elif reason:
            self._send(card, reason, "")

    def _send(self, card: int, reason: str, note: str) -> None:
        if reason != "other" or note.strip():
            self.terminal.do("card.skip", msgspec.convert(
                {"card": card, "reason": reason, "note": note}, SkipCard))
