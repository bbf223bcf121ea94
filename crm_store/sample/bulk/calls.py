"""Contacts of the bulk: calls with segments and outcomes, a note or a request now and then.

Thirty million times anything is long: what a call is like is one of some thousand patterns made
beforehand, with all of its texts; a call adds who, when and which.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from crm_store.plain import dumps
from crm_store.sample import words as texts
from crm_store.sample.bulk.layout import DAY_US, Rows, Spelling, iso
from crm_store.sample.bulk.people import Made
from crm_store.sample.history import DEBTOR_OUTCOMES, OUTCOMES

_PATTERNS = 4_096
_YEARS_DAYS = 1_000
_NOTED = 0.25
_OPERATORS = tuple(str(number) for number in range(101, 161))
_WORK_US = 11 * 3_600_000_000          # 9 to 20 o'clock in Moscow is 6 to 17 UTC
_TENTH_US = 100_000


@dataclass(frozen=True, slots=True)
class Pattern:
    """`tail` are an interaction's cells behind its end; `facts` the timeline's around number and
    end."""
    is_out: bool
    is_answered: bool
    waited_us: int
    talked_us: int
    disposed_after_us: int
    first_segment: str
    queue: str
    operator: Any
    menu: Any
    tail: tuple[Any, ...]
    disposition: str
    note: str
    facts: tuple[str, str, str]


def patterns(rng: Random, names: str, spell: Spelling) -> list[Pattern]:
    return [_pattern(rng, names, spell) for _ in range(_PATTERNS)]


def _pattern(rng: Random, names: str, spell: Spelling) -> Pattern:
    is_out = rng.random() < 0.12
    is_answered = rng.random() < (0.6 if is_out else 0.93)
    queue = "collection" if is_out else rng.choice(("billing", "billing", "outages"))
    waited = round(rng.expovariate(1 / 40), 1)
    talked = round(rng.lognormvariate(5, 0.6), 1) if is_answered else 0.0
    operator = rng.choice(_OPERATORS) if is_answered else None
    chosen = rng.choice(DEBTOR_OUTCOMES if is_out else OUTCOMES) if is_answered else ""
    note = rng.choice(texts.NOTES[names][chosen]) if chosen and rng.random() < _NOTED else ""
    outcome = "answered" if is_answered else ("no_answer" if is_out else "abandoned")
    menu = None if is_out else ["main", queue]
    null = spell.null
    disposed = (chosen, note, operator) if is_answered else (null, null, null)
    by_client = is_answered or not is_out
    return Pattern(
        is_out, is_answered, round(waited * 10) * _TENTH_US, round(talked * 10) * _TENTH_US,
        rng.randrange(5, 60) * 1_000_000, "dialling" if is_out else "waiting", queue,
        operator or null, dumps(menu) if menu else null,
        (outcome, 16 if by_client else 19, "client" if by_client else null, waited, talked, 0.0,
         *disposed), chosen, note, _facts(
            direction="out" if is_out else "in", queue=queue, operator=operator,
            outcome=outcome, disposition=chosen or None, note=note if chosen else None,
            disposed_by=operator, waited_s=waited, talked_s=talked, menu_path=menu or []))


def _facts(**facts: Any) -> tuple[str, str, str]:
    """`contacts.call_item` as JSON, cut where number and end go in."""
    menu_path = facts.pop("menu_path")
    direction, rest = dumps({"direction": facts.pop("direction")}), dumps(facts)
    tail = dumps({"campaign_entry": None, "menu_path": menu_path})
    return f',{direction[1:-1]},"number":"', f'",{rest[1:-1]},"ended_at":"', f'",{tail[1:]}'


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working days of the past years, as microseconds since 1970 of their 6 o'clock UTC."""
    days_us: tuple[int, ...]

    @classmethod
    def before(cls, now: datetime) -> Calendar:
        today = now.astimezone(UTC).replace(hour=6, minute=0, second=0, microsecond=0)
        days = (today - timedelta(days=ago) for ago in range(_YEARS_DAYS, 0, -1))
        return cls(tuple(int(day.timestamp()) * 1_000_000 for day in days if day.weekday() < 5))

    def moment(self, chance: float) -> int:
        """0..1 is from the first day to the last, within working hours, to the millisecond."""
        place = chance * len(self.days_us)
        return self.days_us[int(place)] + int(place % 1 * _WORK_US) // 1000 * 1000


def add_calls(
    rows: Rows, made: Made, rng: Random, spell: Spelling, calendar: Calendar,
    known: list[Pattern],
) -> None:
    """In order of time, under the ids that the lot says."""
    chance, size = rng.random, len(known)
    for call_id, place in enumerate(sorted(chance() for _ in range(made.lot.contacts)),
                                    start=made.lot.contact + 1):
        pattern = known[int(chance() * size)]
        _add_call(rows, made, call_id, calendar.moment(place), pattern, spell)


def _add_call(
    rows: Rows, made: Made, call_id: int, started_us: int, pattern: Pattern, spell: Spelling
) -> None:
    null, moment, number = spell.null, spell.moment, made.number
    client_id, name = made.lot.client_id, f"sample-{call_id:08d}"
    answered_us = started_us + pattern.waited_us
    ended_us = answered_us + pattern.talked_us
    started, ended = moment(started_us), moment(ended_us)
    answered = moment(answered_us) if pattern.is_answered else null
    disposed = moment(ended_us + pattern.disposed_after_us) if pattern.is_answered else null
    rows["interactions"].append((
        call_id, "call", name, "sample", "out" if pattern.is_out else "in", number,
        number if pattern.is_out else "+74951200000", pattern.queue, pattern.operator, client_id,
        0, pattern.menu, started, answered, ended, *pattern.tail, disposed))
    if pattern.is_answered:
        rows["segments"].append((call_id, started, pattern.first_segment, pattern.queue, answered))
        rows["segments"].append((call_id, answered, "talk", pattern.operator, ended))
        rows["dispositions"].append((
            call_id, call_id, pattern.disposition, pattern.note, pattern.operator, disposed))
    else:
        rows["segments"].append((call_id, started, pattern.first_segment, pattern.queue, ended))
    direction, middle, tail = pattern.facts
    rows["timeline"].append((client_id, started_us, "call", call_id, (
        f'{{"interaction_id":{call_id},"call_id":"{name}"{direction}{number}{middle}'
        f'{iso(ended_us)}{tail}')))


def add_note(
    rows: Rows, note_id: int, made: Made, rng: Random, spell: Spelling, at_us: int, names: str
) -> None:
    text = texts.CLIENT_NOTES[names][int(rng.random() * len(texts.CLIENT_NOTES[names]))]
    by = _OPERATORS[int(rng.random() * len(_OPERATORS))]
    rows["notes"].append((note_id, made.lot.client_id, text, by, spell.moment(at_us)))
    rows["timeline"].append((made.lot.client_id, at_us, "note", note_id,
                             f'{{"text":"{text}","by":"{by}"}}'))


def add_request(
    rows: Rows, request_id: int, made: Made, rng: Random, spell: Spelling, filed_us: int
) -> None:
    """A dispute of a reading, closed within two days."""
    account_id, by = made.lot.account + 1, _OPERATORS[int(rng.random() * len(_OPERATORS))]
    closed_us, due_us = filed_us + int(rng.random() * 2_880) * 60_000_000, filed_us + 2 * DAY_US
    reason, group = ("misread", "billing") if rng.random() < 0.6 else ("broken", "metering")
    stage, client_id = "done" if rng.random() < 0.8 else "rejected", made.lot.client_id
    form = dumps({"account": f"40{account_id:07d}", "meter": f"{account_id:08d}",
                  "billed_reading": "1520.000", "client_reading": "1402.000", "reason": reason})
    moment = spell.moment
    rows["requests"].append((
        request_id, "meter_dispute", client_id, account_id, stage, group, by,
        moment(due_us), form, by, moment(filed_us), moment(closed_us)))
    rows["request_events"] += [
        (request_id * 2 - 1, request_id, "filed", spell.null, "new", "", by, moment(filed_us)),
        (request_id * 2, request_id, "moved", "new", stage, "", by, moment(closed_us))]
    rows["timeline"].append((client_id, filed_us, "request", request_id, dumps({
        "request_id": request_id, "type": "meter_dispute", "stage": stage, "group": group,
        "responsible": by, "deadline_at": iso(due_us), "closed_at": iso(closed_us),
        "filed_by": by})))
