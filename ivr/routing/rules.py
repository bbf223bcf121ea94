"""Rules of routing, and the decision they come to for the facts of a call ○.

Rules are looked at from the first to the last, and each one that fits has its say: the first to
name a queue, an operator or a level decides that, of the priorities the highest counts. Facts are
those before any rule: one rule does not see what another decided.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from ivr.conditions import fits

Facts: TypeAlias = Mapping[str, str]
Effect: TypeAlias = Literal["queue", "priority", "prefer", "level"]
PREFER_S = 10
LAST, OWN = "last", "own"
WHOSE = {LAST: "last_operator", OWN: "own_operator"}     # who that is, among the facts
NO_FLAG = "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`priority` goes before smaller ones in the queue. `prefer` is `last`, `own` or an
    operator's id; he is waited for and rung `prefer_s`. `level` is of the queue's skill."""
    id: str
    says: str = ""
    when: Mapping[str, str] = field(default_factory=dict)
    queue: str | None = None
    priority: int | None = None
    prefer: str | None = None
    prefer_s: int = PREFER_S
    level: int | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """`rule` decided `what`, to be `value`, because of these facts."""
    rule: str
    says: str
    what: Effect
    value: str
    because: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """`operator` is rung first, for `operator_s`; None: the queue at once. `level` None: what the
    queue asks for itself."""
    queue: str
    priority: int = 0
    operator: str | None = None
    operator_s: int = 0
    level: int | None = None
    reasons: tuple[Reason, ...] = ()

    @property
    def way(self) -> tuple[str, int, str | None, int | None]:
        """What it means for the caller; two decisions with the same way differ in words only."""
        return self.queue, self.priority, self.operator, self.level


def decide(rules: Sequence[Rule], facts: Facts, operators: Collection[str]) -> Decision:
    """`facts["queue"]` is where he goes without any rule. Only who is among `operators` is
    preferred: who has left the company is not waited for."""
    fitting = [rule for rule in rules if is_met(rule, facts)]
    queue = next((rule for rule in fitting if rule.queue is not None), None)
    level = next((rule for rule in fitting if rule.level is not None), None)
    first = max((rule for rule in fitting if rule.priority), default=None,
                key=lambda rule: rule.priority or 0)
    prefer, operator = next(_preferred(fitting, facts, operators), (None, None))
    made: tuple[tuple[Rule | None, Effect, object], ...] = (
        (queue, "queue", queue and queue.queue),
        (first, "priority", first and first.priority), (prefer, "prefer", operator),
        (level, "level", level and level.level))
    return Decision(
        queue=(queue and queue.queue) or facts["queue"],
        priority=(first and first.priority) or 0, operator=operator,
        operator_s=prefer.prefer_s if prefer is not None else 0,
        level=level.level if level is not None else None,
        reasons=tuple(Reason(rule.id, rule.says, what, str(value), _because(rule, facts))
                      for rule, what, value in made if rule is not None))


def is_met(rule: Rule, facts: Facts) -> bool:
    """What is not known fits nothing."""
    return all((value := valued(facts, name)) is not None and fits(value, condition)
               for name, condition in rule.when.items())


def valued(facts: Facts, name: str) -> str | None:
    """A known client has no flag that is not among the facts."""
    if name.startswith("flag.") and facts.get("client") == "known":
        return facts.get(name, NO_FLAG)
    return facts.get(name)


def unknown(rules: Sequence[Rule], facts: Facts) -> set[str]:
    """What the rules ask for and nobody noted of this call."""
    return {name for rule in rules for name in rule.when if valued(facts, name) is None}


def _preferred(
    fitting: Sequence[Rule], facts: Facts, operators: Collection[str],
) -> Iterator[tuple[Rule, str]]:
    for rule in fitting:
        if rule.prefer is None:
            continue
        who = facts.get(WHOSE[rule.prefer], "") if rule.prefer in WHOSE else rule.prefer
        if who in operators:
            yield rule, who


def _because(rule: Rule, facts: Facts) -> dict[str, str]:
    return {name: valued(facts, name) or "" for name in rule.when}
