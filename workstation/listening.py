"""Supervisors who hear calls: the operator's mark, and what the audit keeps of each stretch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import structlog

from crm_store.audit import Deed
from cti.calls import Leg, Listener
from cti.changes import ListeningEnded
from cti.feed import Subscription
from cti.floor import Call
from cti.views import FloorView
from workstation.desk import Desk
from workstation.policy import Person
from workstation.protocol import ListenerView
from workstation.settings import OperatorSettings
from workstation.supervision_settings import TellOperator
from workstation.views import moment

log = structlog.get_logger()
LISTENED = "call.listened"


async def run(desk: Desk, subscription: Subscription) -> None:
    """For ever; cancel to stop."""
    with subscription:
        async for fed in subscription.told(lambda: log.warning("the audit missed who listened")):
            for change in () if fed.restored else fed.changes:
                if isinstance(change, ListeningEnded):
                    desk.sight.traces.note(deed_of(change))


def deed_of(change: ListeningEnded) -> Deed:
    """Who heard whom, in which call and how, from when to when."""
    return Deed(by=change.supervisor, at=change.at, what=LISTENED, facts={
        "operator": change.operator, "call": change.call, "mode": change.mode,
        "from": moment(change.started_at), "to": moment(change.at)})


def told(call: Call, operator: str, tell: TellOperator,
         names: Mapping[str, OperatorSettings]) -> list[ListenerView]:
    """What this operator may know of who hears him: it stands on his own screens."""
    return views(names, (one for one in call.listeners
                         if one.operator == operator and tell.of(one.mode)))


def views(names: Mapping[str, OperatorSettings],
          listeners: Iterable[Listener]) -> list[ListenerView]:
    return [ListenerView(supervisor=one.supervisor, name=_name(names, one.supervisor),
                         operator=one.operator, mode=one.mode, since=moment(one.since))
            for one in listeners]


def _name(names: Mapping[str, OperatorSettings], operator: str) -> str:
    known = names.get(operator)
    return known.name if known is not None else operator


def leg_of(floor: FloorView, person: Person) -> Leg | None:
    """His phone's leg that was called to listen, whether it does already or not."""
    own = floor.legs_of_operator(person.operator) if person.operator else ()
    return next((leg for leg in own if leg.is_listener), None)
