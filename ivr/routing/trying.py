"""Other rules, tried on calls that are past: what they would have changed ○."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ivr.routing.rules import Decision, Rule, decide, unknown

MOST_SHOWN = 50


class Past(Protocol):
    """A call as it was routed then."""

    @property
    def call_id(self) -> str: ...
    @property
    def facts(self) -> Mapping[str, str]: ...
    @property
    def queue(self) -> str: ...
    @property
    def priority(self) -> int: ...
    @property
    def operator(self) -> str | None: ...
    @property
    def level(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Changed:
    call_id: str
    now: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """`changes` counts calls by what would be otherwise: queue, priority, prefer, level.
    `moves` by the queue then and the queue now; `by_rule` how often each rule decides something;
    `unknown` facts that rules ask for and that were not noted, by the number of calls. `shown`
    are the first calls that would go another way."""
    calls: int
    changed: int
    changes: Mapping[str, int]
    moves: Mapping[tuple[str, str], int]
    by_rule: Mapping[str, int]
    unknown: Mapping[str, int]
    shown: Sequence[Changed]


def tried(rules: Sequence[Rule], past: Iterable[Past], operators: Collection[str]) -> Tried:
    calls, changed = 0, 0
    changes: Counter[str] = Counter()
    moves: Counter[tuple[str, str]] = Counter()
    by_rule: Counter[str] = Counter()
    lacking: Counter[str] = Counter()
    shown: list[Changed] = []
    for call in past:
        calls += 1
        decision = decide(rules, call.facts, operators)
        by_rule.update({reason.rule for reason in decision.reasons})
        lacking.update(unknown(rules, call.facts))
        found = _differences(call, decision)
        changes.update(found)
        if "queue" in found:
            moves[(call.queue, decision.queue)] += 1
        if found:
            changed += 1
            if len(shown) < MOST_SHOWN:
                shown.append(Changed(call.call_id, decision))
    return Tried(calls=calls, changed=changed, changes=changes, moves=moves, by_rule=by_rule,
                 unknown=lacking, shown=tuple(shown))


def _differences(then: Past, now: Decision) -> list[str]:
    pairs = (("queue", then.queue, now.queue), ("priority", then.priority, now.priority),
             ("prefer", then.operator, now.operator), ("level", then.level, now.level))
    return [name for name, before, after in pairs if before != after]
