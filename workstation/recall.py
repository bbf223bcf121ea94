"""After a start: the contacts without an outcome come back, with what was typed and ticked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from msgspec import structs

from crm_store import drafts, interactions
from crm_store.base import Tx
from crm_store.errors import StoreError
from crm_store.interactions import Interaction
from crm_store.store import Store
from workstation import unforeseen, unreached, views
from workstation.background import Background, Wanted
from workstation.conversations import Conversations
from workstation.protocol import ConversationView
from workstation.settings import Settings

log = structlog.get_logger()
PAUSES_S = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 0.0)
UNFINISHED_FOR = timedelta(days=7)      # older ones are history
UNREACHED_FOR = timedelta(hours=12)     # of a call that nobody answered: until the shift is over


class Recall:
    """`unended` are (operator, call) whose end was not stored when we started: either the call
    goes on, or it ended while nobody looked."""

    def __init__(self, store: Store, settings: Settings, background: Background,
                 conversations: Conversations, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._settings = settings
        self._background = background
        self._conversations = conversations
        self._clock = clock
        self.unended: set[tuple[str, str]] = set()
        self.is_done = asyncio.Event()      # or given up for now

    async def run(self, wanted: Callable[[ConversationView, int], Wanted]) -> None:
        """Once. `wanted` says whose background a conversation needs."""
        try:
            await self._background.warm_up(self._store)
        except StoreError as exc:
            log.warning("the store could not be warmed up", error=str(exc))
        for operator in [known.id for known in self._settings.operator if known.queues]:
            with unforeseen.logged("unfinished contacts", operator=operator):
                await self._read(operator, wanted)
        self.is_done.set()

    async def _read(self, operator: str,
                    wanted: Callable[[ConversationView, int], Wanted]) -> None:
        """Tried again for some minutes: the database may be starting too."""
        for pause_s in PAUSES_S:
            try:
                await self._of(operator, wanted)
                return
            except StoreError as exc:
                log.warning("unfinished contacts could not be read", operator=operator,
                            error=type(exc).__name__)
                await asyncio.sleep(pause_s)

    async def _of(self, operator: str,
                  wanted: Callable[[ConversationView, int], Wanted]) -> None:
        async with self._store.read() as tx:
            since = self._clock() - UNFINISHED_FOR
            rows = await interactions.without_disposition(tx, operator, since=since)
            rows += await interactions.with_open_draft(tx, operator, since=since)
            rows += await interactions.unreached_without_disposition(
                tx, operator, since=self._clock() - UNREACHED_FOR)
            for row in rows:
                call = row.call_id
                if call is None or self._conversations.of_call(operator, call) is not None:
                    continue
                view = await self._view(tx, row, operator, wanted)
                if self._conversations.of_call(operator, call) is None:
                    self._conversations.put(view)
                    if row.ended_at is None:
                        self.unended.add((operator, call))

    async def _view(self, tx: Tx, row: Interaction, operator: str,
                    wanted: Callable[[ConversationView, int], Wanted]) -> ConversationView:
        kept = await drafts.load(tx, row.id, operator)
        view = views.unfinished(row, operator, self._settings, views.draft(kept))
        fields = await self._background.gather(tx, wanted(view, row.id))
        if row.answered_at is None:
            fields |= unreached.fields(self._settings, row.outcome, None)
        return structs.replace(view, **fields)
