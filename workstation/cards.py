"""What a pop shows beside its strip: the client's card and history.

The strip never waits for the store: what is not read within 100 ms comes after it, and what
cannot be read is tried again for as long as the conversation is kept.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog

from crm_store.errors import StoreError
from crm_store.store import Store
from cti.floor import Call
from cti.views import FloorView
from workstation.background import Background, Wanted
from workstation.conversations import Conversations
from workstation.journal import Interactions
from workstation.policy import Person
from workstation.protocol import ConversationView
from workstation.settings import Settings

log = structlog.get_logger()
STRIP_AFTER_S = 0.1
CARD_WITHIN_S = 15.0
STORED_WITHIN_S = 30.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 15.0      # between two tries to read a card


class Cards:
    def __init__(self, *, store: Store, settings: Settings, floor: FloorView,
                 journal: Interactions, conversations: Conversations, background: Background,
                 people: dict[str, Person], clock: Callable[[], datetime]) -> None:
        self._store = store
        self._settings = settings
        self._floor = floor
        self._journal = journal
        self._conversations = conversations
        self._background = background
        self._people = people
        self._clock = clock
        self._opened_at = clock()
        self.took_s: deque[float] = deque(maxlen=10_000)    # Asterisk's event → screens
        self.clients: dict[str, tuple[int, str]] = {}       # live call → client, for the floor
        self.campaigns: dict[str, str] = {}                 # live call → campaign
        self.dialled: dict[tuple[str, str], int] = {}       # (operator, number) → client meant

    async def show(self, view: ConversationView, call: Call, received_ns: int = 0) -> None:
        """What the store says within 100 ms is one picture with the strip; the rest comes after
        it."""
        async with asyncio.TaskGroup() as tasks:
            reading = tasks.create_task(self._read(view, call), name=f"card {call.id}")
            await asyncio.wait([reading], timeout=STRIP_AFTER_S)
            is_in_time = reading.done()
            if is_in_time:
                self._fill(view, reading.result())
            else:
                self._conversations.change(view.operator, view.call, notice="store_slow")
            if received_ns:
                self.took_s.append((time.monotonic_ns() - received_ns) / 1e9)
            if not is_in_time:
                self._fill(view, await reading)
        self._tell_guess(view)

    async def _read(self, view: ConversationView, call: Call) -> dict[str, Any]:
        """The card and all that belongs to it; tried again as long as the conversation is kept.

        Of a new call nobody can have chosen or typed anything: it need not be stored yet.
        """
        pause_s = FIRST_PAUSE_S
        while self._is_kept(view):
            try:
                async with asyncio.timeout(CARD_WITHIN_S):
                    interaction = (None if self._is_new(view, call)
                                   else await self._journal.interaction(view.call))
                    wanted = self.wanted(view, call, interaction)
                    return await self._background.glance(self._store, wanted)
            except (StoreError, TimeoutError) as exc:
                log.warning("a card could not be read", call=call.id, error=type(exc).__name__)
            except Exception:
                log.exception("a card could not be read", call=call.id)
            self._conversations.change(view.operator, view.call, notice="store_failed")
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
        return {}

    def _fill(self, view: ConversationView, fields: dict[str, Any]) -> None:
        now = self._conversations.of_call(view.operator, view.call)
        if now is None or not fields:
            return
        if now.client_id is not None:       # chosen by a person: stays as it is
            fields = {name: fields[name] for name in ("notice",) if name in fields}
        if "draft" in fields and now.draft.version > fields["draft"].version:
            del fields["draft"]             # typed meanwhile
        filled = self._conversations.change(view.operator, view.call, **fields)
        if filled is not None:
            self.remember(filled)

    def _is_kept(self, view: ConversationView) -> bool:
        return self._conversations.of_call(view.operator, view.call) is not None

    def _is_new(self, view: ConversationView, call: Call) -> bool:
        """Nobody had it on his screen before, neither now nor before our start."""
        return (view.state != "wrap_up" and call.started_at > self._opened_at
                and not self._conversations.was_had_by_another(call.id, view.operator))

    def wanted(self, view: ConversationView, call: Call | None,
                interaction: int | None = None) -> Wanted:
        person = self._people.get(view.operator)
        return Wanted(
            call=view.call, interaction=interaction, operator=view.operator, number=view.number,
            language=person.locale if person else self._settings.company.language,
            queue=view.queue or None, hint=self._hint(view, call),
            attempt=call.attempt if call else None, now=self._clock(),
            entry=call.entry or "" if call else "", menu_path=view.menu_path)

    def wanted_again(self, view: ConversationView, interaction: int) -> Wanted:
        """Of a contact from before our start."""
        return self.wanted(view, None, interaction)

    def _hint(self, view: ConversationView, call: Call | None) -> int | None:
        """Whom the menu found, or whom the operator dialled."""
        if call is not None and call.client_hint is not None:
            return call.client_hint
        if view.direction != "out":
            return None
        return self.dialled.get((view.operator, view.number))

    def _tell_guess(self, view: ConversationView) -> None:
        """The journal writes it with the call's next change, and finds most clients itself."""
        now = self._conversations.of_call(view.operator, view.call)
        if now is not None and now.client_id is not None:
            self._journal.guess(view.call, now.client_id)

    def remember(self, view: ConversationView) -> None:
        if view.call not in self._floor.calls:
            return
        if view.client_id is not None:
            self.clients[view.call] = (view.client_id, view.card.name if view.card else "")
        if view.campaign:
            self.campaigns[view.call] = view.campaign
