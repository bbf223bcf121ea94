"""Steps of operators: their queues, pauses and phones, and what their legs make of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final, TypedDict

from cti import changes as ch
from cti import events as ev
from cti.calls import RING
from cti.live import Floor
from cti.operators import Operator, Standing
from cti.queues import Member
from cti.stages import Out, is_up
from cti.values import made

UNREACHABLE = frozenset({0, 4, 5})      # device states: unknown, invalid, unavailable
WRAP_UP: Final = "wrap_up"


class OperatorFacts(TypedDict):
    """What `OperatorChanged` tells."""
    state: ch.OperatorState
    reason: str
    interface: str | None
    registered: bool
    queues: tuple[str, ...]
    call: str | None


def seen(floor: Floor, event: ev.MemberSeen, out: Out) -> None:
    operator = floor.operator_at(event.interface)
    if operator is None:
        operator = _learn(floor, event)
    key = (event.queue, event.interface)
    if floor.listing is not None:
        floor.listing.members.add(key)
    member = Member(
        event.queue, event.interface, operator, event.is_paused, event.reason, event.penalty)
    if floor.members.get(key) != member:
        floor.put_member(member)
    floor.queue(event.queue)
    if event.device >= 0:
        is_reachable = event.device not in UNREACHABLE
        floor.put_phone(event.interface, operator, is_reachable=is_reachable)


def _learn(floor: Floor, event: ev.MemberSeen) -> str:
    """A member that nobody told us of goes by his member name, else by his phone's."""
    is_named = event.member not in ("", event.interface)
    known = event.member if is_named else event.interface.partition("/")[2]
    operator = floor.learned[event.interface] = floor.apart.person(known)
    return operator


def gone(floor: Floor, event: ev.MemberGone, out: Out) -> None:
    floor.drop_member(event.queue, event.interface)


def phone_seen(floor: Floor, event: ev.DeviceSeen, out: Out) -> None:
    operator = floor.operator_at(event.interface)
    if operator is not None:
        floor.put_phone(event.interface, operator, is_reachable=event.is_reachable)


def refresh(floor: Floor, at: datetime, out: Out) -> None:
    """Look again at every operator that the last event may have touched."""
    if not floor.stirred:
        return
    stirred, floor.stirred = floor.stirred, {}
    for operator_id in stirred:
        before = floor.operators.get(operator_id)
        after = _look_at(floor, operator_id, before, at)
        if after is before:
            continue
        floor.put_operator(after)
        if before is None or _told(before) != _told(after):
            out.append(made(ch.OperatorChanged)(at=at, operator=operator_id, **_told(after)))


def _told(operator: Operator) -> OperatorFacts:
    return {
        "state": operator.state, "reason": operator.reason, "interface": operator.interface,
        "registered": operator.registered, "queues": tuple(sorted(operator.queues)),
        "call": operator.call,
    }


def _look_at(floor: Floor, operator_id: str, before: Operator | None, at: datetime) -> Operator:
    """`before` itself where nothing is otherwise: most looks are for nothing, and a queue that
    rings a hundred phones asks for hundreds."""
    standing = floor.standings.get(operator_id) or _standing(floor, operator_id)
    engagement, call = _engagement(floor, operator_id)
    state, reason = engagement or standing.state, standing.reason
    is_same = before is not None and before.state == state and before.reason == reason
    if (before is not None and is_same and before.call == call
            and before.interface == standing.interface
            and before.interfaces == standing.interfaces and before.queues == standing.queues):
        return before
    interface, reachable = standing.interface, standing.interfaces
    return Operator(
        id=operator_id, state=state, reason=reason, interface=interface,
        since=before.since if before is not None and is_same else at,
        queues=standing.queues, call=call, interfaces=reachable,
        registered=interface in reachable if interface else bool(reachable),
    )


def _standing(floor: Floor, operator_id: str) -> Standing:
    members = floor.memberships.get(operator_id, {})
    phones = floor.phones.get(operator_id, {})
    found = floor.standings[operator_id] = Standing(
        *_presence(members.values()), next((one.interface for one in members.values()), None),
        tuple(sorted([phone for phone, is_there in phones.items() if is_there])),
        frozenset(members))
    return found


def _presence(members: Iterable[Member]) -> tuple[ch.OperatorState, str]:
    """What he chose, as the queues know it; one unpaused membership makes him ready."""
    state: ch.OperatorState = "offline"
    reason = ""
    for one in members:
        if not one.is_paused:
            return "ready", ""
        state, reason = "paused", reason or one.reason
    return (WRAP_UP, reason) if reason == WRAP_UP else (state, reason)


def _engagement(
    floor: Floor, operator_id: str,
) -> tuple[ch.OperatorState | None, str | None]:
    """What his calls say; the newest leg counts, and a talk counts before a ring."""
    state: ch.OperatorState | None = None
    call_id: str | None = None
    for leg in floor.legs_of_operator(operator_id):
        call = floor.call_of(leg)
        if call is None:
            continue
        if is_up(leg) or leg.state == RING:
            state, call_id = "talking", call.id
        elif state != "talking" and leg.id in call.offers:
            state, call_id = "offered", call.id
    return state, call_id
