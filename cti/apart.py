"""What tells the ids of several Asterisks apart ○.

Two Asterisks may give the same Uniqueid, and both may know a phone 101. The ids of the first stay
as it says them; those of any other end in `@` and its name, from its floor on. The tape holds what
Asterisk said, and what is asked of Asterisk by channel goes to the one whose call it is.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar, get_type_hints

from cti import events as ev

E = TypeVar("E", bound=ev.Event)


@dataclass(frozen=True, slots=True)
class Apart:
    """`strangers` are operators of other Asterisks: who is called so here is somebody else."""
    name: str = ""
    is_first: bool = True
    strangers: frozenset[str] = frozenset()

    @property
    def mark(self) -> str:
        return "" if self.is_first else f"@{self.name}"

    def marked(self, its_id: str) -> str:
        return f"{its_id}{self.mark}" if its_id else its_id

    def bare(self, our_id: str) -> str:
        """As Asterisk says it."""
        return our_id.removesuffix(self.mark) if self.mark else our_id

    def is_of(self, our_id: str) -> bool:
        return our_id.partition("@")[1:] == (self.mark[:1], self.mark[1:])

    def person(self, operator: str) -> str:
        return f"{operator}@{self.name}" if operator in self.strangers else operator


ALONE = Apart()


def told_apart(event: E, mark: str) -> E:
    """The event with its legs' ids marked."""
    if isinstance(event, ev.LegRenamed):
        return replace(event, leg_id=event.leg_id + mark)
    changed: dict[str, Any] = {
        name: _facts(facts, mark) for name in _LEGS.get(type(event), ())
        if (facts := getattr(event, name)) is not None}
    return replace(event, **changed) if changed else event


def _facts(facts: ev.LegFacts, mark: str) -> ev.LegFacts:
    leg_id = facts.leg_id and facts.leg_id + mark
    call_id = facts.call_id and facts.call_id + mark
    return ev.LegFacts(facts.channel, leg_id, call_id, facts.state, facts.number, facts.name,
                       facts.exten)


def _with_legs(known: type[ev.Event]) -> dict[type[ev.Event], tuple[str, ...]]:
    """Event type → its fields that are legs, for it and all below it."""
    hints = get_type_hints(known)
    found = {known: tuple(one.name for one in fields(known)
                          if hints[one.name] in (ev.LegFacts, ev.LegFacts | None))}
    for narrower in known.__subclasses__():
        found |= _with_legs(narrower)
    return found


_LEGS = _with_legs(ev.Event)
