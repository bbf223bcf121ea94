"""The law asked about one stored entry: gathers what a decision looks at, then decides.

Asked twice for every dial: when an entry is picked, and again at the gate.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from campaigns.contact_limits import Contact, Kind
from campaigns.promises import Promise, silent_until
from campaigns.rules import Inquiry, RuleSet, Verdict, decide
from crm_store import claims, restraints
from crm_store.base import Tx
from crm_store.campaigns import EntryRow, NumberRow
from crm_store.claims import ContactRow

_NOBODY = 0
_HISTORY = timedelta(days=92)       # longer than any window of a rule


class RehearsalRefused(Exception):
    """The rehearsal rules are only for synthetic people behind a trunk on loopback."""


def check_trunk(rule_set: RuleSet, trunk_host: str, *, rehearses: bool) -> None:
    """Synthetic debtors live on this machine: a rehearsal with any other trunk is refused.

    `trunk_host` must be a loopback address; a name proves nothing. Nor does the address alone:
    a way to real people may begin on this machine. `rehearses`: somebody said that it does not.
    Raises RehearsalRefused.
    """
    if not rule_set.is_rehearsal:
        return
    if not rehearses:
        raise RehearsalRefused(
            "the rehearsal rules are for synthetic debtors, and nothing says that there are only "
            "such behind the trunk (no demo runs here, pbx.rehearsal is not set)")
    if not is_loopback(trunk_host):
        raise RehearsalRefused(
            f"the rehearsal rules allow no call over the trunk {trunk_host}: "
            "they are for synthetic debtors behind a loopback address")


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of an entry's client, besides his numbers."""

    flags: frozenset[str]
    forbidden_by: str | None        # do_not_call, deceased, in_court, consent_withdrawn
    suppressed_because: str | None
    dead: frozenset[str]            # numbers under a suppression
    zones: tuple[ZoneInfo, ...]
    silent_until: datetime | None
    hears_recorded: bool = False    # he consented to calls by a recorded voice


async def person_of(tx: Tx, entry: EntryRow, numbers: tuple[NumberRow, ...],
                    now: datetime) -> Person:
    """Raises `NotFound` when the client is gone."""
    facts = await restraints.client_facts(tx, entry.client_id)
    marks = await restraints.suppressed(tx, entry.client_id, [item.e164 for item in numbers])
    promised = await restraints.open_promises(tx, entry.client_id)
    zones = _zones(entry.zones)
    promises = tuple(Promise(row.amount_minor, row.due_on) for row in promised)
    silences = [silent_until(promises, now, zone) for zone in zones]
    return Person(
        facts.flags, facts.forbidding or ("consent_withdrawn" if facts.refuses_calls else None),
        marks.get(None), frozenset(e164 for e164 in marks if e164 is not None),
        zones, max((moment for moment in silences if moment is not None), default=None),
        facts.hears_recorded)


def nobody(entry: EntryRow) -> Person:
    """Somebody of whom nothing but his number is known."""
    return Person(frozenset(), None, None, frozenset(), _zones(entry.zones), None)


def _zones(names: tuple[str, ...]) -> tuple[ZoneInfo, ...]:
    """() when one name is unknown: the law engine then refuses."""
    try:
        return tuple(ZoneInfo(name) for name in names)
    except (ZoneInfoNotFoundError, ValueError):
        return ()


async def judge(tx: Tx, rule_set: RuleSet, entry: EntryRow, person: Person, e164: str,
                now: datetime, *, is_recorded: bool = False) -> Verdict:
    """May this number be dialled for this entry now? A suppression, and a flag on the card,
    answer before any rule. `is_recorded`: he would hear a recorded voice."""
    if person.suppressed_because is not None or e164 in person.dead:
        return Verdict(False, "suppressed", facts={"because": person.suppressed_because or e164})
    if person.forbidden_by is not None:
        return Verdict(False, "flagged", facts={"flag": person.forbidden_by})
    history = await claims.contacts(tx, entry.client_id, e164, since=now - _HISTORY)
    contacts = tuple(_contact(row, entry.client_id) for row in history)
    verdict = decide(rule_set, Inquiry(
        now, person.zones, e164, contacts, person.flags, person.silent_until,
        is_recorded, person.hears_recorded))
    facts = {**verdict.facts, "zones": " ".join(entry.zones), "contacts": len(contacts)}
    return Verdict(verdict.is_allowed, verdict.why, verdict.until_at, facts)


def _contact(row: ContactRow, client_id: int) -> Contact:
    return Contact(row.at, _kind(row), row.e164, row.client_id == client_id)


def _kind(row: ContactRow) -> Kind:
    """Whoever answered and hung up before an operator came may have heard us: unknown."""
    if row.talked:
        return Kind.CONVERSATION
    if row.miss == "dropped":
        return Kind.DROPPED
    if row.is_open or row.miss in ("unknown", "hung_up", None):
        return Kind.UNKNOWN
    return Kind.NOT_ANSWERED


async def refused_by_hand(tx: Tx, client_id: int | None, e164: str) -> str | None:
    """Why an operator may not dial a number himself, or None: a mark on the number, a mark or a
    flag on the person, where nobody is named on anyone who has it. Raises `NotFound`."""
    owners = await restraints.clients_of_phone(tx, e164)
    people = owners if client_id is None else [client_id]
    for person in people or [_NOBODY]:
        marks = await restraints.suppressed(tx, person, [e164])
        if marks:
            return next(iter(marks.values()))
    for person in people:
        forbidding = (await restraints.client_facts(tx, person)).forbidding
        if forbidding is not None:
            return forbidding
    return None
