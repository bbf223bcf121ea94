"""All that one terminal knows: who is signed in, what the server showed, what is typed. """

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from workstation import texts
from workstation.protocol import (
    Catalogue,
    ConversationView,
    Delta,
    FormView,
    Me,
    OperatorView,
    Snapshot,
)
from workstation.terminal import drafts, views
from workstation.terminal.formats import moment
from workstation.terminal.link import LinkState

NOBODY = Me(id="", login="", name="", roles=[], groups=[], queues=[], locale="en", phone=None)
NOTHING = Catalogue(company="", currency="RUB", time_zone="UTC", pause_reasons=[],
                    request_types=[], queues=[], groups=[])
LINK_DOWN = LinkState(up=False)
SUPERVISING = frozenset({"supervisor", "administrator"})


@dataclass
class Workplace:
    """`monotonic` in seconds; the server's clock is told by its messages."""
    locale: str = "en"
    monotonic: Callable[[], float] = time.monotonic
    me: Me = NOBODY
    catalogue: Catalogue = NOTHING
    shelves: views.Shelves = field(default_factory=views.Shelves)
    typings: dict[int, drafts.Typing] = field(default_factory=dict)
    link: LinkState = LINK_DOWN
    words: texts.Translator = field(init=False)
    zone: tzinfo = UTC
    _server_now: datetime = field(default_factory=lambda: datetime.now(UTC))
    _heard_at: float = field(init=False)

    def __post_init__(self) -> None:
        self.words = texts.translator(self.locale)
        self._heard_at = self.monotonic()

    def now(self) -> datetime:
        """The server's clock."""
        return self._server_now + timedelta(seconds=self.monotonic() - self._heard_at)

    def take(self, snapshot: Snapshot) -> None:
        """Start or recover: everything shown is replaced, what is typed stays."""
        self.me, self.catalogue = snapshot.me, snapshot.catalogue
        self.locale = snapshot.me.locale
        self.words = texts.translator(self.locale)
        self.zone = _zone(snapshot.catalogue.time_zone)
        self._set_clock(snapshot.now)
        self.shelves = views.fresh(snapshot.views)
        self.typings = {key: drafts.lost(item) for key, item in self.typings.items()}
        self._follow_drafts()

    def apply(self, delta: Delta) -> set[str]:
        """The collections touched."""
        self._set_clock(delta.now)
        touched = self.shelves.apply(delta.changes)
        if "conversations" in touched:
            self._follow_drafts()
        return touched

    def _set_clock(self, now: str) -> None:
        self._server_now, self._heard_at = moment(now), self.monotonic()

    def _follow_drafts(self) -> None:
        live = {item.id: item for item in self.shelves.conversations.values()}
        for gone in self.typings.keys() - live.keys():
            del self.typings[gone]
        for key, item in live.items():
            known = self.typings.get(key)
            self.typings[key] = (drafts.heard(known, item.draft) if known is not None
                                 else drafts.opened(item.draft))

    def write(self, conversation: int, content: drafts.Content) -> None:
        """What is typed now; nothing when the conversation is gone."""
        if conversation in self.typings:
            self.typings[conversation] = drafts.write(self.typings[conversation], content)

    # ── what screens ask ─────────────────────────────────────────────────────────────────────
    @property
    def operator(self) -> OperatorView | None:
        return self.shelves.operators.get(self.me.id)

    @property
    def supervises(self) -> bool:
        return bool(SUPERVISING & set(self.me.roles))

    def conversation(self, key: int | None) -> ConversationView | None:
        return None if key is None else self.shelves.conversations.get(str(key))

    def form(self, conversation: ConversationView) -> FormView | None:
        """The form that is open: what the draft names, else what queue and menu decided."""
        typing = self.typings.get(conversation.id)
        wanted = typing.typed.form_type if typing is not None else None
        given = conversation.form
        if given is not None and wanted in (None, given.type):
            return given
        return next((item for item in self.catalogue.request_types if item.type == wanted), given)

    def operator_name(self, operator: str) -> str:
        """Whom the floor or the settings know; who has left long ago stays a number."""
        live = self.shelves.operators.get(operator)
        if live is not None:
            return live.name
        known = (one.name for one in self.catalogue.operators if one.id == operator)
        return next(known, operator)

    # ── words for what the server names ──────────────────────────────────────────────────────
    def say(self, name: str) -> str:
        """A name from the settings (queue, outcome, field) in the user's language, if known."""
        return self._known(f"word.{name}") or name

    def coded(self, family: str, code: str) -> str:
        """A code in words; one the catalogue does not have is shown without its underscores."""
        known = self._known(f"{family}.{code}")
        return known or (code.replace("_", " ") if code.islower() else code)

    def state(self, state: str) -> str:
        """Of an operator, a call or a conversation: the same word everywhere."""
        families = ("state", "call_state", "conversation")
        known = (self._known(f"{family}.{state}") for family in families)
        return next(filter(None, known), state)

    def _known(self, key: str) -> str:
        text = self.words(key)
        return "" if text == key else text

    def queue_name(self, key: str | None) -> str:
        names = {item.id: item.name for item in self.catalogue.queues}
        return self.say(names.get(key or "", key or ""))

    def pause_reason(self, reason: str) -> str:
        """Nothing for the reasons the server sets by itself at sign-in and after a call."""
        if reason in {"", "wrap_up"}:
            return ""
        names = {item.id: item.name for item in self.catalogue.pause_reasons}
        return self._known(f"reason.{reason}") or names.get(reason, reason)


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
