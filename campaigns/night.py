"""The nightly pass over stored attempts: reads them, has `auditing` judge, tells what it found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from campaigns.auditing import Dialled, Finding, findings
from campaigns.rule_files import RuleFileError, rule_set
from campaigns.rules import Rule
from crm_store import attempt_log
from crm_store.attempt_log import LoggedAttempt
from crm_store.base import Tx

HISTORY = timedelta(days=92)        # no rule looks further back
_PAGE = 5_000


@dataclass(frozen=True, slots=True)
class Pass:
    """What was checked, and what was found."""

    since: datetime
    attempts: int
    findings: tuple[Finding, ...]


async def check(tx: Tx, *, since: datetime, zone: tzinfo) -> Pass:
    """Every attempt dialled from `since` on; under a law that cannot be read none was lawful."""
    history, after = [], 0
    while page := await attempt_log.dialled(
            tx, since=since - HISTORY, after=after, limit=_PAGE):
        history += page
        after = page[-1].id
    laws = {law: _rules(law) for law in {one.law for one in history}}
    read = [_dialled(one, laws[one.law]) for one in history]
    return Pass(since, sum(one.at >= since for one in read),
                tuple(findings(read, since=since, zone=zone)))


def _rules(law: tuple[str, ...]) -> tuple[Rule, ...]:
    try:
        return rule_set(law).rules
    except RuleFileError:
        return ()


def _dialled(row: LoggedAttempt, rules: tuple[Rule, ...]) -> Dialled:
    return Dialled(
        id=row.id, campaign_id=row.campaign_id, client_id=row.client_id, number=row.e164,
        at=row.dialling_at, ended_at=row.ended_at, answered=row.answered_at is not None,
        kind=_kind(row), zones=_zones(row.zones), rules=rules,
        forbidden_since=row.forbidden_since)


def _kind(row: LoggedAttempt) -> str:
    """Whoever answered and never spoke with us may have heard something: unclear."""
    if row.talking_at is not None:
        return "talk"
    if row.miss == "dropped":
        return "dropped"
    if row.answered_at is not None or row.miss in (None, "unknown"):
        return "unclear"
    return "miss"


def _zones(names: tuple[str, ...]) -> tuple[tzinfo, ...]:
    try:
        return tuple(ZoneInfo(name) for name in names)
    except (ZoneInfoNotFoundError, ValueError):
        return ()
