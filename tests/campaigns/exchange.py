"""An outside world for the dialler, with its own clock: debtors, operators, and Asterisk's part.

Debtors behave by the last two digits of their number, as those of the private Asterisk do. It
survives the dialler: what happens while none is there is told to nobody.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from campaigns import steering
from campaigns.dialler import Dialler
from campaigns.gate import GatePlan, Pass, claim
from crm_store.store import Store
from cti.calls import Call
from cti.changes import AttemptSettled, CallAnswered, CallEnded, Change
from cti.operators import Operator
from cti.queues import Queue

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)    # Monday, 11:00 in Moscow
TRUNK = "127.0.0.1"
GATE = GatePlan(TRUNK, "+74951200000", rehearses=True)
OUTCOMES = ("promised", "paid", "refused", "disputed", "reached_in_person", "reached_another",
            "wrong_number", "call_later")


@dataclass(slots=True)
class Invite:
    """What the far end of the trunk saw."""
    attempt: int
    number: str
    at: datetime
    ended_at: datetime | None = None


@dataclass(slots=True)
class Exchange:
    """Time moves only by `tick`. `outcomes` decides what operators choose; None: nothing."""
    store: Store
    seed: int = 1
    outcomes: Callable[[str], str | None] = lambda number: "promised"
    now: datetime = START
    calls: dict[str, Call] = field(default_factory=dict)
    operators: dict[str, Operator] = field(default_factory=dict)
    queues: Mapping[str, Queue] = field(
        default_factory=lambda: {"collection": Queue("collection")})
    invites: list[Invite] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    _agenda: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    _said: deque[Change] = field(default_factory=deque)
    _asked: deque[tuple[int, str]] = field(default_factory=deque)
    _chosen: deque[tuple[int, str]] = field(default_factory=deque)
    _order: int = 0
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def staff(self, number: int) -> None:
        for index in range(number):
            name = str(101 + index)
            self.operators[name] = Operator(
                id=name, state="ready", since=self.now - timedelta(seconds=60), registered=True,
                queues=frozenset({"collection"}), interface=f"PJSIP/{name}")

    async def dial(self, attempt: int, channel_id: str) -> None:
        """Asterisk queues an Originate; the gate is asked a moment later."""
        self._asked.append((attempt, channel_id))

    async def tick(self, dialler: Dialler | None, seconds: float = 1.0) -> None:
        """One stretch of time: what was asked is dialled, what is due happens and is told."""
        self.now += timedelta(seconds=seconds)
        while self._asked:
            attempt, channel_id = self._asked.popleft()
            await self._pass_gate(attempt, channel_id, dialler)
        while self._agenda and self._agenda[0][0] <= self.now:
            self._agenda.pop(0)[2]()
        await self._tell(dialler)

    async def _tell(self, dialler: Dialler | None) -> None:
        while self._said:
            change = self._said.popleft()
            if dialler is not None:
                await dialler.take(change)
        while self._chosen:
            attempt, outcome = self._chosen[0]
            async with self.store.begin() as tx:
                await steering.record_disposition(tx, attempt, outcome, by="101", at=self.now)
            self._chosen.popleft()

    async def _pass_gate(self, attempt: int, channel_id: str, dialler: Dialler | None) -> None:
        if dialler is None:
            return                  # nobody listens at the gate's port
        async with self.store.begin() as tx:
            passed = await claim(tx, attempt, GATE, now=self.now)
        if not isinstance(passed, Pass):
            self.refusals.append(passed.why)
            return
        self._invite(attempt, channel_id, passed.number)

    def _invite(self, attempt: int, channel_id: str, number: str) -> None:
        invite = Invite(attempt, number, self.now)
        self.invites.append(invite)
        self.calls[channel_id] = Call(
            id=channel_id, pbx="main", direction="out", number="", name="", dialled=number,
            entry=None, state="dialling", since=self.now, started_at=self.now, attempt=attempt,
            queue="collection", channel=channel_id)
        ending = int(number[-2:])
        if ending < 60 or 90 <= ending < 95:
            self._later(self._random.uniform(3, 12), lambda: self._answer(invite, channel_id))
        else:
            status, cause, after_s = _FAILURES[ending // 10 if ending < 85 else ending // 5 / 2]
            self._later(after_s, lambda: self._fail(invite, channel_id, status, cause))

    def _answer(self, invite: Invite, call: str) -> None:
        self._say_settled(invite, "ANSWER", 0, call)
        self.calls[call] = replace(self.calls[call], state="waiting", answered_at=self.now)
        if 90 <= int(invite.number[-2:]) < 95:
            self._later(1, lambda: self._hang_up(invite, call, None))
            return
        self._later(1, lambda: self._connect(invite, call, self.now))

    def _connect(self, invite: Invite, call: str, since: datetime) -> None:
        free = [one for one in self.operators.values() if one.state == "ready"]
        if not free and self.now - since < timedelta(seconds=8):
            self._later(1, lambda: self._connect(invite, call, since))
            return
        if not free:
            self._say_settled(invite, "DROPPED", 16, call)
            self._hang_up(invite, call, None)
            return
        operator = free[0].id
        self._set(operator, "talking")
        self.calls[call] = replace(self.calls[call], state="talking", operator=operator)
        self._said.append(CallAnswered(
            at=self.now, call=call, pbx="main", direction="out", caller_number="", caller_name="",
            dialled_number=invite.number, channel=call, operator=operator, queue="collection",
            operator_channel=f"PJSIP/{operator}-1"))
        self._later(self._random.uniform(5, 20), lambda: self._hang_up(invite, call, operator))

    def _hang_up(self, invite: Invite, call: str, operator: str | None) -> None:
        ended = self.calls.pop(call)
        invite.ended_at = self.now
        self._said.append(CallEnded(
            at=self.now, call=call, pbx="main", direction="out", caller_number="", caller_name="",
            dialled_number=invite.number, channel=call, cause=16, ended_by="client", queue=None,
            outcome="answered" if operator else "failed", operator=operator,
            started_at=ended.started_at, answered_at=ended.answered_at if operator else None,
            waited_s=0, talked_s=0, held_s=0))
        self._say_settled(invite, "ENDED", 16, call)
        if operator is None:
            return
        self._set(operator, "wrap_up")
        outcome = self.outcomes(invite.number)
        if outcome is not None:
            self._later(2, lambda: self._chosen.append((invite.attempt, outcome)))
        self._later(3, lambda: self._set(operator, "ready"))

    def _fail(self, invite: Invite, call: str, status: str, cause: int) -> None:
        self.calls.pop(call)
        invite.ended_at = self.now
        self._say_settled(invite, status, cause, call)

    def _say_settled(self, invite: Invite, status: str, cause: int, call: str) -> None:
        self._said.append(AttemptSettled(
            at=self.now, attempt=invite.attempt, status=status, cause=cause,  # type: ignore[arg-type]
            call=call))

    def _set(self, operator: str, state: str) -> None:
        self.operators[operator] = replace(
            self.operators[operator], state=state, since=self.now)  # type: ignore[arg-type]

    def _later(self, seconds: float, deed: Callable[[], None]) -> None:
        self._order += 1
        self._agenda.append((self.now + timedelta(seconds=seconds), self._order, deed))
        self._agenda.sort(key=lambda item: item[:2])


# by the tens of the ending (8.5 and 9.5: the upper halves): DIALSTATUS, Q.850 cause, after seconds
_FAILURES: Mapping[float, tuple[str, int, float]] = {
    6: ("BUSY", 17, 1), 7: ("NOANSWER", 0, 8), 8: ("NOANSWER", 0, 8),
    8.5: ("CHANUNAVAIL", 1, 0.5), 9.5: ("CONGESTION", 38, 0.5)}
