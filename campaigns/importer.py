"""A debtors' list into a draft campaign: who each row is, his numbers, his zones.

A list grows until the campaign starts; then it is frozen. Two rows of one client become one
entry with the numbers of both and the debts of their different accounts added.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from campaigns.debtor_rows import Problem, Row, Sheet
from campaigns.steering import SteeringError
from crm_store import campaigns as rows
from crm_store import clients, errors, phones, restraints, zones
from crm_store.base import Tx
from crm_store.store import Store

ROWS_A_COMMIT = 200
Progress = Callable[[int, int], None]       # rows done, rows in all


class RowRefused(Exception):
    """This row is nobody on the list; the message is the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPlan:
    """`unknown`: what a person is who is not in the base. `region` reads bare local numbers."""

    region: str
    time_zone: str
    currency: str
    source: str
    unknown: Literal["create", "refuse"] = "create"


@dataclass(slots=True)
class Imported:
    listed: int = 0             # new entries
    joined: int = 0             # rows that belong to somebody already on the list
    clients_made: int = 0
    problems: list[Problem] = field(default_factory=list)      # rows not used, and remarks


async def import_sheet(
    store: Store, campaign_id: int, sheet: Sheet, plan: ImportPlan, *, by: str, at: datetime,
    progress: Progress = lambda done, of: None,
) -> Imported:
    """Every readable row onto the draft's list. Raises SteeringError: the list is frozen."""
    done = Imported(problems=list(sheet.problems))
    seen: set[tuple[int, str]] = set()
    for start in range(0, len(sheet.rows), ROWS_A_COMMIT):
        part = sheet.rows[start:start + ROWS_A_COMMIT]
        async with store.begin() as tx:
            await _check_draft(tx, campaign_id)
            for row in part:
                try:
                    await _list_row(tx, campaign_id, row, plan, done, seen, by, at)
                except RowRefused as exc:
                    done.problems.append(Problem(row.line, str(exc)))
        progress(start + len(part), len(sheet.rows))
    done.problems.sort(key=lambda problem: problem.line)
    return done


async def _check_draft(tx: Tx, campaign_id: int) -> None:
    """A start waits for our commit and then counts what it added; or it came first."""
    campaign = await rows.get(tx, campaign_id, lock=True)
    if campaign.size is not None:
        raise SteeringError(f"the list of {campaign.name!r} is frozen since its start")


async def _list_row(tx: Tx, campaign_id: int, row: Row, plan: ImportPlan, done: Imported,
                    seen: set[tuple[int, str]], by: str, at: datetime) -> None:
    numbers = _numbers(row, plan, done)
    client_id = await _client(tx, row, numbers, plan, done, by, at)
    own = await restraints.phones_of_client(tx, client_id)
    for e164 in numbers:
        if e164 not in own:
            await clients.link_phone(tx, client_id, e164, source=plan.source, by=by, at=at)
    ordered = tuple(dict.fromkeys([*numbers, *own]))
    known = await restraints.client_facts(tx, client_id)
    candidates = zones.candidate_zones(ordered, known.time_zone, plan.time_zone)
    entry = await rows.entry_of_client(tx, campaign_id, client_id)
    if entry is None:
        entry_id = await rows.add_entry(
            tx, campaign_id, client_id, zones=candidates, debt_minor=row.debt_minor,
            currency=row.currency or plan.currency, at=at, by=by)
        done.listed += 1
    else:
        entry_id = entry.id
        is_new_account = (client_id, row.account) not in seen and bool(row.account)
        added = (row.debt_minor or 0) if is_new_account else 0
        debt = None if entry.debt_minor is None and not added else (entry.debt_minor or 0) + added
        both = tuple(sorted({*entry.zones, *candidates}))
        await rows.update_draft_entry(tx, entry_id, zones=both, debt_minor=debt)
        done.joined += 1
    seen.add((client_id, row.account))
    for e164 in ordered:
        await rows.add_number(tx, entry_id, e164)


def _numbers(row: Row, plan: ImportPlan, done: Imported) -> tuple[str, ...]:
    """The row's readable numbers; an unreadable one is a remark, and a refusal with nothing
    else that says who is meant."""
    found = []
    for written in row.phones:
        number = phones.normalise(written, region=plan.region)
        if number.e164 is not None:
            found.append(number.e164)
            continue
        remark = f"the phone {written[:40]!r} cannot be read"
        if not (row.client or row.account or len(row.phones) > 1):
            raise RowRefused(remark)
        done.problems.append(Problem(row.line, f"{remark}; the row is used without it"))
    return tuple(dict.fromkeys(found))


async def _client(tx: Tx, row: Row, numbers: tuple[str, ...], plan: ImportPlan, done: Imported,
                  by: str, at: datetime) -> int:
    """Whom a row means: by our id, by account, by number; else a new client or a refusal."""
    known = await _known_client(tx, row, numbers)
    if known is not None:
        return known
    who = row.account or row.client or ", ".join(numbers)
    if plan.unknown == "refuse":
        raise RowRefused(f"nobody in the base is {who!r}")
    if not numbers:
        raise RowRefused(f"nobody in the base is {who!r}, and there is no number to call")
    done.clients_made += 1
    return await clients.create(tx, name=row.name or numbers[0], number=numbers[0], by=by, at=at,
                                source=plan.source)


async def _known_client(tx: Tx, row: Row, numbers: tuple[str, ...]) -> int | None:
    if row.client:
        if not (row.client.isascii() and row.client.isdecimal() and len(row.client) < 19):
            raise RowRefused(f"{row.client[:40]!r} is no client id")
        if not await restraints.client_exists(tx, int(row.client)):
            raise RowRefused(f"there is no client {row.client}")
        return int(row.client)
    if row.account:
        found = await clients.by_account(tx, row.account)
        if found is not None:
            return found
    for e164 in numbers:
        at_number = await restraints.clients_of_phone(tx, e164)
        if len(at_number) == 1:
            return at_number[0]
        if at_number:
            return await _by_name(tx, row, e164, at_number)
    return None


async def _by_name(tx: Tx, row: Row, e164: str, client_ids: list[int]) -> int:
    """Several clients on one number: only the name in the row can tell."""
    named = []
    for client_id in client_ids:
        try:
            facts = await restraints.client_facts(tx, client_id)
        except errors.NotFound:
            continue
        if facts.name.casefold().split() == row.name.casefold().split():
            named.append(client_id)
    if len(named) != 1:
        raise RowRefused(f"{len(client_ids)} clients share {e164}; give the account or the name")
    return named[0]
