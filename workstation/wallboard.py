"""The floor summarised for screens ○: queues, operators and calls, with today's figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from crm_store.interaction_pages import Figures
from cti.changes import CallAnswered, CallLeftQueue, Change, SegmentClosed
from cti.floor import Call, Operator
from cti.views import FloorView
from workstation import call_marks, listening, pauses, protocol
from workstation.controls import can
from workstation.settings import OperatorSettings, Queue
from workstation.several import ONE, Several
from workstation.views import moment, moment_or_none


@dataclass(slots=True)
class QueueDay:
    answered: int = 0
    abandoned: int = 0
    in_time: int = 0


@dataclass(slots=True)
class OperatorDay:
    calls: int = 0
    talked_s: float = 0.0


@dataclass(slots=True)
class Today:
    """Counted from the changes since local midnight; one writer."""
    zone: ZoneInfo
    day: date
    queues: dict[str, QueueDay] = field(default_factory=dict)
    operators: dict[str, OperatorDay] = field(default_factory=dict)

    def begin(self, now: datetime) -> bool:
        """Whether a new day began; then every figure starts from nothing."""
        day = now.astimezone(self.zone).date()
        if day == self.day:
            return False
        self.day = day
        self.queues.clear()
        self.operators.clear()
        return True

    def recall(self, stored: Iterable[Figures], in_time_s: Mapping[str, int]) -> None:
        """What the store knows of today, after a start."""
        for part in stored:
            if part.queue and part.outcome == "answered":
                figures = self.queues.setdefault(part.queue, QueueDay())
                figures.answered += part.contacts
                figures.in_time += sum(wait <= in_time_s.get(part.queue, 0)
                                       for wait in part.waits_s)
            if part.queue and part.outcome == "abandoned":
                self.queues.setdefault(part.queue, QueueDay()).abandoned += part.contacts
            if part.operator and part.outcome == "answered":
                figures_of = self.operators.setdefault(part.operator, OperatorDay())
                figures_of.calls += part.contacts
                figures_of.talked_s += part.talked_s

    def count(self, change: Change, in_time_s: Mapping[str, int]) -> None:
        """`in_time_s`: queue → its service level threshold. Changes of other days are nothing."""
        if change.at.astimezone(self.zone).date() != self.day:
            return
        match change:
            case CallLeftQueue(queue=queue, reason="answered", waited_s=waited_s):
                figures = self.queues.setdefault(queue, QueueDay())
                figures.answered += 1
                figures.in_time += waited_s <= in_time_s.get(queue, 0)
            case CallLeftQueue(queue=queue, reason="abandoned"):
                self.queues.setdefault(queue, QueueDay()).abandoned += 1
            case CallAnswered(operator=operator):
                self.operators.setdefault(operator, OperatorDay()).calls += 1
            case SegmentClosed(kind="talk", who=str(who), at=at, started_at=started_at):
                figures_of = self.operators.setdefault(who, OperatorDay())
                figures_of.talked_s += max(0.0, (at - started_at).total_seconds())


@dataclass(frozen=True, slots=True)
class Drawn:
    """A call's picture and what it was drawn from: the call itself, its client and campaign."""
    call: Call
    known: tuple[tuple[int, str] | None, str]
    view: protocol.CallView


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the floor does not know: how things are called."""
    operators: Mapping[str, OperatorSettings]
    queues: Mapping[str, Queue]
    clients: Mapping[str, tuple[int, str]]      # call → client
    campaigns: Mapping[str, str]                # call → campaign's name
    phones: Mapping[str, str]                   # operator → "web" | "desk", as he last attached
    now: datetime
    pause_limits: Mapping[str, int] = field(default_factory=dict)       # reason → minutes
    several: Several = ONE
    lines: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # operator → call, verdict


def operators(floor: FloorView, today: Today, names: Names,
              opened_at: datetime) -> Iterator[tuple[str, protocol.OperatorView]]:
    for operator, planned in names.operators.items():
        if planned.queues or operator in floor.operators:
            live = floor.operators.get(operator) or Operator(
                id=operator, state="offline", since=opened_at)
            yield operator, operator_view(live, floor, today, names)


def operator_view(live: Operator, floor: FloorView, today: Today,
                  names: Names) -> protocol.OperatorView:
    planned = names.operators.get(live.id)
    call = floor.calls.get(live.call) if live.call else None
    figures = today.operators.get(live.id, OperatorDay())
    pbx = names.several.of_operator(live.id)
    return protocol.OperatorView(
        id=live.id, name=planned.name if planned else live.id, state=live.state,
        since=moment(live.since), reason=live.reason, queues=sorted(live.queues),
        phone=_phone(live, names), registered=live.registered,
        call=call.id if call else None, with_whom=_other_party(call, names) if call else "",
        calls_today=figures.calls, talked_today_s=round(figures.talked_s, 1),
        limit_s=pauses.limit_s(live, names.pause_limits),
        over=pauses.over(live, names.pause_limits, names.now),
        line=_line(live, names), pbx=pbx, away=pbx in names.several.away)


def _line(live: Operator, names: Names) -> str:
    """How his page says that the line of the call he is in now is; good is not worth a word."""
    call, verdict = names.lines.get(live.id, ("", ""))
    return verdict if call and call == live.call and verdict != "good" else ""


def _phone(live: Operator, names: Names) -> str:
    if live.interface is None:
        return names.phones.get(live.id, "")
    return "web" if live.interface.endswith("-web") else "desk"


def _other_party(call: Call, names: Names) -> str:
    known = names.clients.get(call.id)
    return known[1] if known else (call.client_number or call.name)


def queues(floor: FloorView, today: Today,
           names: Names) -> Iterator[tuple[str, protocol.QueueView]]:
    for queue, planned in names.queues.items():
        members = [operator for operator in floor.operators.values() if queue in operator.queues]
        figures = today.queues.get(queue, QueueDay())
        yield queue, protocol.QueueView(
            id=queue, name=planned.name, waiting=_waiting(floor, queue),
            ready=sum(member.state == "ready" for member in members),
            talking=sum(member.state == "talking" for member in members),
            signed_in=sum(member.state != "offline" for member in members),
            answered_today=figures.answered, abandoned_today=figures.abandoned,
            in_time_today=figures.in_time, parked=_parked(floor, queue),
            service_level_s=planned.service_level_s, parts=names.several.parts(queue))


def _parked(floor: FloorView, queue: str) -> list[protocol.ParkedView]:
    """Those of the queue; who came by none, in the queues of who parked him."""
    found = [call for call in floor.calls.values() if call.is_parked and (
        call.queue == queue or (call.queue is None and _works_in(floor, call.parked_by, queue)))]
    return [protocol.ParkedView(
        call=call.id, number=call.client_number, name=call.name, by=call.parked_by,
        since=moment(call.since)) for call in sorted(found, key=lambda call: call.since)]


def _works_in(floor: FloorView, operator: str, queue: str) -> bool:
    live = floor.operators.get(operator)
    return live is not None and queue in live.queues


def _waiting(floor: FloorView, queue: str) -> list[protocol.WaitingView]:
    line = floor.queues.get(queue)
    if line is None:
        return []
    return [protocol.WaitingView(
        call=place.call, since=moment(place.since),
        number=call.client_number if call else "", name=call.name if call else "")
        for place in sorted(line.waiting, key=lambda place: place.since)
        for call in (floor.calls.get(place.call),)]


def calls(floor: FloorView, names: Names,
          drawn: dict[str, Drawn]) -> Iterator[tuple[str, protocol.CallView]]:
    """`drawn` keeps the pictures from one beat to the next: most calls have not moved."""
    for gone in drawn.keys() - floor.calls.keys():
        del drawn[gone]
    for call in floor.calls.values():
        known = (names.clients.get(call.id), names.campaigns.get(call.id, ""))
        before = drawn.get(call.id)
        if before is None or before.call is not call or before.known != known:
            before = drawn[call.id] = Drawn(call, known, call_view(call, names))
        yield call.id, before.view


def call_view(call: Call, names: Names) -> protocol.CallView:
    client = names.clients.get(call.id)
    return protocol.CallView(
        id=call.id, direction=call.direction, state=call.state, number=call.client_number,
        name=call.name, client_id=client[0] if client else call.client_hint,
        client_name=client[1] if client else "", queue=call.queue, operator=call.operator,
        since=moment(call.since), started_at=moment(call.started_at),
        campaign=names.campaigns.get(call.id, ""),
        segments=[protocol.SegmentView(
            kind=part.kind, who=part.who, started_at=moment(part.started_at),
            ended_at=moment_or_none(part.ended_at)) for part in call.segments],
        listeners=listening.views(names.operators, call.listeners),
        **call_marks.marks(call, names.operators), can=list(can(call, "", "supervisor")),
        pbx=names.several.of_call(call.pbx))
