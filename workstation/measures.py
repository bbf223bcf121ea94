"""What rules of scripts and proposals look at: facts by name, conditions on them ○.

A fact that is not known, or that this person must not see, is not there; then no condition on it
holds. So nothing that is hidden can be guessed from what a script says or proposes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

import msgspec

Fact: TypeAlias = str | float | frozenset[str]
Facts: TypeAlias = Mapping[str, Fact]
# name → how it is compared. Days are whole days until now; sums are in major units.
KNOWN: Mapping[str, Literal["word", "words", "number"]] = {
    "kind": "word", "segment": "word", "language": "word", "flags": "words", "tags": "words",
    "debt": "number", "debt_days": "number", "balance": "number", "accounts": "number",
    "meters": "number", "tenure_days": "number", "days_since_contact": "number",
    "days_since_payment": "number", "days_since_reading": "number", "contacts_30_days": "number",
    "emails": "number", "direction": "word", "queue": "word", "campaign": "word",
    "identity": "word",
}


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One test; several of a list must all hold. `what`: a fact, `custom.KEY`, `answer` (to this
    step's question) or `answer.STEP`."""
    what: str
    any_of: tuple[str, ...] = msgspec.field(default=(), name="is")
    none_of: tuple[str, ...] = msgspec.field(default=(), name="is_not")
    above: float | None = None
    below: float | None = None


def hold(conditions: Iterable[Condition], facts: Facts) -> bool:
    return all(_holds(one, facts) for one in conditions)


def _holds(condition: Condition, facts: Facts) -> bool:
    fact = facts.get(condition.what)
    if fact is None:
        return False
    words = fact if isinstance(fact, frozenset) else frozenset({str(fact)})
    if condition.any_of and not words & set(condition.any_of):
        return False
    if words & set(condition.none_of):
        return False
    if condition.above is None and condition.below is None:
        return True
    number = number_of(fact)
    return number is not None and (
        (condition.above is None or number > condition.above)
        and (condition.below is None or number < condition.below))


def number_of(fact: Fact) -> float | None:
    """What was typed or is known, as a number."""
    if isinstance(fact, int | float):
        return float(fact)
    if isinstance(fact, frozenset):
        return float(len(fact))
    try:
        return float(fact.replace(",", ".").replace(" ", "").replace("\u00a0", ""))
    except ValueError:
        return None


def wrong(condition: Condition, answers: Iterable[str] = ()) -> str:
    """What cannot be meant by it, or "". `answers`: the steps whose answers it may ask for."""
    name, _, step = condition.what.partition(".")
    if name == "answer":
        if step and step not in set(answers):
            return f"there is no question {step!r}"
    elif name != "custom" and condition.what not in KNOWN:
        return f"there is no fact {condition.what!r} ({', '.join(KNOWN)}, custom.KEY, answer)"
    if not (condition.any_of or condition.none_of
            or condition.above is not None or condition.below is not None):
        return "a condition needs is, is_not, above or below"
    compares = condition.above is not None or condition.below is not None
    if compares and KNOWN.get(condition.what) == "word":
        return f"{condition.what} is no number"
    return ""
