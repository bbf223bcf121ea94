"""How a contact ends at the terminal: the identity check, what is next, what is still missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList

from workstation.protocol import ConversationView, DispositionView, QuestionView
from workstation.terminal import due, outcomes
from workstation.terminal.clean import clean
from workstation.terminal.formats import day, when
from workstation.terminal.pictures.line import row, stack
from workstation.terminal.screens import Dialog
from workstation.terminal.widgets.panels import Choices, Picture
from workstation.terminal.workplace import Workplace


def chosen(desk: Workplace, item: ConversationView) -> DispositionView | None:
    """By a person, else what the machine saw of a call nobody answered."""
    typing = desk.typings.get(item.id)
    wanted = (typing.typed.disposition if typing is not None else None) or item.suggested
    return next((one for one in item.dispositions if one.id == wanted), None)


def missing(desk: Workplace, item: ConversationView) -> str:
    """What hinders Done, in words; "" when nothing does that this screen knows of."""
    words, outcome = desk.words, chosen(desk, item)
    if outcome is None:
        return words("terminal.choose_outcome")
    if outcomes.letters_missing(outcome, desk.typings[item.id].typed.note):
        return (words("outcomes.needs_letters", n=outcome.note_min) if outcome.note_min > 1
                else words("problem.note_missing"))
    if outcome.needs_identity and item.identity != "confirmed":
        return words("problem.identity_missing")
    return ""


def asks_for(desk: Workplace, item: ConversationView) -> str:
    """The call-back or task that the outcome demands and nobody has typed yet; else ""."""
    outcome, typing = chosen(desk, item), desk.typings[item.id]
    if outcome is None or outcome.asks not in ("call_back", "task"):
        return ""
    return "" if typing.typed.follow.get("due_at") else outcome.asks


def write_follow(desk: Workplace, key: int, follow: Mapping[str, str]) -> None:
    if key in desk.typings:
        desk.write(key, replace(desk.typings[key].typed, follow=dict(follow)))


def unfinished(desk: Workplace) -> list[ConversationView]:
    """My calls without an outcome, the oldest first."""
    return sorted((item for item in desk.shelves.conversations.values()
                   if item.state == "wrap_up"), key=lambda item: item.offered_at)


def unfinished_rows(desk: Workplace) -> list[tuple[str, str]]:
    rows = []
    for item in unfinished(desk):
        who = item.card.name if item.card is not None else item.number_label or item.caller_name
        typing = desk.typings.get(item.id)
        note = " ".join(typing.typed.note.split()) if typing is not None else ""
        about = item.campaign or desk.say(item.queue_name) or desk.words(
            f"direction.{item.direction}")
        at = when(item.ended_at or item.offered_at, desk.locale, desk.now(), desk.zone)
        rows.append((str(item.id), " · ".join(part for part in (who, about, at, note) if part)))
    return rows


class IdentityDialog(Dialog[list[str]]):
    """Questions from the client's own data: a digit ticks; with enough ticked it is confirmed."""

    def __init__(self, item: ConversationView) -> None:
        super().__init__()
        self._questions: list[QuestionView] = item.questions
        self._needed = min(item.questions_needed, len(item.questions))
        self._ticked: set[str] = set()

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Picture(classes="title")
            yield Choices(id="questions")
            yield Picture(classes="keys")

    def on_mount(self) -> None:
        self.query_one(".title", Picture).show(Content(
            self.desk.words("identity.asked", n=self._needed)))
        self.query_one(".keys", Picture).show(Content(self.desk.words("terminal.identity_keys")))
        self._paint()
        self.query_one("#questions", Choices).focus()

    def _paint(self) -> None:
        self.query_one("#questions", Choices).show(
            (one.id, stack([row((f" {place} ", "$dim"), "[x] " if one.id in self._ticked else
                                "[ ] ", (self._asked(one), "$dim")),
                            row((f"       {self._answer(one)}", "bold"))]))
            for place, one in enumerate(self._questions, 1))

    def _asked(self, one: QuestionView) -> str:
        return one.about if one.kind == "custom" else self.desk.words(
            f"question.{one.kind}", about=one.about)

    def _answer(self, one: QuestionView) -> str:
        if one.kind != "payment":
            return clean(one.answer)
        return day(one.answer, self.desk.locale, self.desk.now(), self.desk.zone)

    @on(OptionList.OptionSelected)
    def _picked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._tick(event.option_index)

    def on_key(self, event: events.Key) -> None:
        if event.key.isdigit() and 0 < int(event.key) <= len(self._questions):
            event.stop()
            self._tick(int(event.key) - 1)

    def _tick(self, place: int) -> None:
        self._ticked ^= {self._questions[place].id}
        self._paint()
        if len(self._ticked) >= self._needed:
            self.dismiss(sorted(self._ticked))


class FollowDialog(Dialog[dict[str, str]]):
    """When to call back; or what is to be done, and by when. Enter gives it."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self._kind = kind

    def compose(self) -> ComposeResult:
        words = self.desk.words
        with Vertical(classes="dialog"):
            yield Picture(classes="title")
            if self._kind == "task":
                yield Input(id="follow-title", placeholder=words("follow.task_title"),
                            compact=True)
            yield Input("+1h", id="follow-due", compact=True)
            yield Picture(id="wrong", classes="auto")
            yield Picture(classes="keys")

    def on_mount(self) -> None:
        words = self.desk.words
        self.query_one(".title", Picture).show(Content(words(f"follow.{self._kind}")))
        self.query_one(".keys", Picture).show(Content(words("terminal.follow_keys")))
        self.query(Input).first().focus()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        desk = self.desk
        at = due.read(self.query_one("#follow-due", Input).value, desk.now(), desk.zone)
        title = (clean(self.query_one("#follow-title", Input).value)
                 if self._kind == "task" else "")
        if at is None:
            self._complain("problem.no_date", "#follow-due")
        elif self._kind == "task" and not title:
            self._complain("problem.title_missing", "#follow-title")
        else:
            self.dismiss({"kind": self._kind, "due_at": at, **({"title": title} if title else {})})

    def _complain(self, key: str, field: str) -> None:
        self.query_one("#wrong", Picture).show(row((self.desk.words(key), "$state-breach")))
        self.query_one(field, Input).focus()
