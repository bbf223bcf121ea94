"""The terminal: one Textual app, one link, the screens of who is signed in."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from typing import Any, ClassVar

import msgspec
from textual.app import App
from textual.binding import Binding, BindingType
from textual.notifications import SeverityLevel
from textual.timer import Timer

from workstation.protocol import (
    Args,
    AttachPhone,
    Delta,
    DraftView,
    Notice,
    Problem,
    SaveDraft,
    ServerMessage,
    SetState,
    SignIn,
    SignOut,
    Snapshot,
)
from workstation.protocol.own import OwnKeys
from workstation.protocol.pins import RenewPin
from workstation.terminal import day, dialling, drafts, own_keys, theme
from workstation.terminal.clean import clean
from workstation.terminal.desk import DeskScreen
from workstation.terminal.dialogs import HelpDialog, Menu
from workstation.terminal.floor import FloorScreen
from workstation.terminal.keys import deliver_alt_digits
from workstation.terminal.link import Link, LinkLost, LinkState, Misunderstood, SignInRefused
from workstation.terminal.news import tell_alerts, tell_crossings
from workstation.terminal.palette import Commands
from workstation.terminal.pictures import pauses
from workstation.terminal.screens import EVERYTHING, Dialog, Live
from workstation.terminal.search import ClientDialog, SearchDialog
from workstation.terminal.sign_in import SignInScreen
from workstation.terminal.workplace import Workplace

SAVE_AFTER_S = 0.2      # of a keystroke; the server has the letter within 0.4 s
FLOOR_EVERY_S = 0.2     # what others do is painted at most 5 times a second
AT_ONCE = frozenset({"conversations", "link"})
PIN_SHOWN_S = 60.0


class Terminal(App[None]):
    CSS_PATH = "terminal.tcss"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS = {Commands}  # noqa: RUF012, Textual declares it so
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "leave", show=False, priority=True),
        Binding("f1,question_mark", "help", show=False),
        Binding("f5", "state_menu", show=False, priority=True, id="state.menu"),
        Binding("alt+0", "ready", show=False, priority=True, id="state.go_ready"),
        Binding("ctrl+k", "search", show=False, priority=True, id="search.title"),
        Binding("slash", "search", show=False),
        Binding("alt+c", "dial", show=False, priority=True, id="dial.title"),
        Binding("alt+d", "my_day", show=False, priority=True, id="day.title"),
        Binding("alt+y", "help_me", show=False, priority=True, id="help.me_or_not"),
        Binding("alt+a", "acknowledge", show=False, priority=True, id="message.acknowledge"),
        Binding("ctrl+l", "toggle_light", show=False, priority=True),
    ]

    def __init__(self, server: str, *, entry: SignIn, locale: str = "en") -> None:
        super().__init__()
        for item in theme.THEMES:
            self.register_theme(item)
        self.theme = theme.preferred(os.environ)
        self.desk = Workplace(locale=locale)
        self.link = Link(server, hear=self.hear, changed=self.link_changed)
        self._server = server
        self._entry = entry
        self._touched: set[str] = set()
        self._painting: Timer | None = None
        self._saving: Timer | None = None
        self._is_leaving = False
        self.alerted: set[str] = set()
        self.own_keys = own_keys.obeyed({})

    def on_mount(self) -> None:
        deliver_alt_digits()
        self.set_interval(1.0, self._tick)
        self.push_screen(SignInScreen(self._server, self._entry.login))
        if self._entry.password:
            self.sign_in(self._entry)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The style sheet is read once before a theme is set."""
        return theme.THEMES[0].variables

    # ── the link ─────────────────────────────────────────────────────────────────────────────
    def sign_in(self, entry: SignIn) -> None:
        self.link.forget()
        self.run_worker(self._live(entry), group="link", exclusive=True)

    async def _live(self, entry: SignIn) -> None:
        try:
            await self.link.run(entry)
        except SignInRefused as refused:
            self._back_to_sign_in(refused.problem, entry)

    def _back_to_sign_in(self, problem: Problem, entry: SignIn) -> None:
        if self._is_leaving:
            self.exit()
            return
        words = self.desk.words
        text = problem.detail or problem.title or words("terminal.refused")
        if entry.session or self.desk.me.login:
            text = words("terminal.session_over")
        login = self.desk.me.login or entry.login
        self._show_only(SignInScreen(self._server, login, text))

    def _show_only(self, screen: Any) -> None:
        while len(self.screen_stack) > 2:
            self.pop_screen()
        self.switch_screen(screen)

    def hear(self, message: ServerMessage) -> None:
        """Called by the link. Misunderstood: a view of another build."""
        try:
            self._take(message)
        except msgspec.ValidationError as exc:
            raise Misunderstood(str(exc)) from exc

    def _take(self, message: ServerMessage) -> None:
        if isinstance(message, Snapshot):
            self.desk.take(message)
            self._open_workplace()
            self._touch(EVERYTHING)
            self._save_drafts()
            tell_alerts(self)
            self.run_worker(self._read_keys(), group="keys", exclusive=True)
        elif isinstance(message, Delta):
            before = dict(self.desk.shelves.operators)
            queues = dict(self.desk.shelves.queues)
            touched = self.desk.apply(message)
            self._touch(touched)
            for text in pauses.news(self.desk, before) if "operators" in touched else ():
                self.say(text, "warning")
            if "queues" in touched:
                tell_crossings(self, queues)
            if touched & {"tasks", "messages", "helps"}:
                tell_alerts(self)
        elif isinstance(message, Notice) and message.code == "keys_changed":
            self.run_worker(self._read_keys(), group="keys", exclusive=True)
        elif isinstance(message, Notice) and message.code != "bye":
            self.say(message.text or self.desk.coded("notice", message.code), "warning")

    async def _read_keys(self) -> None:
        """The keys that the person changed, as far as a terminal can send them."""
        with contextlib.suppress(LinkLost):
            reply = await self.link.ask("keys.mine", OwnKeys())
            if reply.problem is None:
                self.own_keys = own_keys.obeyed((reply.result or {}).get("keys", {}))
                self.set_keymap(self.own_keys.keys)

    def _open_workplace(self) -> None:
        wanted = FloorScreen if self.desk.supervises else DeskScreen
        if not any(isinstance(screen, wanted) for screen in self.screen_stack):
            self._show_only(wanted())

    def link_changed(self, state: LinkState) -> None:
        self.desk.link = state
        if not state.up:
            self.desk.typings = {key: drafts.lost(item)
                                 for key, item in self.desk.typings.items()}
            if self._is_leaving:
                self.exit()
        self._touch({"link"})

    # ── painting ─────────────────────────────────────────────────────────────────────────────
    def _touch(self, collections: set[str] | frozenset[str]) -> None:
        """A conversation is painted at once, the rest of the floor is gathered first."""
        self._touched |= collections
        if self._touched & AT_ONCE:
            self.call_next(self._paint)
        elif self._painting is None:
            self._painting = self.set_timer(FLOOR_EVERY_S, self._paint)

    def _paint(self) -> None:
        if self._painting is not None:
            self._painting.stop()
            self._painting = None
        touched, self._touched = frozenset(self._touched), set()
        if touched:
            for screen in self.screen_stack:
                if isinstance(screen, Live) and screen.is_mounted:
                    screen.show(touched)

    def _tick(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, Live) and screen.is_mounted:
                screen.tick()

    def say(self, text: str, severity: SeverityLevel = "information") -> None:
        if text:
            self.notify(clean(text), severity=severity, markup=False, timeout=6)

    # ── asking ───────────────────────────────────────────────────────────────────────────────
    async def ask(self, action: str, args: Args, *,
                  told: Callable[[Problem], bool] = lambda problem: False,
                  ) -> dict[str, Any] | None:
        """The result; None when it was refused or not sent, which the person is told, unless
        `told` has dealt with it."""
        words = self.desk.words
        try:
            reply = await self.link.ask(action, args)
        except LinkLost:
            self.say(words("terminal.not_sent"), "error")
            return None
        if reply.problem is not None:
            if told(reply.problem):
                return None
            title, detail = reply.problem.title, reply.problem.detail
            self.say(f"{title}: {detail}" if detail else title, "warning")
            return None
        return reply.result if isinstance(reply.result, dict) else {}

    def do(self, action: str, args: Args) -> None:
        self.run_worker(self.ask(action, args), group="do")

    # ── drafts ───────────────────────────────────────────────────────────────────────────────
    def save_soon(self) -> None:
        """Save what is typed and not saved, in a moment."""
        is_waiting = any(not item.is_saved for item in self.desk.typings.values())
        if is_waiting and self._saving is None:
            self._saving = self.set_timer(SAVE_AFTER_S, self._save_drafts)

    def _save_drafts(self) -> None:
        if self._saving is not None:
            self._saving.stop()
            self._saving = None
        if not self.desk.link.up:
            return
        for key, typing in list(self.desk.typings.items()):
            self.desk.typings[key], content = drafts.send(typing)
            if content is not None:
                self.run_worker(self._save(key, typing.version, content), group="drafts")

    async def _save(self, key: int, base: int, content: drafts.Content) -> None:
        args = SaveDraft(conversation=key, base=base, note=content.note,
                         disposition=content.disposition, form_type=content.form_type,
                         form=dict(content.form), follow=dict(content.follow))
        try:
            reply = await self.link.ask("draft.save", args)
        except LinkLost:
            self._save_again(key)
            return
        typing = self.desk.typings.get(key)
        if typing is None:
            return
        if reply.problem is not None:
            self.desk.typings[key] = drafts.lost(typing)
            self.say(reply.problem.detail or reply.problem.title, "warning")
            return
        joined = reply.result.get("draft")
        self.desk.typings[key] = drafts.saved(
            typing, int(reply.result["version"]),
            None if joined is None else msgspec.convert(joined, DraftView))
        self.save_soon()
        self._touch({"conversations"})

    def _save_again(self, key: int) -> None:
        """Nobody knows whether it arrived; the link that comes back asks anew."""
        if key in self.desk.typings:
            self.desk.typings[key] = drafts.lost(self.desk.typings[key])
            self.save_soon()

    # ── keys that work everywhere ────────────────────────────────────────────────────────────
    @property
    def _is_signed_in(self) -> bool:
        return any(isinstance(screen, DeskScreen | FloorScreen) for screen in self.screen_stack)

    def action_help(self) -> None:
        if not isinstance(self.screen, HelpDialog):
            self.push_screen(HelpDialog())

    def action_toggle_light(self) -> None:
        self.theme = theme.DARK if self.theme == theme.LIGHT else theme.LIGHT

    def action_search(self) -> None:
        if self._is_signed_in and not isinstance(self.screen, SearchDialog):
            self.push_screen(SearchDialog(), self._open_client)

    def _open_client(self, client_id: int | None) -> None:
        if client_id is not None:
            desk = next((screen for screen in self.screen_stack
                         if isinstance(screen, DeskScreen)), None)
            self.push_screen(ClientDialog(client_id, desk.current if desk else None))

    def action_dial(self) -> None:
        if not self._is_signed_in or self.is_asking:
            return
        desk = next((one for one in self.screen_stack if isinstance(one, DeskScreen)), None)
        item = desk.conversation if desk is not None else None
        card = item.card if item is not None else None
        number = card.phones[0].e164 if card is not None and card.phones else (
            item.number if item is not None else "")
        dialling.ask_number(self, number, card.client_id if card is not None else None,
                            item.id if item is not None else None)

    @property
    def is_asking(self) -> bool:
        """Something is open over the screen."""
        return isinstance(self.screen, Dialog)

    def action_my_day(self) -> None:
        if self._is_signed_in and not self.is_asking:
            self.push_screen(day.DayDialog())

    def action_help_me(self) -> None:
        if self._is_signed_in:
            day.help_me(self)

    def action_acknowledge(self) -> None:
        if self._is_signed_in:
            day.acknowledge(self)

    def action_state_menu(self) -> None:
        if not self._is_signed_in or isinstance(self.screen, Menu):
            return
        words = self.desk.words
        choices = [("leave", words("terminal.leave_menu"))]
        if self.desk.operator is not None or not self.desk.supervises:
            away = [(f"pause:{item.id}", pauses.choice(self.desk, item.id))
                    for item in self.desk.catalogue.pause_reasons]
            choices = [("ready", words("terminal.be_ready")), *away,
                       ("phone:desk", words("terminal.use_desk_phone")),
                       ("pin", words("pin.renew")), *choices]
        self.push_screen(Menu(words("terminal.state_title"), choices), self._set_state)

    def _set_state(self, choice: str | None) -> None:
        verb, _, rest = (choice or "").partition(":")
        if verb == "ready":
            self.run_worker(self._be_ready(), group="do")
        elif verb == "pause":
            self.do("state.set", SetState(state="paused", reason=rest))
        elif verb == "phone":
            self.do("phone.attach", AttachPhone(phone="desk"))
        elif verb == "pin":
            self.run_worker(self._renew_pin(), group="do")
        elif verb == "leave":
            self.action_leave()

    async def _renew_pin(self) -> None:
        result = await self.ask("pin.renew", RenewPin())
        if result:
            self.notify(self.desk.words("pin.is", pin=result["pin"]), markup=False,
                        timeout=PIN_SHOWN_S)

    def action_ready(self) -> None:
        if self._is_signed_in and (self.desk.operator is not None or not self.desk.supervises):
            self.run_worker(self._be_ready(), group="do")

    async def _be_ready(self) -> None:
        """Somebody without a phone gets his desk phone first."""
        me = self.desk.operator
        if (me is None or not me.phone) and \
                await self.ask("phone.attach", AttachPhone(phone="desk")) is None:
            return
        await self.ask("state.set", SetState(state="ready"))

    def action_leave(self) -> None:
        if not self._is_signed_in or not self.desk.link.up:
            self.exit()
            return
        words = self.desk.words
        self.push_screen(Menu(words("terminal.leave_title"), [
            ("stay", words("terminal.stay")), ("out", words("terminal.sign_out")),
            ("close", words("terminal.close_only"))]), self._leave)

    def _leave(self, choice: str | None) -> None:
        if choice == "close":
            self.exit()
        elif choice == "out":
            self.run_worker(self._sign_out(), group="do")

    async def _sign_out(self) -> None:
        self._is_leaving = True
        if not self.desk.supervises:
            await self.ask("state.set", SetState(state="offline"))
        with contextlib.suppress(LinkLost):
            await self.link.ask("session.end", SignOut())
        self.exit()
