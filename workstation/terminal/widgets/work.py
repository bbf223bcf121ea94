"""The work area: request form, note, outcomes. What is typed here is the draft."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Input, OptionList, TextArea

from workstation.protocol import ConversationView, FormView
from workstation.terminal import drafts, outcomes
from workstation.terminal.clean import clean
from workstation.terminal.ending import chosen
from workstation.terminal.formats import remaining, ticking
from workstation.terminal.pictures.ending import handed, outcome_rows
from workstation.terminal.pictures.line import row
from workstation.terminal.widgets.form import FormBox
from workstation.terminal.widgets.panels import Choices, Picture
from workstation.terminal.workplace import Workplace


class Work(VerticalScroll, can_focus=False):
    """Shows one conversation's draft and says what is typed; it stores nothing itself."""

    class Typed(Message):
        """The draft in the workplace has new letters."""

    @dataclass
    class Filed(Message):
        """File the open form."""
        conversation: int

    class Finished(Message):
        """Done with this conversation."""

    def __init__(self, desk: Workplace, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.desk = desk
        self.key: int | None = None
        self._form: FormView | None = None
        self.group = ""         # of outcomes, that is open
        self._note = ""         # as field and draft last agreed; the field may be a key ahead

    def compose(self) -> ComposeResult:
        words = self.desk.words
        yield Picture(id="empty")
        yield Picture(id="handed", classes="auto")
        with Horizontal(id="note-head"):
            yield Picture(id="note-title", classes="part")
            yield Picture(id="saved", classes="auto")
        yield TextArea(id="note", compact=True, tab_behavior="focus", soft_wrap=True,
                       highlight_cursor_line=False, placeholder=words("terminal.note_hint"))
        yield Picture(id="outcome-title", classes="part")
        yield Choices(id="outcomes")
        with Horizontal(id="finish"):
            yield Button(words("terminal.done_key"), id="done", compact=True)
            yield Picture(id="wrap-up")

    def on_mount(self) -> None:
        words = self.desk.words
        self.query_one("#note-title", Picture).show(Content(words("terminal.note")))
        self.query_one("#outcome-title", Picture).show(Content(words("terminal.outcome")))

    # ── showing ──────────────────────────────────────────────────────────────────────────────
    def show(self, item: ConversationView | None) -> None:
        self._harvest()
        has_work = item is not None and item.state != "missed"
        self.set_class(not has_work, "is-empty")
        if item is None or not has_work:
            self.key = None
            self._open_form(None, {})
            self.query_one("#empty", Picture).show(Content(
                self._nothing() if item is None else self.desk.words("work.missed")))
            return
        is_other = item.id != self.key
        self.key = item.id
        self.group = "" if is_other else self.group
        self.query_one("#handed", Picture).show(handed(self.desk, item))
        typed = self.desk.typings[item.id].typed
        self._show_note(typed.note, is_other=is_other)
        self._show_form(item, typed, is_other=is_other)
        self._show_outcomes(item)
        self.tick()

    def _nothing(self) -> str:
        me = self.desk.operator
        state = "offline" if me is None else me.state
        return self.desk.words("terminal.empty_ready" if state == "ready"
                               else "terminal.empty_not_ready")

    def _show_note(self, text: str, *, is_other: bool) -> None:
        area = self.query_one("#note", TextArea)
        self._note = text
        if is_other:
            with area.prevent(TextArea.Changed):
                area.load_text(text)
            area.move_cursor(area.document.end)
        elif area.text != text:
            put(area, text)

    def _harvest(self) -> None:
        """Letters whose event is still under way go into the draft before anything is painted."""
        if self.key is None or self.key not in self.desk.typings:
            return
        area = self.query_one("#note", TextArea)
        mine = clean(area.text, lines=True)
        typed = self.desk.typings[self.key].typed
        note = drafts.join_text(self._note, mine, typed.note)
        if mine != area.text:
            put(area, mine)
        self._note = mine
        if note != typed.note:
            self._write(replace(typed, note=note))

    def _write(self, content: drafts.Content) -> None:
        if self.key is not None:
            self.desk.write(self.key, content)
            self.post_message(self.Typed())

    def _show_form(self, item: ConversationView, typed: drafts.Content, *,
                   is_other: bool) -> None:
        form = self.desk.form(item)
        if is_other or form != self._form:
            self._open_form(form, typed.form)
            return
        for box in self.query(FormBox):
            box.show(typed.form)

    def _open_form(self, form: FormView | None, values: Any) -> None:
        self._form = form
        self.query(FormBox).remove()
        if form is not None:
            box = FormBox(form, dict(values), self.desk)
            self.mount(box, before="#note-head")

    def _show_outcomes(self, item: ConversationView) -> None:
        self.query_one("#outcomes", Choices).show(
            outcome_rows(self.desk, item, self.group, chosen(self.desk, item)))

    def tick(self) -> None:
        """Saved since, wrap-up left: from the server's clock."""
        item = self.desk.conversation(self.key)
        if item is None:
            return
        self.query_one("#saved", Picture).show(row((self._saved(item), "$dim")))
        self.query_one("#wrap-up", Picture).show(self._wrap_up(item))

    def _saved(self, item: ConversationView) -> str:
        words, typing = self.desk.words, self.desk.typings.get(item.id)
        if typing is None or typing.is_saved:
            if item.draft.saved_at is None:
                return ""
            return words("terminal.saved", time=ticking(item.draft.saved_at, self.desk.now()))
        return words("terminal.saving" if self.desk.link.up else "terminal.kept")

    def _wrap_up(self, item: ConversationView) -> Content:
        if item.state != "wrap_up":
            return Content("")
        if item.wrap_up_until is None:
            return row((f"◐ {self.desk.words('terminal.wrap_up_over')}", "bold $state-breach"),
                       ("  F12", "$dim"))
        left = remaining(item.wrap_up_until, self.desk.now())
        more = ("  F12", "$dim") if item.extensions_left else ("", "")
        return row((f"◐ {self.desk.words('terminal.wrap_up_left', time=left)}",
                    "bold $state-wrap"), more)

    # ── typing ───────────────────────────────────────────────────────────────────────────────
    @on(TextArea.Changed, "#note")
    def _note_typed(self, event: TextArea.Changed) -> None:
        event.stop()
        self._harvest()

    @on(FormBox.Typed)
    def _form_typed(self, event: FormBox.Typed) -> None:
        event.stop()
        if self.key is None or self.key not in self.desk.typings:
            return
        typed = self.desk.typings[self.key].typed
        form = {**typed.form, event.name: event.value}
        self._write(replace(typed, form=form, form_type=event.type))

    @on(OptionList.OptionSelected, "#outcomes")
    def _outcome_picked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.choose(event.option_index)

    def choose(self, place: int) -> None:
        """The outcome at `place` (0 is the first), or the group there; the same outcome again
        takes it back."""
        item = self.desk.conversation(self.key)
        picked = None if item is None else outcomes.at(item.dispositions, self.group, place)
        if item is None or picked is None:
            return
        if isinstance(picked, str):
            self.group = picked
        else:
            typed, self.group = self.desk.typings[item.id].typed, ""
            chosen_id = None if typed.disposition == picked.id else picked.id
            self._write(replace(typed, disposition=chosen_id))
        self._show_outcomes(item)
        self.query_one("#outcomes", Choices).highlighted = 0 if self.group else place

    def take_handed(self) -> None:
        """A colleague's words into the note."""
        item = self.desk.conversation(self.key)
        words = item.handed.note.strip() if item is not None and item.handed else ""
        if item is None or not words or words in self.desk.typings[item.id].typed.note:
            return
        typed = self.desk.typings[item.id].typed
        note = f"{words}\n{typed.note}" if typed.note.strip() else words
        self._write(replace(typed, note=note))

    @on(Button.Pressed, "#done")
    def _done_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(self.Finished())

    @on(FormBox.Filed)
    def _file_pressed(self, event: FormBox.Filed) -> None:
        event.stop()
        if self.key is not None:
            self.post_message(self.Filed(self.key))

    def focus_note(self) -> None:
        """The note; from the note, the first field of the form."""
        note = self.query_one("#note", TextArea)
        first = next(iter(self.query("FormBox Input")), None) if note.has_focus else None
        self.screen.set_focus(first or note)    # at once: `focus` would lose the next letters

    def form_values(self) -> tuple[str, dict[str, str]] | None:
        """Type and fields of the open form, filled and typed values together."""
        if self._form is None or self.key is None:
            return None
        typed = self.desk.typings[self.key].typed.form
        return self._form.type, {item.name: typed.get(item.name, item.value)
                                 for item in self._form.fields}

    def is_editing(self) -> bool:
        """A field has the focus and something is typed: nothing may take the focus away."""
        focused = self.screen.focused
        typing = None if self.key is None else self.desk.typings.get(self.key)
        return (isinstance(focused, TextArea | Input) and self in focused.ancestors
                and typing is not None and bool(typing.typed.note or typing.typed.form))


def put(area: TextArea, text: str) -> None:
    """Change the area to `text` where it differs; the cursor stays beside its letters."""
    before = area.text
    line, column = area.cursor_location
    offset = sum(len(one) + 1 for one in before.split("\n")[:line]) + column
    start, end, insert = drafts.stretch(before, text)
    with area.prevent(TextArea.Changed):
        area.replace(insert, _place(before, start), _place(before, end),
                     maintain_selection_offset=False)
    area.cursor_location = _place(text, drafts.carry(offset, before, text))


def _place(text: str, offset: int) -> tuple[int, int]:
    """(line, column) of a character."""
    before = text[:offset]
    return before.count("\n"), offset - (before.rfind("\n") + 1)
