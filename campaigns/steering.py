"""What a screen, the command line and the API do with campaigns; one function per wish.

Every function takes an open `Tx` (`store.begin()` for what changes, `store.read()` else), so the
caller decides what else belongs to the same commit. The running dialler sees changes within a
second: it re-reads the rows before every step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from campaigns import ledger, plans, settling, why
from campaigns.coverage import UNREACHED, Coverage, Facts, LedgerError, State
from campaigns.pacing import Pacing
from campaigns.retries import CALM, RetryPlan
from campaigns.rule_files import DEFAULT, rule_set
from crm_store import campaigns as rows
from crm_store import claims
from crm_store.base import Tx
from crm_store.campaigns import CampaignRow, ListedEntry, NewCampaign

DEFAULT_MENU = "debt_message"
StopBecause = Literal["payment", "incoming_call", "complaint", "dispute", "suppression",
                      "supervisor"]


class SteeringError(Exception):
    """A campaign cannot be steered like this; the message says why."""


@dataclass(frozen=True, slots=True)
class CampaignView:
    id: int
    name: str
    state: str              # draft running paused ended
    queue: str
    pacing: str
    law: tuple[str, ...]    # rule ids, all of which apply
    size: int               # entries on the list
    coverage: Coverage
    attempts: int           # dials made
    lines: int              # being dialled now
    started_at: datetime | None
    ended_at: datetime | None
    end_reason: str | None
    why: str                # one sentence: what the dialler does now, or why it does not


@dataclass(frozen=True, slots=True)
class EntryView:
    id: int
    client_id: int
    client_name: str
    numbers: tuple[str, ...]
    debt_minor: int | None
    currency: str | None
    state: State
    since: datetime
    until_at: datetime | None
    attempts: int           # dials made
    why: str                # a code of campaigns.why
    facts: Facts
    sentence: str           # the same in English


async def create(
    tx: Tx, name: str, *, queue: str, by: str, at: datetime, law: Sequence[str] = DEFAULT,
    plan: RetryPlan = CALM, ring_s: int = 30, caller_id: str | None = None,
    pacing: Pacing = Pacing.PROGRESSIVE, menu: str | None = None,
) -> int:
    """A draft. Raises SteeringError (the name is taken), RuleFileError (no such rule of law)."""
    rule_set(law)
    if await rows.by_name(tx, name) is not None:
        raise SteeringError(f"there is a campaign {name!r} already")
    return await rows.create(tx, NewCampaign(
        name=name, queue=queue, law=tuple(law), pacing=pacing,
        retry_plan=plans.to_json(plan), ring_s=ring_s, caller_id=caller_id,
        menu=_menu_of(pacing, menu)), by=by, at=at)


def _menu_of(pacing: Pacing, menu: str | None) -> str | None:
    """A message without a menu of its own is the one that comes with us."""
    return menu or (DEFAULT_MENU if pacing is Pacing.MESSAGE else None)


# ── looking ──────────────────────────────────────────────────────────────────────────────────
async def campaigns(tx: Tx) -> list[CampaignView]:
    """Newest first."""
    return await views(tx, await rows.listing(tx))


async def campaign(tx: Tx, campaign_id: int) -> CampaignView:
    """Raises `NotFound`."""
    return (await views(tx, [await rows.get(tx, campaign_id)]))[0]


async def views(tx: Tx, listed: Sequence[CampaignRow]) -> list[CampaignView]:
    dials = await claims.dialled_by_campaign(tx, [row.id for row in listed])
    return [await _view(tx, row, dials.get(row.id, (0, 0))) for row in listed]


async def _view(tx: Tx, row: CampaignRow, dials: tuple[int, int]) -> CampaignView:
    """Also of a campaign whose ledger is broken: it says so, and the others are not hidden."""
    try:
        covered = await ledger.coverage_of(tx, row.id)
        sentence = await _campaign_sentence(tx, row)
    except LedgerError as exc:
        covered = await ledger.as_counted(tx, row.id)
        sentence = why.of_campaign("running", "broken", {"because": str(exc)})
    return CampaignView(
        row.id, row.name, row.state, row.queue, row.pacing, row.law, covered.size, covered,
        dials[0], dials[1], row.started_at, row.ended_at, row.end_reason, sentence)


async def _campaign_sentence(tx: Tx, row: CampaignRow) -> str:
    due_at = await claims.next_due_at(tx, row.id) if row.step_why == "nobody_due" else None
    return why.of_campaign(row.state, row.step_why, row.step_facts, due_at)


async def coverage(tx: Tx, campaign_id: int) -> Coverage:
    """Raises `NotFound`; `DoesNotAddUp` would be a broken database."""
    return await ledger.coverage_of(tx, campaign_id)


async def entries(tx: Tx, campaign_id: int, *, state: State | None = None, after: int = 0,
                  limit: int = 100) -> list[EntryView]:
    """A page by entry id; `after` is the last id of the page before."""
    states = () if state is None else (state.value,)
    listed = await rows.page(tx, campaign_id, states=states, after=after, limit=limit)
    return [_entry_view(item) for item in listed]


async def unreached(tx: Tx, campaign_id: int) -> list[EntryView]:
    """Everybody whom nobody spoke with in person, each with the reason."""
    states = [state.value for state in State if state in UNREACHED]
    listed = await rows.page(tx, campaign_id, states=states, limit=1_000_000)
    return [_entry_view(item) for item in listed]


def _entry_view(item: ListedEntry) -> EntryView:
    standing, entry = ledger.standing_of(item.entry), item.entry
    return EntryView(
        entry.id, entry.client_id, item.client_name,
        tuple(number.e164 for number in item.numbers), entry.debt_minor, entry.currency,
        standing.state, entry.since, entry.until_at, item.attempts, entry.why, standing.facts,
        why.of_entry(standing.state, entry.why, standing.facts, entry.until_at))


async def why_not_dialling(tx: Tx, campaign_id: int) -> str:
    """One sentence from the dialler's stored decision. Raises `NotFound`."""
    return await _campaign_sentence(tx, await rows.get(tx, campaign_id))


async def why_not_called(tx: Tx, entry_id: int) -> str:
    """One sentence about one entry, from the ledger. Raises `NotFound`."""
    entry = await rows.entry(tx, entry_id)
    standing = ledger.standing_of(entry)
    return why.of_entry(standing.state, entry.why, standing.facts, entry.until_at)


async def again(tx: Tx, campaign_id: int, name: str, *, by: str, at: datetime) -> int:
    """A draft with only the unreached of a campaign, dialled the same way; its id.

    Who was withdrawn (he called, complained, must not be called) is left out, and numbers that
    proved dead are. Raises SteeringError: the name is taken, or everybody was reached.
    """
    row = await rows.get(tx, campaign_id)
    left = await rows.page(
        tx, campaign_id, states=[state for state in UNREACHED if state is not State.WITHDRAWN],
        limit=1_000_000)
    if not left:
        raise SteeringError(f"nobody is left to be reached of {row.name!r}")
    new = await create(tx, name, queue=row.queue, by=by, at=at, law=row.law,
                       plan=plans.from_json(row.retry_plan), ring_s=row.ring_s,
                       caller_id=row.caller_id, pacing=Pacing(row.pacing), menu=row.menu)
    for item in left:
        entry = await rows.add_entry(
            tx, new, item.entry.client_id, zones=item.entry.zones, at=at, by=by,
            debt_minor=item.entry.debt_minor, currency=item.entry.currency)
        for number in item.numbers:
            if number.dead_why is None:
                await rows.add_number(tx, entry, number.e164)
    await rows.record(tx, campaign_id, f"again: {len(left)} unreached as campaign {new}", by=by,
                      at=at)
    return new


# ── steering ─────────────────────────────────────────────────────────────────────────────────
async def start(tx: Tx, campaign_id: int, *, by: str, at: datetime) -> None:
    """Freeze the list of a draft and dial; or go on after a pause.

    Raises SteeringError: the list is empty, or the campaign has ended. Running: nothing happens.
    """
    row = await rows.get(tx, campaign_id, lock=True)
    if row.state == "running":
        return
    if row.state == "ended":
        raise SteeringError(f"{row.name!r} has ended; make a new campaign from the unreached")
    if row.size is None and await rows.freeze(tx, campaign_id, at=at) == 0:
        raise SteeringError(f"nobody is on the list of {row.name!r}; import debtors first")
    await rows.change_state(tx, campaign_id, ("draft", "paused"), "running",
                            started_at=row.started_at or at)
    await rows.record(tx, campaign_id, "started", by=by, at=at)


async def pause(tx: Tx, campaign_id: int, *, by: str, at: datetime) -> None:
    """No further dial; what rings or talks goes on. Intents that no gate saw become void."""
    await _leave_running(tx, campaign_id, ("running",), "paused", by=by, at=at)


async def stop(tx: Tx, campaign_id: int, *, by: str, at: datetime) -> None:
    """End it for good, as it is: the open entries stay in the list of the unreached."""
    await _leave_running(tx, campaign_id, ("draft", "running", "paused"), "ended", by=by, at=at)


async def _leave_running(tx: Tx, campaign_id: int, allowed_from: tuple[str, ...], state: str, *,
                         by: str, at: datetime) -> None:
    row = await rows.get(tx, campaign_id, lock=True)
    if row.state == state:
        return
    if row.state not in allowed_from:
        raise SteeringError(f"{row.name!r} is {row.state} and cannot be {state}")
    if row.size is None:
        await rows.freeze(tx, campaign_id, at=at)
    extra = {"ended_at": at, "end_reason": "stopped"} if state == "ended" else {}
    await rows.change_state(tx, campaign_id, allowed_from, state, **extra)
    await rows.record(tx, campaign_id, "stopped" if state == "ended" else state, by=by, at=at)
    for attempt in await claims.open_attempts(tx):
        if attempt.campaign_id == campaign_id and attempt.state == "intent":
            await settling.give_back(tx, attempt, "never_dialled", now=at)


async def set_pace(tx: Tx, campaign_id: int, pacing: Pacing, *, lines_max: int | None = None,
                   by: str, at: datetime) -> None:
    """How it dials from the next second on, and over how many lines at most; entered with its
    author. Raises SteeringError, `NotFound`."""
    row = await rows.get(tx, campaign_id, lock=True)
    if row.state == "ended":
        raise SteeringError(f"{row.name!r} has ended")
    lines = row.lines_max if lines_max is None else lines_max
    if lines < 1:
        raise SteeringError("a campaign needs one line at least; pause it instead")
    await rows.set_pace(tx, campaign_id, pacing, lines, _menu_of(pacing, row.menu))
    await rows.record(tx, campaign_id, f"pace: {pacing}, {lines} lines", by=by, at=at)


# ── outcomes and reasons to stop ─────────────────────────────────────────────────────────────
async def record_disposition(tx: Tx, attempt: int, outcome_id: str, *, by: str, at: datetime,
                             call_at: datetime | None = None, amount_minor: int | None = None,
                             due_on: date | None = None) -> State | None:
    """The operator's outcome of an attempt's conversation; a later one corrects it.

    Returns the entry's state, None when it could not be moved (it is being dialled again, or was
    withdrawn). With `amount_minor` and `due_on` a promise is written down. Raises `NotFound`.
    """
    return await settling.dispose(
        tx, attempt, outcome_id, by=by, at=at, call_at=call_at, amount_minor=amount_minor,
        due_on=due_on)


async def attempt_of_call(tx: Tx, call_id: str) -> int | None:
    """The attempt behind a live or stored call, for `record_disposition`."""
    found = await claims.of_call(tx, call_id)
    return None if found is None else found.id


async def client_of_attempt(tx: Tx, attempt: int) -> tuple[int, int, str] | None:
    """(client id, campaign entry id, campaign name) of an attempt, for the card of the pop."""
    found = await claims.find(tx, attempt)
    if found is None:
        return None
    return found.client_id, found.entry_id, (await rows.get(tx, found.campaign_id)).name


async def withdraw(tx: Tx, client_id: int, reason: StopBecause, *, by: str,
                   at: datetime) -> list[int]:
    """Stop-because: a person's queued dials on all campaigns end here; the entries concerned.

    An intent that no gate saw is void at once. A call already ringing is left to its operator;
    no further attempt follows it.
    """
    concerned = []
    for entry in await rows.open_entries_of_client(tx, client_id):
        concerned.append(entry.id)
        if entry.state != State.BEING_TRIED:
            await settling.stop(tx, entry, reason, at=at, by=by)
            continue
        await rows.stop_later(tx, entry.id, reason)
        for attempt in await claims.of_entry(tx, entry.id):
            if attempt.state == "intent":
                await settling.give_back(tx, attempt, "stopped", now=at)
    return concerned
