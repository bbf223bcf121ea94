"""The operator's screen: call bar, strip, conversations, client, timeline, work, foot bar."""

from __future__ import annotations

from typing import ClassVar

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal
from textual.widgets import OptionList

from workstation.protocol import (
    ChooseClient,
    ConfirmIdentity,
    ConversationView,
    ExtendWrapUp,
    FileRequest,
    Finish,
    FormToFile,
    MoreTimeline,
    NewClient,
    TimelineView,
)
from workstation.terminal import dial_cards, ending
from workstation.terminal.answers import AnswersDialog
from workstation.terminal.calls import CallScreen
from workstation.terminal.card_edit import EditCardDialog
from workstation.terminal.dial_cards import DialCardKeys
from workstation.terminal.dialogs import Menu, NewClientDialog
from workstation.terminal.guiding import OffersDialog, ScriptDialog
from workstation.terminal.keys import letter
from workstation.terminal.pictures import bars
from workstation.terminal.pictures.client import FILTERS
from workstation.terminal.pictures.line import row
from workstation.terminal.requests import RequestsDialog
from workstation.terminal.screens import EVERYTHING
from workstation.terminal.tasks import About, TasksDialog, ask_new
from workstation.terminal.widgets.client import ClientSide, Timeline
from workstation.terminal.widgets.panels import Choices, Panel, Picture
from workstation.terminal.widgets.work import Work

DRAWN_BY_CONVERSATION = frozenset({"conversations", "link"})
DRAWN_IN_CARD = frozenset({"sources", "tasks"})


class DeskScreen(DialCardKeys, CallScreen):
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(f"alt+{n}", f"outcome({n})", show=False, priority=True) for n in range(1, 10)),
        *(Binding(str(n), f"candidate({n})", show=False) for n in range(10)),
        Binding("alt+left", "walk(-1)", show=False, priority=True),
        Binding("alt+right", "walk(1)", show=False, priority=True),
        Binding("f3", "identity", show=False, priority=True, id="keys.identity"),
        Binding("f10,ctrl+d,ctrl+enter", "finish", show=False, priority=True, id="finish.done"),
        Binding("ctrl+n", "note", show=False, priority=True, id="note.title"),
        Binding("f12", "more_time", show=False, priority=True, id="wrap_up.more"),
        Binding("alt+j", "unfinished", show=False, priority=True),
        Binding("alt+u", "take_handed", show=False, priority=True),
        Binding("alt+q", "script", show=False, priority=True, id="work.script"),
        Binding("alt+v", "offers", show=False, priority=True, id="work.offers"),
        Binding("ctrl+r", "requests", show=False, priority=True),
        Binding("ctrl+t", "tasks", show=False, priority=True),
        Binding(letter("t"), "new_task", show=False, id="task.make"),
        Binding(letter("n"), "new_client", show=False),
        Binding(letter("c"), "choose_again", show=False),
        Binding(letter("e"), "edit_card", show=False, id="edit.title"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.current: int | None = None
        self._seen: set[int] = set()

    def compose(self) -> ComposeResult:
        desk, words = self.desk, self.desk.words
        with Horizontal(id="call-bar"):
            yield Picture(id="state", classes="auto")
            yield Picture(id="call")
            yield Picture(id="call-keys", classes="auto")
        yield Picture(id="strip")
        with Horizontal(id="body"):
            yield Panel(words("terminal.conversations"), Choices(id="conversations"),
                        id="conversation-panel")
            with Container(id="middle"):
                yield Panel(words("terminal.client"), ClientSide(desk, id="client"),
                            id="client-panel")
                yield Panel(words("terminal.timeline_of.all"), Timeline(desk, id="timeline"),
                            id="timeline-panel")
            yield Panel(words("terminal.work"), Work(desk, id="work"), id="work-panel")
        yield Picture(id="foot")
        yield Picture(id="keys")

    def on_mount(self) -> None:
        self.query_one("#conversations", Choices).focus()
        self.call_after_refresh(self.show, EVERYTHING)

    def on_resize(self) -> None:
        self.call_after_refresh(self.tick)

    # ── showing ──────────────────────────────────────────────────────────────────────────────
    @property
    def conversation(self) -> ConversationView | None:
        return self.desk.conversation(self.current)

    def show(self, touched: frozenset[str]) -> None:
        if not self.is_mounted:
            return
        if touched & DRAWN_BY_CONVERSATION:
            self._settle_current()
            self._show_conversation()
        elif touched & DRAWN_IN_CARD:
            self.query_one(ClientSide).show(self.conversation)
        elif self.current is None and "operators" in touched:
            self.query_one(Work).show(None)
        self.tick()

    def _settle_current(self) -> None:
        """A new call opens its card, unless a draft is being edited; a gone one makes room."""
        items = self.items
        new = [item for item in items if item.id not in self._seen]
        self._seen = {item.id for item in items}
        is_gone = self.conversation is None or self.conversation.state == "done"
        if is_gone:
            self.current = items[0].id if items else None
        elif new and not self._is_busy():
            self.current = new[0].id

    def _is_busy(self) -> bool:
        """Somebody speaks, or letters are typed: a new card waits in the list."""
        item = self.conversation
        is_live = item is not None and item.state in bars.LIVE
        return is_live or self.query_one(Work).is_editing()

    def _show_conversation(self) -> None:
        item = self.conversation
        self.query_one(ClientSide).show(item)
        self.query_one(Timeline).follow(item)
        self.query_one(Work).show(item)

    def tick(self) -> None:
        if not self.is_mounted:
            return
        desk, items = self.desk, self.items
        self.query_one("#state", Picture).show(bars.operator_state(desk))
        self.query_one("#call", Picture).show(bars.current_call(desk, items))
        kind, content = bars.strip(desk, items)
        if kind == "quiet" and bars.live_call(items) is None and (card := dial_cards.strip(desk)):
            kind, content = "notice", card
        strip = self.query_one("#strip", Picture)
        strip.set_classes(f"is-{kind}")
        strip.show(content)
        self._show_list(items)
        width = self.size.width - 2
        self.query_one("#foot", Picture).show(bars.foot(desk, width))
        self.query_one("#call-keys", Picture).show(row((self._call_keys(items), "$dim")))
        self.query_one("#keys", Picture).show(row((desk.words("terminal.key_line"), "$dim")))
        self.query_one(Work).tick()

    def _call_keys(self, items: list[ConversationView]) -> str:
        words = self.desk.words
        end = f"{words('terminal.end_key')}  " if bars.live_call(items) is not None else ""
        return f"{end}{words('terminal.state_key')}"

    def _show_list(self, items: list[ConversationView]) -> None:
        listing = self.query_one("#conversations", Choices)
        width = max(8, listing.size.width)
        rows = [(str(item.id), bars.conversation(
            self.desk, item, is_current=item.id == self.current, width=width)) for item in items]
        empty = row((self.desk.words("terminal.no_conversation"), "$dim"))
        listing.show(rows or [("", empty)])

    # ── conversations ────────────────────────────────────────────────────────────────────────
    def action_walk(self, step: int) -> None:
        ids = [item.id for item in self.items]
        if not ids:
            return
        place = ids.index(self.current) + step if self.current in ids else 0
        self.open(ids[place % len(ids)])

    def open(self, key: int) -> None:
        self.current = key
        self._show_conversation()
        self.tick()

    @on(OptionList.OptionSelected, "#conversations")
    def _opened(self, event: OptionList.OptionSelected) -> None:
        if event.option_id:
            self.open(int(event.option_id))
            self.query_one(Work).focus_note()

    # ── client ───────────────────────────────────────────────────────────────────────────────
    def action_candidate(self, place: int) -> None:
        self.query_one(ClientSide).choose(place)

    @on(ClientSide.Chosen)
    def _chosen(self, event: ClientSide.Chosen) -> None:
        if self.current is not None:
            self.terminal.do("conversation.choose", ChooseClient(
                conversation=self.current, client_id=event.client_id))
            self.query_one("#card-scroll").display = True
            self.query_one("#candidates").display = False

    def action_choose_again(self) -> None:
        if self.conversation is not None:
            self.query_one(ClientSide).toggle(self.conversation)

    def action_new_client(self) -> None:
        item = self.conversation
        if item is None or item.client_id is not None:
            return

        def make(made: NewClient | None) -> None:
            if made is not None:
                self.terminal.do("conversation.new_client", made)
        dialog = NewClientDialog(item.id, item.caller_name, bars.number(item, self.desk))
        self.app.push_screen(dialog, make)

    def action_edit_card(self) -> None:
        """What is saved comes back as a change of the conversation."""
        item = self.conversation
        if item is not None and item.card is not None:
            self.app.push_screen(EditCardDialog(item.card))

    def action_identity(self) -> None:
        item = self.conversation
        if item is None or item.client_id is None:
            return
        if item.identity != "confirmed" and item.questions:
            self.app.push_screen(ending.IdentityDialog(item),
                                 lambda ticked: self._confirm(item, ticked))
            return
        self._confirm(item, [])

    def _confirm(self, item: ConversationView, ticked: list[str] | None) -> None:
        if ticked is not None:
            self.terminal.do("conversation.identity", ConfirmIdentity(
                conversation=item.id, confirmed=item.identity != "confirmed", answered=ticked))

    @on(Timeline.Filtered)
    def _filtered(self, event: Timeline.Filtered) -> None:
        title = self.desk.words(f"terminal.timeline_of.{event.filter}")
        self.query_one("#timeline-panel", Panel).retitle(title)

    @on(Timeline.Answered)
    def _answered(self, event: Timeline.Answered) -> None:
        self.app.push_screen(AnswersDialog(event.interaction))

    @on(Timeline.Older)
    def _older(self, event: Timeline.Older) -> None:
        self.run_worker(self._fetch_older(event), group="timeline", exclusive=True)

    async def _fetch_older(self, wanted: Timeline.Older) -> None:
        asked = MoreTimeline(client_id=wanted.client_id, cursor=wanted.cursor,
                             kinds=sorted(FILTERS[wanted.filter]))
        result = await self.terminal.ask("client.timeline", asked)
        if result is not None:
            items = msgspec.convert(result["items"], list[TimelineView])
            self.query_one(Timeline).add_older(items, result.get("cursor"), wanted.filter)

    # ── work ─────────────────────────────────────────────────────────────────────────────────
    @on(Work.Typed)
    def _typed(self) -> None:
        self.terminal.save_soon()
        if self.conversation is not None:
            self.query_one(Work).show(self.conversation)

    def action_note(self) -> None:
        if self.conversation is not None:
            self.query_one(Work).focus_note()

    def action_outcome(self, place: int) -> None:
        self.query_one(Work).choose(place - 1)

    @on(Work.Filed)
    def _filed(self) -> None:
        item, values = self.conversation, self.query_one(Work).form_values()
        if item is None or values is None:
            return
        if item.client_id is None:
            self.terminal.say(self.desk.words("terminal.choose_client_first"), "warning")
            return
        self.run_worker(self._file(item.id, item.client_id, *values), group="file")

    async def _file(self, key: int, client_id: int, kind: str, fields: dict[str, str]) -> None:
        asked = FileRequest(client_id=client_id, type=kind, fields=fields, conversation=key)
        result = await self.terminal.ask("request.file", asked)
        if result is not None:
            self.terminal.say(self.desk.words(
                "terminal.filed", number=result.get("number", ""), group=result.get("group", "")))

    @on(Work.Finished)
    def _finish_pressed(self) -> None:
        self.action_finish()

    def action_finish(self) -> None:
        item = self.conversation
        if item is None:
            return
        if said := ending.missing(self.desk, item):
            self.terminal.say(said, "warning")
            if ending.chosen(self.desk, item) is None:
                self.set_focus(self.query_one("#outcomes", Choices))
            return
        if kind := ending.asks_for(self.desk, item):
            self._ask_follow(item.id, kind)
            return
        self._finish(item)

    def _finish(self, item: ConversationView) -> None:
        outcome, typed = ending.chosen(self.desk, item), self.desk.typings[item.id].typed
        is_filing = outcome is not None and outcome.asks == "request"
        form = self.query_one(Work).form_values() if is_filing else None
        request = FormToFile(type=form[0], fields=form[1]) if form else None
        self.terminal.do("conversation.finish", Finish(
            conversation=item.id, disposition=outcome.id if outcome else "", note=typed.note,
            follow=dict(typed.follow), request=request))

    def _ask_follow(self, key: int, kind: str) -> None:
        """When to call back, or what to do by when; then it is done."""
        def arranged(follow: dict[str, str] | None) -> None:
            item = self.desk.conversation(key)
            if follow is None or item is None:
                return
            ending.write_follow(self.desk, key, follow)
            self.terminal.save_soon()
            self._finish(item)
        self.app.push_screen(ending.FollowDialog(kind), arranged)

    def action_unfinished(self) -> None:
        """My calls without an outcome; a digit opens one in its note."""
        def opened(key: str | None) -> None:
            if key:
                self.open(int(key))
                self.query_one(Work).focus_note()
        words = self.desk.words
        rows = ending.unfinished_rows(self.desk)
        if not rows:
            self.terminal.say(words("unfinished.none"))
            return
        self.app.push_screen(Menu(words("unfinished.title"), rows), opened)

    def action_take_handed(self) -> None:
        self.query_one(Work).take_handed()

    def action_more_time(self) -> None:
        if self.conversation is not None and self.conversation.state == "wrap_up":
            self.terminal.do("conversation.extend", ExtendWrapUp(
                conversation=self.conversation.id))

    def action_script(self) -> None:
        if self.conversation is not None and self.conversation.state != "missed":
            self.app.push_screen(ScriptDialog(self.conversation.id))

    def action_offers(self) -> None:
        item = self.conversation
        if item is not None and item.client_id is not None:
            self.app.push_screen(OffersDialog(item.client_id, item.id))

    def action_requests(self) -> None:
        self.app.push_screen(RequestsDialog())

    def action_tasks(self) -> None:
        self.app.push_screen(TasksDialog(self._about()))

    def action_new_task(self) -> None:
        ask_new(self, self._about())

    def _about(self) -> About:
        """The client on the screen."""
        item = self.conversation
        if item is None or item.card is None:
            return About()
        return About(client_id=item.client_id, client_name=item.card.name, conversation=item.id)

