"""The pop: a call offered to an operator is on his screens, and nobody else's, as it rings.

The strip never waits for the store: what is not read within 100 ms comes after it.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from msgspec import structs

from crm_store import drafts, interactions
from crm_store.base import Tx
from crm_store.errors import StoreError
from crm_store.interactions import CallFacts
from crm_store.store import Store
from cti.changes import (
    CallAnswered,
    CallChange,
    CallEnded,
    CallHeld,
    CallResumed,
    CallsMerged,
    Change,
    ClientNamed,
    LinkRestored,
    OfferEnded,
    OperatorLeft,
    OperatorOffered,
)
from cti.errors import Overrun
from cti.feed import Subscription
from cti.floor import Call, Floor
from workstation import views
from workstation.background import Background, Wanted
from workstation.conversations import LIVE, Conversations
from workstation.journal import Journal
from workstation.policy import Person
from workstation.protocol import ConversationView
from workstation.records import stored_number
from workstation.settings import Settings
from workstation.wrap_up import REASON, WrapUp, shown

log = structlog.get_logger()
STRIP_AFTER_S = 0.1
CARD_WITHIN_S = 30.0
MISSED_SHOWN_S = 60.0


class Pops:
    def __init__(self, *, store: Store, settings: Settings, floor: Floor, journal: Journal,
                 conversations: Conversations, wrap_up: WrapUp, background: Background,
                 people: dict[str, Person], clock: Callable[[], datetime]) -> None:
        self._store = store
        self._settings = settings
        self._queues = {queue.id: queue for queue in settings.queue}
        self._floor = floor
        self._journal = journal
        self._conversations = conversations
        self._wrap_up = wrap_up
        self._background = background
        self._people = people
        self._clock = clock
        self._opened_at = clock()
        self.took_s: deque[float] = deque(maxlen=10_000)    # Asterisk's event → screens
        self.clients: dict[str, tuple[int, str]] = {}       # live call → client, for the floor
        self.campaigns: dict[str, str] = {}                 # live call → campaign
        self.dialled: dict[tuple[str, str], int] = {}       # (operator, number) → client meant

    async def run(self, subscription: Subscription) -> None:
        """For ever; cancel to stop. What was restored from the tape is history, not a pop."""
        with subscription:
            async with asyncio.TaskGroup() as tasks:
                await self.recall()
                while True:
                    try:
                        fed = await anext(aiter(subscription))
                    except Overrun:
                        await self.compare(tasks)
                        continue
                    if not fed.restored:
                        for change in fed.changes:
                            await self.follow(tasks, change, fed.received_ns)

    async def follow(self, tasks: asyncio.TaskGroup, change: Change,
                     received_ns: int = 0) -> None:
        match change:
            case OperatorOffered(operator=operator):
                self._open(tasks, operator, self._call_of(change), "ringing", change.at,
                           change.queue, received_ns)
            case OfferEnded(operator=operator, call=call, reason=reason) if reason != "answered":
                self._miss(tasks, operator, call)
            case CallAnswered():
                self._answered(tasks, change)
            case CallHeld(call=call):
                self._turn(call, "talking", "held")
            case CallResumed(call=call):
                self._turn(call, "held", "talking")
            case OperatorLeft(operator=operator, call=call, queue=queue):
                await self._left(operator, call, queue, change.at)
            case ClientNamed(call=call, client=client):
                self._named(tasks, call, client)
            case CallsMerged():
                self._merged(tasks, change)
            case CallEnded():
                await self._ended(tasks, change)
            case LinkRestored():
                await self.compare(tasks)

    # ── what the changes do ──────────────────────────────────────────────────────────────────
    def _call_of(self, change: CallChange) -> Call:
        """The live call; what the change says of it when we come late and it is over."""
        live = self._floor.calls.get(change.call)
        return live or Call(
            id=change.call, pbx=change.pbx, direction=change.direction,
            number=change.caller_number, name=change.caller_name, dialled=change.dialled_number,
            entry=None, state="ringing", since=change.at, started_at=change.at)

    def _open(self, tasks: asyncio.TaskGroup, operator: str, call: Call, state: str,
              at: datetime, queue: str | None, received_ns: int = 0) -> None:
        known = self._conversations.of_call(operator, call.id)
        if known is not None and known.state in LIVE:
            return
        view = self._strip(call, operator, state, at, queue)
        if known is not None:       # offered again: what he typed stays
            view = replace_kept(view, known)
        self._conversations.hold(view)
        tasks.create_task(self._show(view, call, received_ns), name=f"pop {operator} {call.id}")

    def _strip(self, call: Call, operator: str, state: Any, at: datetime,
               queue_id: str | None) -> ConversationView:
        queue = self._queues.get(queue_id or call.queue or "")
        number = stored_number(call.client_number, self._settings.company.region) or ""
        return ConversationView(
            id=self._journal.id_of(call.id) or 0, call=call.id, operator=operator, state=state,
            direction=call.direction, number=number, number_label=views.number_label(number),
            caller_name=call.name if call.direction == "in" else "",
            queue=queue.id if queue else "", queue_name=queue.name if queue else "",
            menu_path=list(call.menu_path), campaign="", waited_s=waited_s(call, at),
            offered_at=views.moment(at),
            answered_at=views.moment(at) if state == "talking" else None, ended_at=None,
            wrap_up_until=None, candidates=[], client_id=None, identity="unknown", card=None,
            timeline=[], timeline_cursor=None, draft=views.EMPTY_DRAFT, form=None,
            dispositions=views.dispositions(self._settings, queue), notice="")

    async def _show(self, view: ConversationView, call: Call, received_ns: int = 0) -> None:
        """The strip with the card if the store is quick, else the strip now and the card after."""
        try:
            async with asyncio.timeout(CARD_WITHIN_S), asyncio.TaskGroup() as tasks:
                reading = tasks.create_task(self._read(view, call), name=f"card {call.id}")
                await asyncio.wait([reading], timeout=STRIP_AFTER_S)
                if not reading.done():
                    self._conversations.change(view.operator, view.call, notice="store_slow")
                if received_ns:
                    self.took_s.append((time.monotonic_ns() - received_ns) / 1e9)
        except* (StoreError, TimeoutError) as problems:
            log.warning("a card could not be read", call=call.id, error=str(problems.exceptions))
            self._conversations.change(view.operator, view.call, notice="store_failed")

    async def _read(self, view: ConversationView, call: Call) -> None:
        """Card and interaction's id; of a new call they are looked for at the same time."""
        if self._is_new(call):
            async with asyncio.TaskGroup() as tasks:
                storing = tasks.create_task(self._journal.wait_for(call.id))
                fields = await self._gather(self._wanted(view, call))
            fields["id"] = storing.result()
        else:
            interaction = await self._journal.wait_for(call.id)
            fields = await self._gather(self._wanted(view, call, interaction))
            fields["id"] = interaction
        now = self._conversations.of_call(view.operator, view.call)
        if now is not None and now.client_id is not None:
            fields = {"id": fields["id"], "notice": ""}     # chosen by a person: stays as it is
        if now is not None and "draft" in fields and now.draft.version > fields["draft"].version:
            del fields["draft"]     # typed meanwhile
        filled = self._conversations.change(view.operator, view.call, **fields)
        if filled is None:
            return
        self.remember(filled)
        if filled.client_id is not None:
            await self._store_guess(call, filled.client_id)

    async def _gather(self, wanted: Wanted) -> dict[str, Any]:
        async with self._store.read() as tx:
            return await self._background.gather(tx, wanted)

    def _is_new(self, call: Call) -> bool:
        """Nobody had it on his screen before, neither now nor before our start."""
        return (call.started_at > self._opened_at
                and len(self._conversations.with_call(call.id)) == 1)

    def _wanted(self, view: ConversationView, call: Call | None,
                interaction: int | None = None) -> Wanted:
        person = self._people.get(view.operator)
        return Wanted(
            call=view.call, interaction=interaction, operator=view.operator, number=view.number,
            language=person.locale if person else self._settings.company.language,
            queue=view.queue or None, hint=self._hint(view, call),
            attempt=call.attempt if call else None, now=self._clock())

    def _hint(self, view: ConversationView, call: Call | None) -> int | None:
        """Whom the menu found, or whom the operator dialled."""
        if call is not None and call.client_hint is not None:
            return call.client_hint
        return self.dialled.pop((view.operator, view.number), None)

    async def _store_guess(self, call: Call, client_id: int) -> None:
        async with self._store.begin() as tx:
            await interactions.upsert_call(tx, CallFacts(
                call_id=call.id, pbx=call.pbx, direction=call.direction,
                started_at=call.started_at, client_id=client_id))

    def remember(self, view: ConversationView) -> None:
        if view.call not in self._floor.calls:
            return
        if view.client_id is not None:
            self.clients[view.call] = (view.client_id, view.card.name if view.card else "")
        if view.campaign:
            self.campaigns[view.call] = view.campaign

    def _miss(self, tasks: asyncio.TaskGroup, operator: str, call: str) -> None:
        view = self._conversations.of_call(operator, call)
        if view is None or view.state != "ringing":
            return
        self._conversations.change(operator, call, state="missed")
        tasks.create_task(self._forget_missed(operator, call), name=f"missed {operator} {call}")

    async def _forget_missed(self, operator: str, call: str) -> None:
        await asyncio.sleep(MISSED_SHOWN_S)
        view = self._conversations.of_call(operator, call)
        if view is not None and view.state == "missed":
            self._conversations.drop(operator, call)

    def _answered(self, tasks: asyncio.TaskGroup, change: CallAnswered) -> None:
        known = self._conversations.of_call(change.operator, change.call)
        if known is None or known.state not in LIVE:
            self._open(tasks, change.operator, self._call_of(change), "talking", change.at,
                       change.queue)
            return
        self._conversations.change(change.operator, change.call, state="talking",
                                   answered_at=known.answered_at or views.moment(change.at))
        for other in self._conversations.with_call(change.call):
            if other.operator != change.operator:
                self._miss(tasks, other.operator, change.call)

    def _turn(self, call: str, before: str, after: str) -> None:
        for view in self._conversations.with_call(call):
            if view.state == before:
                self._conversations.change(view.operator, call, state=after)

    async def _left(self, operator: str, call: str, queue: str | None, at: datetime) -> None:
        view = self._conversations.of_call(operator, call)
        if view is not None and view.state == "wrap_up":
            return
        until = await self._wrap_up.begin(operator, call, queue)
        self._conversations.change(operator, call, state="wrap_up", ended_at=views.moment(at),
                                   wrap_up_until=shown(until))

    def _named(self, tasks: asyncio.TaskGroup, call: str, client: int) -> None:
        """The menu found the client after the call was offered."""
        for view in self._conversations.with_call(call):
            live = self._floor.calls.get(call)
            if view.client_id is None and live is not None:
                tasks.create_task(self._show(view, replace(live, client_hint=client)),
                                  name=f"named {call}")

    def _merged(self, tasks: asyncio.TaskGroup, change: CallsMerged) -> None:
        """The absorbed call's conversations go on under the kept call."""
        live = self._floor.calls.get(change.kept)
        for view in self._conversations.with_call(change.absorbed):
            self._conversations.drop(view.operator, view.call)
            if self._conversations.of_call(view.operator, change.kept) is None and live:
                self._open(tasks, view.operator, live, view.state, change.at, live.queue)

    async def _ended(self, tasks: asyncio.TaskGroup, change: CallEnded) -> None:
        self.clients.pop(change.call, None)
        self.campaigns.pop(change.call, None)
        for view in self._conversations.with_call(change.call):
            if view.state == "ringing":
                self._miss(tasks, view.operator, change.call)
            elif view.state in LIVE:
                await self._left(view.operator, change.call, view.queue or None, change.at)

    # ── recovery ─────────────────────────────────────────────────────────────────────────────
    async def recall(self) -> None:
        """After a start: contacts without an outcome come back with their drafts."""
        try:
            async with self._store.read() as tx:
                await self._background.warm_up(tx)
        except StoreError as exc:
            log.warning("the store could not be warmed up", error=str(exc))
        for operator in [known.id for known in self._settings.operator if known.queues]:
            try:
                async with self._store.read() as tx:
                    rows = await interactions.without_disposition(tx, operator)
                    for row in rows:
                        if row.ended_at is None or row.call_id is None:
                            continue
                        kept = await drafts.load(tx, row.id, operator)
                        view = views.unfinished(row, operator, self._settings, views.draft(kept))
                        wanted = self._wanted(view, None, row.id)
                        self._conversations.put(await self._filled(tx, view, wanted))
            except StoreError as exc:
                log.warning("unfinished contacts could not be read", operator=operator,
                            error=str(exc))

    async def _filled(self, tx: Tx, view: ConversationView, wanted: Wanted) -> ConversationView:
        fields = await self._background.gather(tx, wanted)
        return structs.replace(view, **fields)

    async def compare(self, tasks: asyncio.TaskGroup) -> None:
        """Recovery is the start-up path: conversations are made equal to the floor."""
        for call in self._floor.calls.values():
            for operator in call.offered:
                self._open(tasks, operator, call, "ringing", call.since, call.queue)
            if call.operator is not None and call.state in ("talking", "held"):
                self._open(tasks, call.operator, call,
                           "held" if call.state == "held" else "talking",
                           call.answered_at or call.since, call.queue)
        for view in self._conversations.everything():
            if view.state in LIVE and view.call not in self._floor.calls:
                if view.state == "ringing":
                    self._miss(tasks, view.operator, view.call)
                else:
                    await self._left(view.operator, view.call, view.queue or None, self._clock())
        self._take_up_wrap_ups()

    def _take_up_wrap_ups(self) -> None:
        for operator in self._floor.operators.values():
            if operator.reason != REASON or self._wrap_up.counting(operator.id) is not None:
                continue
            newest = next((view for view in self._conversations.of(operator.id)
                           if view.state == "wrap_up"), None)
            until = self._wrap_up.resume(operator.id, newest.call if newest else "",
                                         operator.since)
            if newest is not None:
                self._conversations.change(operator.id, newest.call,
                                           wrap_up_until=views.moment(until))


def waited_s(call: Call, now: datetime) -> float:
    """How long the caller has waited in queues until now."""
    waits = [part for part in call.segments if part.kind in ("waiting", "ringing")]
    total = sum(((part.ended_at or now) - part.started_at for part in waits), timedelta())
    return round(max(0.0, total.total_seconds()), 1)


def replace_kept(view: ConversationView, known: ConversationView) -> ConversationView:
    """A call offered again keeps what is known and typed."""
    return structs.replace(
        view, draft=known.draft, identity=known.identity, client_id=known.client_id,
        candidates=known.candidates, card=known.card, timeline=known.timeline,
        timeline_cursor=known.timeline_cursor, form=known.form)
