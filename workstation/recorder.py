"""Recordings while calls live: Asterisk writes, silent until it may sound; here is decided when.

Fail closed: what policy, consent or the disk does not allow, and what could not be asked, stays
silent. What has sounded is a row before anything else; what is over is made into one file. The
dialplan renews it where its leg is to hear another: it stops, and goes on within a moment. Where
that comes about without our dialplan, the leg is sent there (`recording_voices`).
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from crm_store import recordings
from crm_store.base import Tx
from crm_store.errors import StoreError
from crm_store.store import Store
from cti.calls import Leg
from cti.changes import (
    CallAnswered,
    CallHeld,
    CallLeftQueue,
    CallQueued,
    CallResumed,
    CallsMerged,
    CallTransferred,
    Change,
    ClientNamed,
    ConferenceEnded,
    LinkRestored,
    OperatorLeft,
    RecordingChanged,
)
from cti.commands import Commands
from cti.errors import CtiError
from cti.feed import Subscription
from cti.floor import Call, Floor
from workstation.conversations import Conversations
from workstation.protocol import ConversationView
from workstation.recording_keeper import Finisher
from workstation.recording_policy import Take, is_any_recorded, is_wanted, policy_of
from workstation.recording_settings import Policy
from workstation.recording_voices import Voices
from workstation.settings import Settings
from workstation.unforeseen import logged, outlived

log = structlog.get_logger()
BEAT_S, ALIVE_S = 5.0, 15       # how often we say that we are there; how long that is believed
TRY_S = 0.3
ASK_LIMIT_S = 2.0
AGAIN_S = 2.0
MOVES = (CallAnswered, CallHeld, CallLeftQueue, CallQueued, CallResumed, CallsMerged,
         CallTransferred, ClientNamed, OperatorLeft, RecordingChanged)
VOICES = (CallAnswered, CallsMerged, CallTransferred, ConferenceEnded, OperatorLeft,
          RecordingChanged)
MOVED_S = 0.7                   # who hears whom is told in several events; then it is so
RENEWED_S = 2.0                 # a recording that stopped may go on so soon
WhoseCall = Callable[[Tx, Call], Awaitable[frozenset[int]]]


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What the recorder looks at and speaks to. `whose` names the clients a call may be of,
    `interaction` waits for a call's row, `campaign_of` says which campaign dialled it."""
    settings: Settings
    store: Store
    floor: Floor
    commands: Commands
    conversations: Conversations
    whose: WhoseCall
    interaction: Callable[[str], Awaitable[int]]
    campaign_of: Callable[[str], str]
    clock: Callable[[], datetime]


class Recorder:
    def __init__(self, around: Surroundings, finisher: Finisher) -> None:
        self._around = around
        self._finisher = finisher
        self._queues = {queue.id: queue for queue in around.settings.queue}
        self._limit = timedelta(seconds=around.settings.recording.pause_limit_s)
        self._takes: dict[str, Take] = {}               # by leg
        self._voices = Voices(around.floor, around.commands)
        self._turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)    # by call
        self._rows: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)     # by leg
        self._stirred: asyncio.Queue[str] = asyncio.Queue()     # calls to look at again

    async def run(self, subscription: Subscription) -> None:
        """For ever; cancel to stop."""
        with subscription:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._beat(), name="recordings: there")
                tasks.create_task(self._look_again(tasks), name="recordings: look again")
                tasks.create_task(self._finisher.run(self._is_live), name="recordings: finish")
                async for fed in subscription.told(self._stir_all):
                    for change in fed.changes:
                        with logged("recordings"):
                            self._follow(tasks, change, restored=fed.restored)

    def follow_view(self, view: ConversationView) -> None:
        """The operator said whose call it is: that person may not allow it."""
        for take in self._takes.values():
            if take.call == view.call and take.client_id != view.client_id:
                take.client_id = view.client_id
                self._stirred.put_nowait(view.call)

    def take_of(self, call: Call) -> Take | None:
        """What is recorded of this call, the oldest first."""
        legs = (self._takes.get(leg.id) for leg in self._legs(call))
        return next((take for take in legs if take is not None), None)

    def policy_of(self, call: Call) -> Policy:
        return policy_of(call, self._queues, self._around.settings.recording,
                         self._around.campaign_of(call.id))

    async def ask(self, call: Call, *, on: bool | None = None,
                  pause: bool | None = None) -> None:
        """Somebody switches it on or off, or pauses it for a while. Raises as Commands does."""
        take = self.take_of(call)
        if take is None:
            return
        if on is not None:
            take.on, take.paused_until = on, None
        if pause is not None:
            take.paused_until = self._around.clock() + self._limit if pause else None
        await self._settle(call.id)

    async def may(self, call: Call) -> bool:
        """Whether nobody concerned refuses it, as far as can be known now."""
        around = self._around
        try:
            async with asyncio.timeout(ASK_LIMIT_S), around.store.read() as tx:
                clients = await around.whose(tx, call)
                clients |= {view.client_id for view in around.conversations.with_call(call.id)
                            if view.client_id is not None}
                return not await recordings.is_refused(tx, clients)
        except (StoreError, TimeoutError) as exc:
            log.warning("a call is not recorded, for consents cannot be read", call=call.id,
                        error=str(exc) or type(exc).__name__)
            self._stir_later(call.id)
            return False

    # ── what Asterisk says ───────────────────────────────────────────────────────────────────
    def _follow(self, tasks: asyncio.TaskGroup, change: Change, *, restored: bool) -> None:
        if isinstance(change, LinkRestored):
            self._stir_all()
        if isinstance(change, RecordingChanged):
            self._note(tasks, change, restored=restored)
        if isinstance(change, CallsMerged):
            for take in self._takes.values():
                take.call = change.kept if take.call == change.absorbed else take.call
        if self._takes and isinstance(change, MOVES) and not restored:
            self._stirred.put_nowait(change.call)
            if isinstance(change, VOICES):
                for leg in self._around.floor.legs_of(change.call):
                    if leg.recording:
                        self._voices.note_first(leg)
                tasks.create_task(outlived("a recording's voices", self._hear(change.call)),
                                  name=f"who is recorded in {change.call}")

    def _note(self, tasks: asyncio.TaskGroup, change: RecordingChanged, *,
              restored: bool) -> None:
        take = self._takes.get(change.leg)
        if take is None:
            take = self._takes[change.leg] = Take(
                leg=change.leg, call=change.call, channel=change.channel,
                began_at=change.began_at)
        if take.ended_at is not None:
            self._voices.forget(change.leg)
        # what was renewed is not silent any more, whatever it was
        take.is_fresh |= take.ended_at is not None and change.state != "on"
        take.note(change.state, change.at)
        if restored:
            self._recall(take, change)
        if take.marks or take.ended_at is not None:
            tasks.create_task(outlived("a recording's row", self._write(take)),
                              name=f"recording {take.leg}")

    def _recall(self, take: Take, change: RecordingChanged) -> None:
        """Before we were started somebody may have asked for what is so now."""
        take.is_fresh = False if take.marks else take.is_fresh
        take.on = True if take.marks else None
        take.paused_until = change.at + self._limit if change.state == "paused" else None

    async def _write(self, take: Take) -> None:
        """It has sounded: a row, whatever happens after. Once it is over, its file too."""
        async with self._rows[take.leg]:
            while marks := tuple(take.marks):
                try:
                    async with asyncio.timeout(30):
                        interaction = await self._around.interaction(take.call)
                    await self._begin(interaction, take, marks)
                    break
                except (StoreError, TimeoutError) as exc:
                    log.warning("a recording waits for its row", leg=take.leg,
                                error=str(exc) or type(exc).__name__)
                    await asyncio.sleep(AGAIN_S)
            if await self._is_over(take) and take.ended_at is not None:
                self._takes.pop(take.leg, None)
                if take.marks:
                    await self._finisher.finish(take.leg, ended_at=take.ended_at)
                else:
                    self._finisher.forget(take.leg)
                self._rows.pop(take.leg, None)

    async def _is_over(self, take: Take) -> bool:
        """It ended, and is not on again within a moment; with its leg it is over at once."""
        until = asyncio.get_running_loop().time() + RENEWED_S
        while take.ended_at is not None:
            if (take.leg not in self._around.floor.legs
                    or asyncio.get_running_loop().time() >= until):
                return True
            await asyncio.sleep(0.1)
        return False

    async def _begin(self, interaction: int, take: Take,
                     marks: tuple[tuple[float, float | None], ...]) -> None:
        async with self._around.store.begin() as tx:
            await recordings.begin(tx, interaction, take.leg, started_at=take.began_at,
                                   marks=marks)

    # ── what is asked of Asterisk ────────────────────────────────────────────────────────────
    async def _look_again(self, tasks: asyncio.TaskGroup) -> None:
        while True:
            call = await self._stirred.get()
            tasks.create_task(outlived("a recording", self._settle_quietly(call)),
                              name=f"recording of {call}")

    async def _settle_quietly(self, call_id: str) -> None:
        try:
            await self._settle(call_id)
        except CtiError as exc:
            log.warning("a recording could not be steered", call=call_id, error=str(exc))
            self._stir_later(call_id)

    async def _settle(self, call_id: str) -> None:
        """Bring what Asterisk does in line with what should be."""
        async with self._turns[call_id]:
            call = self._around.floor.calls.get(call_id)
            take = self.take_of(call) if call is not None else None
            if call is None or take is None:
                self._turns.pop(call_id, None)
                return
            for leg in self._legs(call):
                await self._steer(call, leg, is_first=leg.id == take.leg)

    async def _steer(self, call: Call, leg: Leg, *, is_first: bool) -> None:
        take = self._takes.get(leg.id)
        if take is None or take.ended_at is not None:
            return
        if take.is_fresh:       # at once, before anything is asked of the store
            await self._around.commands.mute_recording(leg.channel, on=True)
            take.is_fresh = False
        now = self._around.clock()
        is_on = (is_first and is_wanted(call, take, self.policy_of(call), now)
                 and self._finisher.has_room() and await self.may(call))
        if is_on != take.is_running and take.ended_at is None:
            await self._around.commands.mute_recording(leg.channel, on=not is_on)
        if not is_on and take.paused_until is not None and now < take.paused_until:
            self._stir_later(call.id, (take.paused_until - now).total_seconds())

    async def _hear(self, call_id: str) -> None:
        """Somebody else may be heard by now."""
        await asyncio.sleep(MOVED_S)
        async with self._turns[call_id]:
            call = self._around.floor.calls.get(call_id)
            take = self.take_of(call) if call is not None else None
            if call is None or take is None:
                self._turns.pop(call_id, None)
                return
            try:
                await self._voices.settle(call, self._around.floor.legs[take.leg])
            except CtiError as exc:
                log.warning("a new voice is not recorded", call=call_id, error=str(exc))

    def _legs(self, call: Call) -> Iterator[Leg]:
        return (leg for leg in self._around.floor.legs_of(call.id) if leg.recording)

    def _is_live(self, leg: str) -> bool:
        return leg in self._around.floor.legs or leg in self._takes

    def _stir_all(self) -> None:
        for call in self._around.floor.calls:
            self._stirred.put_nowait(call)

    def _stir_later(self, call: str, seconds: float = AGAIN_S) -> None:
        asyncio.get_running_loop().call_later(seconds + 0.01, self._stirred.put_nowait, call)

    async def _beat(self) -> None:
        """While we are there and have room, the dialplan may have recordings ready."""
        while is_any_recorded(self._around.settings):
            pause_s = BEAT_S
            if self._finisher.has_room():
                try:
                    await self._around.commands.allow_recording(
                        int(self._around.clock().timestamp()) + ALIVE_S)
                except CtiError:
                    pause_s = TRY_S     # it is told as soon as there is a link again
            await asyncio.sleep(pause_s)
