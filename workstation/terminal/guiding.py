"""Script and offers of a conversation: read, answered by keys; the server keeps the answers."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

import msgspec
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList

from workstation.protocol import Problem
from workstation.protocol.args import Args
from workstation.protocol.guiding import (
    AnswerProposal,
    AnswerScript,
    ChooseScript,
    ListProposals,
    ProposalView,
    ProposedView,
    ScriptChoice,
    ScriptStepView,
    ScriptView,
    ShowScript,
)
from workstation.terminal import due
from workstation.terminal.dialogs import Menu, Question
from workstation.terminal.formats import day
from workstation.terminal.keys import letter
from workstation.terminal.pictures.line import row, stack
from workstation.terminal.screens import Dialog
from workstation.terminal.widgets.panels import Choices, Picture, Scroll

Answer = Literal["accepted", "refused", "later"]


class ScriptDialog(Dialog[None]):
    """The steps so far, and the question that waits for its answer."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "change", show=False, priority=True),
        Binding("f3", "choose", show=False, priority=True)]

    def __init__(self, conversation: int) -> None:
        super().__init__()
        self._conversation = conversation
        self._script: ScriptView | None = None
        self._others: list[ScriptChoice] = []
        self._again: str | None = None      # the step whose answer is given again
        self._read_for = ""

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog tall"):
            yield Picture(classes="title")
            with Scroll(id="steps"):
                yield Picture(classes="auto", id="said")
            yield Choices(id="choices")
            yield Input(id="answer", compact=True)
            yield Picture(classes="keys")

    def on_mount(self) -> None:
        self.query_one(".keys", Picture).show(Content(self.desk.words("terminal.script_keys")))
        self._paint()
        self.show(frozenset({"conversations"}))

    def show(self, touched: frozenset[str]) -> None:
        """Asked anew when an answer, the client or his identity changed, here or on the page."""
        item = self.desk.conversation(self._conversation)
        if item is None:
            self.dismiss(None)
            return
        state = f"{item.guided_at} {item.client_id} {item.identity}"
        if state != self._read_for:
            self._read_for = state
            self._ask("script.show", ShowScript(conversation=self._conversation))

    def _ask(self, action: str, args: Args) -> None:
        self.run_worker(self._take(action, args), group="script")

    async def _take(self, action: str, args: Args) -> None:
        result = await self.terminal.ask(action, args, told=self._refused)
        if not result or not self.is_mounted:
            return
        found = result.get("script")
        self._script = None if found is None else msgspec.convert(found, ScriptView)
        self._others = msgspec.convert(result.get("others", []), list[ScriptChoice])
        self._paint()

    def _refused(self, problem: Problem) -> bool:
        code = str(problem.facts.get("code", ""))
        if code:
            self.terminal.say(self.desk.words(f"invalid.{code}"), "warning")
        return bool(code)

    # ── showing ──────────────────────────────────────────────────────────────────────────────
    @property
    def _step(self) -> ScriptStepView | None:
        """The question to be answered now."""
        if self._script is None:
            return None
        if self._again is not None:
            return next((one for one in self._script.steps if one.id == self._again), None)
        return None if self._script.done else self._script.steps[-1]

    def _paint(self) -> None:
        words, script = self.desk.words, self._script
        title = words("terminal.script") + (f" · {script.title}" if script else "")
        self.query_one(".title", Picture).show(Content(title))
        self.query_one("#said", Picture).show(self._said())
        step = self._step
        choices, answer = self.query_one("#choices", Choices), self.query_one("#answer", Input)
        choices.show((value, row((f" {place} ", "$dim"), words_)) for place, (value, words_)
                     in enumerate(step.choices if step is not None else (), 1))
        choices.display = step is not None and bool(step.choices)
        answer.display = step is not None and not step.choices
        if step is not None and not step.choices:
            answer.placeholder = step.label or words(f"script.ask.{step.ask}")
            answer.value = step.answer or ""
        self.set_focus(choices if choices.display else answer if answer.display else None)
        self.query_one("#steps", Scroll).scroll_end(animate=False)

    def _said(self) -> Content:
        words, script = self.desk.words, self._script
        if script is None:
            return Content(words("terminal.script_none"))
        lines: list[Content] = []
        for one in script.steps:
            is_now = one is self._step
            lines.append(row((f"{'▸' if is_now else ' '} {one.text}", "bold" if is_now else "")))
            if one.label and one is self._step:
                lines.append(row((f"  {one.label}", "bold")))
            if one.answer is not None and not is_now:
                lines.append(row((f"  → {one.said or words('script.nothing_said')}",
                                  "$primary")))
        if script.done:
            lines.append(row((f"✓ {words('terminal.script_done')}", "$state-ready")))
        return stack(lines)

    # ── answering ────────────────────────────────────────────────────────────────────────────
    def _answer(self, value: str) -> None:
        step, script = self._step, self._script
        if step is None or script is None:
            return
        self._again = None
        self._ask("script.answer", AnswerScript(
            conversation=self._conversation, script=script.id, step=step.id, answer=value))

    @on(OptionList.OptionSelected, "#choices")
    def _picked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_id:
            self._answer(event.option_id)

    @on(Input.Submitted, "#answer")
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        step, value = self._step, event.value.strip()
        if step is not None and step.ask == "date" and value:
            at = due.read(value, self.desk.now(), self.desk.zone)
            value = value if at is None else _day_of(at, self)
        self._answer(value)

    def on_key(self, event: events.Key) -> None:
        step = self._step
        if step is None or not step.choices or not event.key.isdigit():
            return
        if 0 < int(event.key) <= len(step.choices):
            event.stop()
            self._answer(step.choices[int(event.key) - 1][0])

    def action_change(self) -> None:
        given = [one for one in (self._script.steps if self._script else [])
                 if one.answer is not None]
        if not given:
            return

        def again(step: str | None) -> None:
            if step is not None:
                self._again = step
                self._paint()
        self.app.push_screen(Menu(self.desk.words("terminal.script_change"), [
            (one.id, f"{one.said or '–'} · {one.text[:50]}") for one in given[-9:]]), again)

    def action_choose(self) -> None:
        def go(script: str | None) -> None:
            if script is not None:
                self._again = None
                self._ask("script.choose", ChooseScript(conversation=self._conversation,
                                                        script=script))
        if self._others:
            self.app.push_screen(Menu(self.desk.words("terminal.script_which"), [
                (one.id, one.title) for one in self._others]), go)


def _day_of(at: str, dialog: Dialog[None]) -> str:
    """The day of a moment where the company is."""
    return datetime.fromisoformat(at).astimezone(dialog.desk.zone).date().isoformat()


class OffersDialog(Dialog[None]):
    """What may be proposed to this client now, each with its reason."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(letter("y"), "answer('accepted')", show=False),
        Binding(letter("n"), "answer('refused')", show=False),
        Binding(letter("l"), "answer('later')", show=False)]

    def __init__(self, client_id: int, conversation: int | None) -> None:
        super().__init__()
        self._client_id = client_id
        self._conversation = conversation
        self._offers: list[ProposalView] = []
        self._answered: list[ProposedView] = []

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog tall"):
            yield Picture(classes="title")
            yield Choices(id="offers")
            with Scroll():
                yield Picture(classes="auto", id="offer")
                yield Picture(classes="auto", id="answered")
            yield Picture(classes="keys")

    def on_mount(self) -> None:
        words = self.desk.words
        self.query_one(".title", Picture).show(Content(words("work.offers")))
        self.query_one(".keys", Picture).show(Content(words("terminal.offers_keys")))
        self._ask("proposal.list", ListProposals(client_id=self._client_id,
                                                 conversation=self._conversation))

    def _ask(self, action: str, args: Args) -> None:
        self.run_worker(self._take(action, args), group="offers")

    async def _take(self, action: str, args: Args) -> None:
        result = await self.terminal.ask(action, args)
        if not result or not self.is_mounted:
            return
        self._offers = msgspec.convert(result.get("proposals", []), list[ProposalView])
        self._answered = msgspec.convert(result.get("answered", []), list[ProposedView])
        self._paint()

    def _paint(self) -> None:
        words = self.desk.words
        choices = self.query_one("#offers", Choices)
        choices.show((one.id, row(one.title, (f"  {words(f'offers.{one.kind}')}", "$dim")))
                     for one in self._offers)
        choices.display = bool(self._offers)
        if self._offers:
            choices.focus()
        self._describe()
        lines = [row((words("offers.said"), "bold")), *(self._earlier(one)
                                                        for one in self._answered)]
        self.query_one("#answered", Picture).show(
            stack([Content(""), *lines]) if self._answered else Content(""))

    def _earlier(self, one: ProposedView) -> Content:
        desk = self.desk
        at = day(one.at, desk.locale, desk.now(), desk.zone)
        until = "" if one.until is None else desk.words("offers.until", day=day(
            one.until, desk.locale, desk.now(), desk.zone))
        return row((f"  {desk.words(f'offers.is_{one.answer}')}", "$primary"), f" {one.title} ",
                   (f"{at} {desk.operator_name(one.by)} {until}", "$dim"))

    @property
    def _offer(self) -> ProposalView | None:
        key = self.query_one("#offers", Choices).highlighted_key
        return next((one for one in self._offers if one.id == key), None)

    @on(OptionList.OptionHighlighted)
    def _describe(self) -> None:
        offer, words = self._offer, self.desk.words
        if offer is None:
            self.query_one("#offer", Picture).show(stack([
                row((words("offers.none"), "bold")), Content(words("offers.none_how"))]))
            return
        self.query_one("#offer", Picture).show(stack([
            Content(""), row((offer.why, "$dim")), Content(f"« {offer.say} »")]))

    def action_answer(self, answer: Answer) -> None:
        offer = self._offer
        if offer is None or offer.kind == "hint":
            return
        if answer != "later":
            self._reply(offer.id, answer, None)
            return
        words = self.desk.words
        self.app.push_screen(
            Menu(words("offers.later"), [("", words("offers.later")),
                                         ("day", words("terminal.offers_until"))]),
            lambda chosen: self._later(offer.id, chosen))

    def _later(self, offer: str, chosen: str | None) -> None:
        if chosen == "":
            self._reply(offer, "later", None)
        elif chosen is not None:
            words = self.desk.words
            self.app.push_screen(Question(words("terminal.offers_until"),
                                          words("terminal.offers_until_hint")),
                                 lambda text: self._on_day(offer, text))

    def _on_day(self, offer: str, text: str | None) -> None:
        at = due.read(text, self.desk.now(), self.desk.zone) if text else None
        if at is not None:
            self._reply(offer, "later", _day_of(at, self))
        elif text:
            self.terminal.say(self.desk.words("invalid.no_date"), "warning")

    def _reply(self, offer: str, answer: Answer, until_on: str | None) -> None:
        self._ask("proposal.answer", AnswerProposal(
            client_id=self._client_id, proposal=offer, answer=answer, until_on=until_on,
            conversation=self._conversation))
