"""Supervisors who hear calls: the operator's mark, and what the audit keeps of each stretch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from crm_store.audit import Deed
from cti.calls import Leg, Listener
from cti.changes import Change, ListeningBegan, ListeningEnded
from cti.errors import Overrun
from cti.feed import Subscription
from cti.floor import Call, Floor
from workstation.desk import Desk
from workstation.policy import Person
from workstation.protocol import ConversationView, ListenerView
from workstation.settings import OperatorSettings
from workstation.supervision_settings import TellOperator
from workstation.unforeseen import logged
from workstation.views import moment

LISTENED = "call.listened"


async def run(desk: Desk, subscription: Subscription) -> None:
    """For ever; cancel to stop."""
    with subscription:
        while True:
            try:
                fed = await anext(aiter(subscription))
            except Overrun:
                with logged("listening"):
                    mark(desk, desk.conversations.everything())
                continue
            for change in fed.changes:
                with logged("listening"):
                    follow(desk, change, restored=fed.restored)


def follow(desk: Desk, change: Change, *, restored: bool = False) -> None:
    if not isinstance(change, ListeningBegan | ListeningEnded):
        return
    if isinstance(change, ListeningEnded) and not restored:
        desk.sight.traces.note(deed_of(change))
    mark(desk, desk.conversations.with_call(change.call))


def deed_of(change: ListeningEnded) -> Deed:
    """Who heard whom, in which call and how, from when to when."""
    return Deed(by=change.supervisor, at=change.at, what=LISTENED, facts={
        "operator": change.operator, "call": change.call, "mode": change.mode,
        "from": moment(change.started_at), "to": moment(change.at)})


def mark(desk: Desk, conversations: Iterable[ConversationView]) -> None:
    """Who hears them stands on the operators' own screens, where policy says so."""
    tell = desk.settings.supervision.tell_operator
    for one in conversations:
        call = desk.floor.calls.get(one.call)
        shown = told(call, one.operator, tell, desk.operators)
        if one.listeners != shown:
            desk.conversations.change(one.operator, one.call, listeners=shown)


def told(call: Call | None, operator: str, tell: TellOperator,
         names: Mapping[str, OperatorSettings]) -> list[ListenerView]:
    """What this operator may know of who hears him."""
    found = call.listeners if call is not None else ()
    return views(names, (one for one in found
                         if one.operator == operator and tell.of(one.mode)))


def views(names: Mapping[str, OperatorSettings],
          listeners: Iterable[Listener]) -> list[ListenerView]:
    return [ListenerView(supervisor=one.supervisor, name=_name(names, one.supervisor),
                         operator=one.operator, mode=one.mode, since=moment(one.since))
            for one in listeners]


def _name(names: Mapping[str, OperatorSettings], operator: str) -> str:
    known = names.get(operator)
    return known.name if known is not None else operator


def leg_of(floor: Floor, person: Person) -> Leg | None:
    """His phone's leg that was called to listen, whether it does already or not."""
    own = floor.legs_of_operator(person.operator) if person.operator else ()
    return next((leg for leg in own if leg.is_listener), None)
