"""`/routing`: the rules by which calls find their people, tried on past calls; why a call went
where it did. Leads look and try, administrators change."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import msgspec

from crm_store import call_routes, interactions
from crm_store.call_routes import Route as Kept
from ivr.routing.rules_file import FACTS
from workstation import routing_desk, views
from workstation.errors import NotThere, Unreadable
from workstation.policy import Who
from workstation.requests import type_texts
from workstation.web import shapes
from workstation.web.resources.kept_texts import LEADS, Resource
from workstation.web.resources.menu_shapes import Text
from workstation.web.routes import Asked, Route

A_WHILE, LONGEST = timedelta(days=7), timedelta(days=93)


class Trial(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`since` left out: the last seven days."""
    text: Text
    since: datetime | None = None


class ReasonView(shapes.Shape, frozen=True):
    """`rule` decided `what` (queue, priority, prefer, level) to be `value`."""
    rule: str
    says: str
    what: str
    value: str
    because: dict[str, str]


class WhyView(shapes.Shape, frozen=True):
    """How a call was routed. `operator` was to be rung first, `talked` who took it; `first`:
    they are one. `version`: of the rules, none those of the settings."""
    at: str
    client_id: int | None
    queue: str
    priority: int
    operator: str | None
    level: int | None
    version: int | None
    talked: str | None
    first: bool
    facts: dict[str, str]
    reasons: list[ReasonView]


class MoveView(shapes.Shape, frozen=True):
    before: str
    after: str
    calls: int


class OtherView(shapes.Shape, frozen=True):
    """A call that would have gone another way."""
    call_id: str
    at: str
    client_id: int | None
    queue: str
    priority: int
    operator: str | None
    new_queue: str
    new_priority: int
    new_operator: str | None
    reasons: list[ReasonView]


class TriedView(shapes.Shape, frozen=True):
    """`changes` by what would be otherwise; `unknown`: facts that were not noted then, by the
    number of calls."""
    since: str
    calls: int
    changed: int
    changes: dict[str, int]
    moves: list[MoveView]
    by_rule: dict[str, int]
    unknown: dict[str, int]
    shown: list[OtherView]


class FactsView(shapes.Shape, frozen=True):
    facts: dict[str, str]


async def facts(asked: Asked) -> Any:
    return FactsView(facts=dict(FACTS))


async def try_rules(asked: Asked) -> Any:
    desk, now = asked.desk, asked.desk.clock()
    since = asked.body.since or now - A_WHILE
    if since.tzinfo is None:
        raise Unreadable("a moment without a time zone")
    since = max(since, now - LONGEST)
    found, past = await routing_desk.try_rules(desk.store, desk.routing, asked.body.text, since,
                                               now)
    return TriedView(
        since=views.moment(since), calls=found.calls, changed=found.changed,
        changes=dict(found.changes), by_rule=dict(found.by_rule), unknown=dict(found.unknown),
        moves=[MoveView(before=before, after=after, calls=calls)
               for (before, after), calls in sorted(found.moves.items(), key=lambda one: -one[1])],
        shown=[_other(past[one.call_id], one.now) for one in found.shown])


def _other(then: Kept, now: Any) -> OtherView:
    return OtherView(
        call_id=then.call_id, at=views.moment(then.at), client_id=then.client_id,
        queue=then.queue, priority=then.priority, operator=then.operator, new_queue=now.queue,
        new_priority=now.priority, new_operator=now.operator,
        reasons=[ReasonView(**{**asdict(reason), "because": dict(reason.because)})
                 for reason in now.reasons])


async def why(asked: Asked) -> Any:
    """Operators are told of calls that were theirs."""
    async with asked.desk.store.read() as tx:
        row = await interactions.one(tx, asked.number("id"))
        if not asked.person.oversees and row.operator != asked.person.operator:
            raise NotThere("interaction")
        kept, talked = await call_routes.of_interaction(tx, row.id)
    return _why(kept, talked)


async def why_call(asked: Asked) -> Any:
    """Of a call that is under way: what the floor shows is not stored yet."""
    async with asked.desk.store.read() as tx:
        kept = await call_routes.of_call(tx, asked.path["call"])
    live = asked.desk.floor.calls.get(asked.path["call"])
    return _why(kept, live.operator if live is not None else None)


def _why(kept: Kept | None, talked: str | None) -> WhyView:
    if kept is None:
        raise NotThere("decision of routing")
    return WhyView(
        at=views.moment(kept.at), client_id=kept.client_id, queue=kept.queue,
        priority=kept.priority, operator=kept.operator, level=kept.level,
        version=kept.version, talked=talked,
        first=kept.operator is not None and kept.operator == talked, facts=dict(kept.facts),
        reasons=[ReasonView(**one) for one in kept.reasons])


RULES = Resource("/routing", lambda desk: desk.routing, "The rules of routing")
TYPES = Resource("/request-types", lambda desk: desk.type_texts, "Types of requests",
                 guard=type_texts.demand_stages, after=type_texts.look)
ROUTES = (
    Route(method="GET", path="/routing-facts", who=LEADS, answer=facts, result=FactsView,
          tags=("routing",), says="What rules of routing may ask about."),
    *RULES.routes(),
    Route(method="POST", path="/routing/rules/try", who=LEADS, answer=try_rules, body=Trial,
          result=TriedView, tags=("routing",),
          says="What these rules would have changed for the calls of a period."),
    Route(method="GET", path="/interactions/{id}/routing", who=Who.SIGNED_IN, answer=why,
          result=WhyView, tags=("routing",), says="Why this call went where it did."),
    Route(method="GET", path="/calls/{call}/routing", who=LEADS, answer=why_call, result=WhyView,
          tags=("routing",), says="Why a call that is under way went where it did."),
    *TYPES.routes(),
)
