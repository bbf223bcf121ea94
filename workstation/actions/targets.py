"""Where one's call may go now, and which calls of colleagues one may pick up."""

from __future__ import annotations

from collections.abc import Iterator

from cti.floor import Operator
from workstation.desk import Desk
from workstation.policy import Person
from workstation.protocol import Choice
from workstation.protocol.targets import (
    ColleagueView,
    ListTargets,
    QueueTarget,
    RingingView,
    Targets,
)
from workstation.views import moment


async def listing(desk: Desk, person: Person, args: ListTargets) -> dict[str, object]:
    targets = Targets(
        colleagues=list(_colleagues(desk, person)), queues=list(_queues(desk)),
        menus=[Choice(id=name, name=name) for name in sorted(
            {entry.menu for entry in desk.settings.entry})],
        ringing=list(_ringing(desk, person)))
    return {name: getattr(targets, name) for name in targets.__struct_fields__}


def _colleagues(desk: Desk, person: Person) -> Iterator[ColleagueView]:
    own = set(person.queues)
    for operator, planned in desk.operators.items():
        live = desk.floor.operators.get(operator)
        if operator == person.operator or not desk.has_here(operator) or not (
                planned.queues or live):
            continue
        live = live or Operator(id=operator, state="offline", since=desk.opened_at)
        yield ColleagueView(
            id=operator, name=planned.name, state=live.state, since=moment(live.since),
            registered=live.registered, is_near=bool(own & set(planned.queues)))


def _queues(desk: Desk) -> Iterator[QueueTarget]:
    for queue, planned in desk.queues.items():
        line = desk.floor.queues.get(queue)
        ready = sum(operator.state == "ready" and queue in operator.queues
                    for operator in desk.floor.operators.values())
        yield QueueTarget(id=queue, name=planned.name, ready=ready,
                          waiting=len(line.waiting) if line else 0)


def _ringing(desk: Desk, person: Person) -> Iterator[RingingView]:
    for call in desk.floor.calls.values():
        if call.queue not in person.queues or call.state != "ringing":
            continue
        offered = next((one for one in call.offered if one != person.operator), None)
        if offered is not None:
            yield RingingView(call=call.id, number=call.client_number, name=call.name,
                              queue=call.queue or "", operator=offered, since=moment(call.since))
