"""One caller on his way out of the menu: facts asked, decided, told to Asterisk, kept.

Whatever is too late or fails costs him nothing but the rules: he goes to the queue that the menu
chose. A base that was late a moment ago is not waited for again.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from crm_store import call_routes, clients
from crm_store.base import Tx
from crm_store.call_routes import Asking, Route
from ivr.enquiries_who import STRONG_TRUST
from ivr.flows import Enquiries
from ivr.line import Line
from ivr.routing.rules import Decision, Rule, decide

FACTS_LIMIT_S = 0.5
OF_QUEUES = {"waiting": "QUEUE_WAITING_COUNT({})", "free": "QUEUE_MEMBER({},free)"}
TO_QUEUE = "queue:"
BEST = 10               # a level of the queue's skill, as a penalty: see `workstation.skills`

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rules:
    """What is in use. `version` None: the rules of the settings."""
    rules: Sequence[Rule] = ()
    operators: Collection[str] = ()
    queues: Collection[str] = ()
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """A caller who goes on to `queue`."""
    queue: str
    entry: str
    number: str | None
    client: int | None
    language: str
    call_id: str = ""


@dataclass(frozen=True, slots=True)
class Routed:
    """`variables` are for the dialplan, before the caller goes on."""
    way: str
    variables: Mapping[str, str] = field(default_factory=dict)


async def route(rules: Rules, enquiries: Enquiries, line: Line, coming: Coming) -> Routed:
    """Never raises but what `line` does; never waits longer than FACTS_LIMIT_S for the base."""
    facts = await enquiries.asked(lambda tx, now: facts_of(tx, coming, now),
                                  what="routing", limit_s=FACTS_LIMIT_S)
    if facts is None:
        return Routed(TO_QUEUE + coming.queue)
    client, known = facts
    known |= enquiries.moment(coming.entry) | await _of_queues(rules, line)
    decision = decide(rules.rules, known, rules.operators)
    if decision.queue not in rules.queues:      # a version that is older than the settings
        decision = Decision(queue=coming.queue)
    if coming.call_id:
        await enquiries.kept(lambda tx, now: call_routes.keep(tx, Route(
            call_id=coming.call_id, client_id=client, at=now, queue=decision.queue,
            priority=decision.priority, operator=decision.operator, level=decision.level,
            version=rules.version, facts=known,
            reasons=[asdict(reason) for reason in decision.reasons])),
            what="routing", limit_s=FACTS_LIMIT_S)
    return Routed(TO_QUEUE + decision.queue, variables_of(decision))


def variables_of(decision: Decision) -> dict[str, str]:
    """Only what differs from a plain call's."""
    variables = {}
    if decision.priority:
        variables["QUEUE_PRIO"] = str(decision.priority)
    if decision.level is not None:
        variables["DESKLINE_PENALTY"] = str(BEST - decision.level)
    if decision.operator is not None:
        variables["DESKLINE_PREFER_S"] = str(decision.operator_s)
        variables["DESKLINE_PREFER"] = decision.operator
    return variables


async def facts_of(tx: Tx, coming: Coming, now: datetime) -> tuple[int | None, dict[str, str]]:
    """The client, and what is known of the call. Whoever alone is strongly linked with the number
    counts as the client, though the menu did not ask."""
    client = coming.client
    if client is None and coming.number is not None:
        found = await clients.candidates(tx, coming.number)
        strong = [one.client_id for one in found if one.trust >= STRONG_TRUST]
        client = strong[0] if len(strong) == 1 else None
    facts = {"queue": coming.queue, "entry": coming.entry, "language": coming.language,
             "number": "known" if coming.number else "hidden",
             "client": "known" if client is not None else "unknown"}
    facts |= await call_routes.facts_of(tx, Asking(
        number=coming.number, client_id=client, call_id=coming.call_id, now=now,
        today=now.date()))
    return client, facts


async def _of_queues(rules: Rules, line: Line) -> dict[str, str]:
    """How it stands in the queues that a rule asks about."""
    facts = {}
    for name in {name for rule in rules.rules for name in rule.when}:
        kind, _, queue = name.partition(".")
        if kind in OF_QUEUES:
            found = await line.ask_pbx(OF_QUEUES[kind].format(queue))
            if found and found.isdecimal():
                facts[name] = found
    return facts
