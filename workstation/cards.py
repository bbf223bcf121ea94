"""What a pop shows beside its strip: the interaction's id and the client's card, each as it comes.

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

from crm_store import interactions
from crm_store.errors import StoreError
from crm_store.interactions import CallFacts
from crm_store.store import Store
from cti.floor import Call, Floor
from workstation.background import Background, Wanted
from workstation.conversations import Conversations
from workstation.journal import Journal
from workstation.policy import Person
from workstation.protocol import ConversationView
from workstation.settings import Settings

log = structlog.get_logger()
STRIP_AFTER_S = 0.1
CARD_WITHIN_S = 15.0
STORED_WITHIN_S = 30.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 15.0      # between two tries to read a card


class Cards:
    def __init__(self, *, store: Store, settings: Settings, floor: Floor, journal: Journal,
                 conversations: Conversations, background: Background,
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
        it, the interaction's id and the card each by itself."""
        async with asyncio.TaskGroup() as tasks:
            storing = tasks.create_task(self._stored(view), name=f"id {call.id}")
            reading = tasks.create_task(self._read(view, call, storing), name=f"card {call.id}")
            await asyncio.wait([storing, reading], timeout=STRIP_AFTER_S)
            in_time = {"id": storing.result()} if storing.done() and storing.result() else {}
            if reading.done():
                self._fill(view, in_time | reading.result())
            else:
                self._conversations.change(view.operator, view.call, **in_time,
                                           notice="store_slow")
            if received_ns:
                self.took_s.append((time.monotonic_ns() - received_ns) / 1e9)
            if not reading.done():
                tasks.create_task(self._fill_later(view, reading))
            if not in_time and (interaction := await storing):
                self._conversations.change(view.operator, view.call, id=interaction)
        await self._store_guess(view, call)

    async def _stored(self, view: ConversationView) -> int | None:
        """The interaction's id; None once nobody waits for it any more."""
        while self._is_kept(view):
            try:
                async with asyncio.timeout(STORED_WITHIN_S):
                    return await self._journal.wait_for(view.call)
            except TimeoutError:
                log.warning("a call on a screen is not stored yet", call=view.call)
        return None

    async def _read(self, view: ConversationView, call: Call,
                    storing: asyncio.Task[int | None]) -> dict[str, Any]:
        """The card and all that belongs to it; tried again as long as the conversation is kept.

        Of a new call nobody can have chosen or typed anything: its id need not be known.
        """
        pause_s = FIRST_PAUSE_S
        while self._is_kept(view):
            try:
                interaction = None if self._is_new(view, call) else await storing
                async with asyncio.timeout(CARD_WITHIN_S):
                    return await self._gather(self.wanted(view, call, interaction))
            except (StoreError, TimeoutError) as exc:
                log.warning("a card could not be read", call=call.id, error=type(exc).__name__)
            except Exception:
                log.exception("a card could not be read", call=call.id)
            self._conversations.change(view.operator, view.call, notice="store_failed")
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
        return {}

    async def _fill_later(self, view: ConversationView,
                          reading: asyncio.Task[dict[str, Any]]) -> None:
        self._fill(view, await reading)

    def _fill(self, view: ConversationView, fields: dict[str, Any]) -> None:
        now = self._conversations.of_call(view.operator, view.call)
        if now is None or not fields:
            return
        if now.client_id is not None:       # chosen by a person: stays as it is
            fields = {name: fields[name] for name in ("id", "notice") if name in fields}
        if "draft" in fields and now.draft.version > fields["draft"].version:
            del fields["draft"]             # typed meanwhile
        filled = self._conversations.change(view.operator, view.call, **fields)
        if filled is not None:
            self.remember(filled)

    async def _gather(self, wanted: Wanted) -> dict[str, Any]:
        async with self._store.read() as tx:
            return await self._background.gather(tx, wanted)

    def _is_kept(self, view: ConversationView) -> bool:
        return self._conversations.of_call(view.operator, view.call) is not None

    def _is_new(self, view: ConversationView, call: Call) -> bool:
        """Nobody had it on his screen before, neither now nor before our start."""
        return (view.state != "wrap_up" and call.started_at > self._opened_at
                and len(self._conversations.with_call(call.id)) == 1)

    def wanted(self, view: ConversationView, call: Call | None,
                interaction: int | None = None) -> Wanted:
        person = self._people.get(view.operator)
        return Wanted(
            call=view.call, interaction=interaction, operator=view.operator, number=view.number,
            language=person.locale if person else self._settings.company.language,
            queue=view.queue or None, hint=self._hint(view, call),
            attempt=call.attempt if call else None, now=self._clock())

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

    async def _store_guess(self, view: ConversationView, call: Call) -> None:
        """Nothing is lost without it: the journal finds the client of most calls itself."""
        now = self._conversations.of_call(view.operator, view.call)
        if now is None or now.client_id is None:
            return
        try:
            async with self._store.begin() as tx:
                await interactions.upsert_call(tx, CallFacts(
                    call_id=call.id, pbx=call.pbx, direction=call.direction,
                    started_at=call.started_at, client_id=now.client_id))
        except StoreError as exc:
            log.warning("a call's client could not be stored", call=call.id,
                        error=type(exc).__name__)

    def remember(self, view: ConversationView) -> None:
        if view.call not in self._floor.calls:
            return
        if view.client_id is not None:
            self.clients[view.call] = (view.client_id, view.card.name if view.card else "")
        if view.campaign:
            self.campaigns[view.call] = view.campaign
