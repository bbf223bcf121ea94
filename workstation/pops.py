"""The pop: a call offered to an operator is on his screens, and nobody else's, as it rings.

The strip never waits for the store: what is not read within 100 ms comes after it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from msgspec import structs

from crm_store import interactions
from crm_store.errors import StoreError
from crm_store.store import Store
from cti.changes import (
    AttemptSettled,
    CallAnswered,
    CallChange,
    CallConsulted,
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
from cti.floor import Call
from cti.views import FloorView
from workstation import unreached, views
from workstation.asterisks import name_in
from workstation.background import Background
from workstation.cards import STORED_WITHIN_S, Cards
from workstation.controls import colleague_calling
from workstation.conversations import LIVE, Conversations, replace_kept
from workstation.journal import Interactions
from workstation.policy import Person
from workstation.protocol import ConversationView
from workstation.recall import Recall
from workstation.records import stored_number
from workstation.regions import regions_of
from workstation.settings import Settings
from workstation.unforeseen import logged, outlived
from workstation.wrap_up import REASON, WrapUp

log = structlog.get_logger()
MISSED_SHOWN_S = 60.0


class Pops:
    def __init__(self, *, store: Store, settings: Settings, floor: FloorView,
                 journal: Interactions, conversations: Conversations, wrap_up: WrapUp,
                 background: Background, people: dict[str, Person],
                 clock: Callable[[], datetime]) -> None:
        self._store = store
        self._settings = settings
        self._regions = regions_of(settings)
        self._queues = {queue.id: queue for queue in settings.queue}
        self._floor = floor
        self._journal = journal
        self._conversations = conversations
        self._wrap_up = wrap_up
        self._clock = clock
        self._cards = Cards(store=store, settings=settings, floor=floor, journal=journal,
                            conversations=conversations, background=background, people=people,
                            clock=clock)
        self._recall = Recall(store, settings, background, conversations, clock)
        self._compared: set[str] = set()                    # Asterisks, since our start
        self._reopening: set[tuple[str, str]] = set()       # (operator, call)
        self._attempted: dict[str, None] = {}               # live calls of campaigns
        self.took_s = self._cards.took_s
        self.clients = self._cards.clients
        self.campaigns = self._cards.campaigns
        self.dialled = self._cards.dialled
        self.remember = self._cards.remember

    async def run(self, subscription: Subscription) -> None:
        """For ever; cancel to stop. What was restored from the tape is history, not a pop."""
        with subscription:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(outlived("unfinished contacts", self.recall(tasks)))
                while True:
                    try:
                        fed = await anext(aiter(subscription))
                    except Overrun:
                        with logged("pops: comparing"):
                            self.compare(tasks)
                        continue
                    for change in () if fed.restored else fed.changes:
                        with logged("pops"):
                            self.follow(tasks, change, fed.received_ns)

    def follow(self, tasks: asyncio.TaskGroup, change: Change, received_ns: int = 0) -> None:
        match change:
            case OperatorOffered(operator=operator):
                self._open(tasks, operator, self._call_of(change), "ringing", change.at,
                           change.queue, received_ns)
            case OfferEnded(operator=operator, call=call, reason=reason) if reason != "answered":
                self._miss(tasks, operator, call)
            case CallAnswered():
                self._answered(tasks, change)
            case CallConsulted(third=str(third)) if third != change.operator:
                self._asked(third, change)
            case CallHeld(call=call):
                self._turn(call, "talking", "held")
            case CallResumed(call=call):
                self._turn(call, "held", "talking")
            case OperatorLeft():
                self._left(tasks, change.operator, change)
            case ClientNamed(call=call, client=client):
                self._named(tasks, call, client)
            case AttemptSettled(call=call) if call in self._floor.calls:
                self._attempted[call] = None
            case CallsMerged():
                self._merged(tasks, change)
            case CallEnded():
                self._ended(tasks, change)
            case LinkRestored(pbx=pbx):
                self._compared.add(pbx)
                self.compare(tasks)

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
        tasks.create_task(outlived("a pop", self._cards.show(view, call, received_ns)),
                          name=f"pop {operator} {call.id}")

    def _strip(self, call: Call, operator: str, state: Any, at: datetime,
               queue_id: str | None) -> ConversationView:
        queue = self._queues.get(queue_id or call.queue or "")
        number = stored_number(call.client_number, self._regions.of(call.entry)) or ""
        return ConversationView(
            id=views.conversation_id(call.id),
            call=call.id, operator=operator, state=state,
            direction=call.direction, number=number, number_label=views.number_label(number),
            caller_name=call.name if call.direction == "in" else "",
            queue=queue.id if queue else "", queue_name=queue.name if queue else "",
            menu_path=list(call.menu_path), campaign="", waited_s=waited_s(call, at),
            offered_at=views.moment(at),
            answered_at=views.moment(at) if state != "ringing" else None, ended_at=None,
            wrap_up_until=None, candidates=[], client_id=None, identity="unknown", card=None,
            timeline=[], timeline_cursor=None, draft=views.EMPTY_DRAFT, form=None,
            dispositions=views.dispositions(self._settings, queue), notice="")

    def _miss(self, tasks: asyncio.TaskGroup, operator: str, call: str) -> None:
        view = self._conversations.of_call(operator, call)
        if view is None or view.state != "ringing":
            return
        self._conversations.change(operator, call, state="missed")
        tasks.create_task(outlived("a missed call", self._forget_missed(operator, call)),
                          name=f"missed {operator} {call}")

    async def _forget_missed(self, operator: str, call: str) -> None:
        await asyncio.sleep(MISSED_SHOWN_S)
        view = self._conversations.of_call(operator, call)
        if view is not None and view.state == "missed":
            self._conversations.drop(operator, call)

    def _answered(self, tasks: asyncio.TaskGroup, change: CallAnswered) -> None:
        call = self._call_of(change)
        known = self._conversations.of_call(change.operator, change.call)
        for caller in colleague_calling(call, self._floor.operators):
            self._open(tasks, caller, call, "talking", change.at, None)
        if known is None or known.state not in LIVE:
            self._open(tasks, change.operator, call, "talking", change.at, change.queue)
            return
        self._conversations.change(change.operator, change.call, state="talking",
                                   answered_at=known.answered_at or views.moment(change.at))
        for other in self._conversations.with_call(change.call):
            if other.operator != change.operator:
                self._miss(tasks, other.operator, change.call)

    def _asked(self, third: str, change: CallConsulted) -> None:
        """A colleague is asked about a call: it is on his screen while he is."""
        view = self._conversations.of_call(third, change.call)
        if view is None or view.state not in LIVE:
            return
        if change.state == "over":
            self._conversations.drop(third, change.call)
        elif change.state != "ringing" and view.state == "ringing":
            self._conversations.change(third, change.call, state="talking",
                                       answered_at=views.moment(change.at))

    def _turn(self, call: str, before: str, after: str) -> None:
        for view in self._conversations.with_call(call):
            if view.state == before:
                self._conversations.change(view.operator, call, state=after)

    def _left(self, tasks: asyncio.TaskGroup, operator: str, change: CallChange) -> None:
        view = self._conversations.of_call(operator, change.call)
        if view is None:
            self._reopen(tasks, operator, change)
        elif view.state != "wrap_up":
            self._wrap(tasks, view, change.at)

    def _wrap(self, tasks: asyncio.TaskGroup, view: ConversationView, at: datetime) -> None:
        """Asterisk is asked to pause him beside the loop: it may take its time."""
        counting = self._wrap_up.begin(view.operator, view.call, view.queue or None)
        self._conversations.change(
            view.operator, view.call, state="wrap_up", ended_at=views.moment(at),
            wrap_up_until=views.moment(counting.until) if counting is not None else None,
            extensions_left=self._wrap_up.left(view.operator, view.call))
        if counting is not None:
            tasks.create_task(outlived("wrap-up", self._wrap_up.hold(view.operator, counting)),
                              name=f"wrap-up {view.operator}")

    def _reopen(self, tasks: asyncio.TaskGroup, operator: str, change: CallChange) -> None:
        """He had this call, and we know nothing of it: it ended while we were away."""
        key = (operator, change.call)
        if key not in self._reopening:
            self._reopening.add(key)
            tasks.create_task(outlived("a contact", self._reopened(tasks, operator, change)),
                              name=f"reopen {operator} {change.call}")

    async def _reopened(self, tasks: asyncio.TaskGroup, operator: str,
                        change: CallChange) -> None:
        """Unless its outcome is chosen already."""
        try:
            async with asyncio.timeout(STORED_WITHIN_S):
                interaction = await self._journal.wait_for(change.call)
            async with self._store.read() as tx:
                stored = await interactions.one(tx, interaction)
        except (StoreError, TimeoutError) as exc:
            log.warning("whether a contact is finished could not be read", call=change.call,
                        error=type(exc).__name__)
            stored = None
        finally:
            self._reopening.discard((operator, change.call))
        if stored is not None and stored.disposition is not None:
            return
        if self._conversations.of_call(operator, change.call) is None:
            self._open(tasks, operator, self._call_of(change), "wrap_up", change.at,
                       stored.queue if stored is not None else None)
            if stored is not None:
                self._conversations.change(operator, change.call, answered_at=views.moment_or_none(
                    stored.answered_at))
        view = self._conversations.of_call(operator, change.call)
        if view is not None and view.wrap_up_until is None:
            self._wrap(tasks, view, change.at)

    def _named(self, tasks: asyncio.TaskGroup, call: str, client: int) -> None:
        """The menu found the client after the call was offered."""
        for view in self._conversations.with_call(call):
            live = self._floor.calls.get(call)
            if view.client_id is None and live is not None:
                tasks.create_task(
                    outlived("a pop", self._cards.show(view, replace(live, client_hint=client))),
                    name=f"named {call}")

    def _merged(self, tasks: asyncio.TaskGroup, change: CallsMerged) -> None:
        """The absorbed call's conversations go on under the kept call."""
        live = self._floor.calls.get(change.kept)
        self.clients.pop(change.absorbed, None)
        self.campaigns.pop(change.absorbed, None)
        for view in self._conversations.with_call(change.absorbed):
            self._conversations.drop(view.operator, view.call)
            if self._conversations.of_call(view.operator, change.kept) is None and live:
                self._open(tasks, view.operator, live, view.state, change.at, live.queue)
                self._keep_typed(view, change.kept)

    def _keep_typed(self, absorbed: ConversationView, kept: str) -> None:
        """What he typed before the two calls became one; the store moves it as well."""
        now = self._conversations.of_call(absorbed.operator, kept)
        if now is not None and absorbed.draft.version:
            self._conversations.hold(structs.replace(now, draft=absorbed.draft))

    def _ended(self, tasks: asyncio.TaskGroup, change: CallEnded) -> None:
        self.clients.pop(change.call, None)
        self.campaigns.pop(change.call, None)
        is_attempt = self._attempted.pop(change.call, "") is None
        hint = unreached.hint(change, self.dialled, self._settings.company.region)
        self._forget_dialled(change)
        for view in self._conversations.with_call(change.call):
            if view.state == "ringing":
                self._miss(tasks, view.operator, change.call)
            elif view.state in LIVE:
                self._wrap(tasks, view, change.at)
        if change.operator and change.answered_at is not None:
            self._left(tasks, change.operator, change)
        elif unreached.is_one(change) and not is_attempt:    # else the campaign knows
            self._unreached(tasks, change, hint)

    def _unreached(self, tasks: asyncio.TaskGroup, change: CallEnded, hint: int | None) -> None:
        """He dialled, and nobody answered: that is a contact with an outcome too."""
        operator, call = change.operator or "", self._call_of(change)
        known = self._conversations.of_call(operator, change.call)
        if known is not None and known.state in ("wrap_up", "done"):
            return
        if known is None:
            self._open(tasks, operator, replace(call, client_hint=call.client_hint or hint),
                       "wrap_up", change.at, None)
        view = self._conversations.of_call(operator, change.call)
        if view is not None:
            seen = structs.replace(view, answered_at=None, **unreached.fields(
                self._settings, change.outcome, change.cause))
            self._conversations.hold(seen)
            self._wrap(tasks, seen, change.at)

    def _forget_dialled(self, change: CallEnded) -> None:
        if change.direction == "out":
            number = stored_number(change.dialled_number, self._settings.company.region) or ""
            for key in [key for key in self.dialled if key[1] == number]:
                if change.operator in (None, key[0]):
                    del self.dialled[key]

    # ── recovery ─────────────────────────────────────────────────────────────────────────────
    async def recalled(self, limit_s: float) -> None:
        """Until unfinished contacts are back after a start, or it takes too long."""
        try:
            async with asyncio.timeout(limit_s):
                await self._recall.is_done.wait()
        except TimeoutError:
            log.warning("unfinished contacts are not back yet")

    async def recall(self, tasks: asyncio.TaskGroup) -> None:
        """After a start: contacts without an outcome come back with their drafts."""
        await self._recall.run(self._cards.wanted_again)
        if self._compared:
            self.compare(tasks)

    def compare(self, tasks: asyncio.TaskGroup) -> None:
        """Recovery is the start-up path: conversations are made equal to the floor, as far as
        Asterisk has said what is so."""
        for call in self._floor.calls.values():
            if call.pbx in self._compared:
                self._show_live(tasks, call)
        for view in self._conversations.everything():
            self.remember(view)
            if view.state in LIVE and view.call not in self._floor.calls \
                    and name_in(self._settings, view.call) in self._compared:
                self._gone(tasks, view)
        self._take_up_wrap_ups()

    def _show_live(self, tasks: asyncio.TaskGroup, call: Call) -> None:
        for operator in call.offered:
            self._open(tasks, operator, call, "ringing", call.since, call.queue)
        if call.operator is not None and call.state in ("talking", "held"):
            for one in (call.operator, *colleague_calling(call, self._floor.operators)):
                self._open(tasks, one, call, call.state, call.answered_at or call.since,
                           call.queue)

    def _gone(self, tasks: asyncio.TaskGroup, view: ConversationView) -> None:
        if view.state == "ringing":
            self._miss(tasks, view.operator, view.call)
        elif (view.operator, view.call) in self._recall.unended:    # long ago: nothing to count
            self._conversations.change(view.operator, view.call, state="wrap_up")
        else:
            self._wrap(tasks, view, self._clock())

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
