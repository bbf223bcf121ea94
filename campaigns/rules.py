"""The law engine ○: may this person be dialled on this number now, and if not, from when?

Several rules apply together and the strictest wins. The rules are data (`campaigns/law/*.toml`,
read by `campaigns.rule_files`). No rules, no zone, no lawful hour: refused (fail closed).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo

from campaigns.calling_hours import Hours, next_allowed
from campaigns.contact_limits import Contact, Gap, Limit, room

STALE_AFTER = timedelta(days=180)
_ROUNDS = 8     # limits and hours push each other on, each time to a later opening


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of law, or of our own where none is known."""

    id: str
    hours: Hours
    limits: tuple[Limit, ...]
    gaps: tuple[Gap, ...]
    deny_if: frozenset[str]         # flags of a client
    holidays: frozenset[date]
    source: str
    verified: date
    mark: str                       # seen · check · ours, see LAW in docs
    valid_from: date | None = None
    valid_to: date | None = None
    ring_at_least_s: int = 0
    drop_ceiling: float | None = None       # 0..1 of answered attempts
    recorded_voice: str = "consent"     # who may hear one: never, consent, allowed
    loopback_only: bool = False     # made for synthetic debtors: never with a real trunk

    def is_in_force(self, day: date) -> bool:
        return ((self.valid_from is None or day >= self.valid_from)
                and (self.valid_to is None or day <= self.valid_to))


@dataclass(frozen=True, slots=True)
class RuleSet:
    """What applies to a campaign; `version` names the text of the rules as they were read."""

    rules: tuple[Rule, ...]
    version: str

    def stale(self, today: date) -> tuple[str, ...]:
        """Rules that nobody verified for 180 days: the campaign turns amber."""
        return tuple(rule.id for rule in self.rules if today - rule.verified > STALE_AFTER)

    def drop_ceiling(self, day: date) -> float | None:
        """The strictest share of answered attempts that may meet no operator, 0..1."""
        return min((rule.drop_ceiling for rule in self.rules
                    if rule.drop_ceiling is not None and rule.is_in_force(day)), default=None)

    @property
    def is_rehearsal(self) -> bool:
        return any(rule.loopback_only for rule in self.rules)


@dataclass(frozen=True, slots=True)
class Inquiry:
    """All that a decision looks at."""

    moment: datetime
    zones: tuple[tzinfo, ...]       # every zone the person may be in
    number: str
    contacts: tuple[Contact, ...]
    flags: frozenset[str] = frozenset()
    silent_until: datetime | None = None    # a promise, a wish of the person
    is_recorded: bool = False       # what he would hear: a recorded voice, no person
    has_consented: bool = False     # … to that, provably


@dataclass(frozen=True, slots=True)
class Verdict:
    """`until_at` is None when allowed, and when no moment within a month would be."""

    is_allowed: bool
    why: str
    until_at: datetime | None = None
    facts: Mapping[str, str | int | float | bool | None] = field(default_factory=dict)


def decide(rule_set: RuleSet, inquiry: Inquiry) -> Verdict:
    """The strictest of all rules in force."""
    day = inquiry.moment.date()
    rules = [rule for rule in rule_set.rules if rule.is_in_force(day)]
    if not rules:
        return Verdict(False, "no_rule", facts={"version": rule_set.version})
    if not inquiry.zones:
        return Verdict(False, "no_zone", facts={"version": rule_set.version})
    return _denied(rules, inquiry) or _timed(rules, inquiry, rule_set.version)


def _denied(rules: list[Rule], inquiry: Inquiry) -> Verdict | None:
    for rule in rules:
        flags = rule.deny_if & inquiry.flags
        if flags:
            return Verdict(False, "denied", facts={"rule": rule.id, "flag": min(flags)})
        if inquiry.is_recorded and not _may_hear_recorded(rule, inquiry):
            return Verdict(False, "no_consent", facts={"rule": rule.id})
    return None


def _may_hear_recorded(rule: Rule, inquiry: Inquiry) -> bool:
    return rule.recorded_voice == "allowed" or (
        rule.recorded_voice == "consent" and inquiry.has_consented)


def _timed(rules: list[Rule], inquiry: Inquiry, version: str) -> Verdict:
    """Move on from bound to bound until nothing pushes further."""
    moment, blame = inquiry.moment, Verdict(True, "allowed", facts={"version": version})
    for _ in range(_ROUNDS):
        push = _push(rules, inquiry, moment)
        if push is None:
            break
        if push.until_at is None:
            return push
        moment, blame = push.until_at, (push if blame.is_allowed else blame)
    if blame.is_allowed:
        return blame
    return Verdict(False, blame.why, moment, {**blame.facts, "version": version})


def _push(rules: list[Rule], inquiry: Inquiry, moment: datetime) -> Verdict | None:
    """The bound that asks for the latest moment, if one asks for more than `moment`."""
    if inquiry.silent_until is not None and inquiry.silent_until > moment:
        return Verdict(False, "silence", inquiry.silent_until)
    worst: Verdict | None = None
    for rule in rules:
        asked = _asked_by(rule, inquiry, moment)
        if asked is None:
            continue
        if asked.until_at is None:
            return asked
        if worst is None or worst.until_at is None or asked.until_at > worst.until_at:
            worst = asked
    return worst


def _asked_by(rule: Rule, inquiry: Inquiry, moment: datetime) -> Verdict | None:
    bounds: tuple[Limit | Gap, ...] = (*rule.limits, *rule.gaps)
    for bound in bounds:
        found = room(bound, inquiry.contacts, moment, inquiry.zones, inquiry.number)
        if found.free_at > moment:
            why = "gap" if isinstance(bound, Gap) else "limit"
            return Verdict(False, why, found.free_at, _bound_facts(rule, bound, found.counted))
    opens_at = next_allowed(moment, inquiry.zones, rule.hours, rule.holidays)
    if opens_at is None:
        return Verdict(False, "no_hour", facts={"rule": rule.id})
    if opens_at > moment:
        return Verdict(False, "hours", opens_at, {"rule": rule.id})
    return None


def _bound_facts(rule: Rule, bound: Limit | Gap, counted: int) -> dict[str, str | int]:
    facts: dict[str, str | int] = {"rule": rule.id, "counted": counted}
    if isinstance(bound, Gap):
        facts["after"] = bound.after
        return facts
    window = bound.period or f"{bound.rolling_days} days"
    return facts | {"maximum": bound.maximum, "unit": bound.unit, "window": window}
