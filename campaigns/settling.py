"""What became of attempts: changes from the floor, outcomes from operators, and silence.

Each function is one transaction's work and may be repeated: what is settled stays settled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from campaigns import ledger, plans
from campaigns.coverage import Facts, Happening, NotAllowedNow, State
from campaigns.dispositions import Meaning, meaning_of
from campaigns.pacing import Pacing
from campaigns.promises import Promise
from campaigns.retries import Again, Miss, RetryPlan, miss_of, next_try
from crm_store import campaigns as rows
from crm_store import claims, restraints, timeline
from crm_store.base import Tx
from crm_store.campaigns import EntryRow
from crm_store.claims import AttemptRow
from cti.changes import AttemptSettled, CallAnswered, CallEnded, CallsMerged, Change

WANTS_PERSON = "wants_person"   # he heard a message and asked for somebody
# What a menu tells of an attempt, as outcomes that an operator might have chosen.
TOLD_BY_MENU: Mapping[str, str] = {
    "HEARD": "message_heard", "PROMISED": "promised", "REFUSED": "refused",
    "STRANGER": "wrong_number", "PERSON": WANTS_PERSON}
MENU = "menu"
GIVE_BACK = timedelta(seconds=5)    # an attempt that was never dialled: not again at once
_CLOCKS_DIFFER = timedelta(seconds=60)
_STATUS_OF_OUTCOME: Mapping[str, str] = {
    "busy": "BUSY", "no_answer": "NOANSWER", "failed": "CHANUNAVAIL", "dropped": "DROPPED"}


async def take_change(tx: Tx, change: Change) -> bool:
    """Apply one change of the floor to the attempt it concerns; False when it concerns none."""
    if isinstance(change, AttemptSettled):
        return await _attempt_settled(tx, change)
    if isinstance(change, CallAnswered):
        attempt = await claims.of_call(tx, change.call)
        return attempt is not None and await claims.mark_talking(
            tx, attempt.id, change.operator, at=change.at)
    if isinstance(change, CallsMerged):
        await claims.rename_call(tx, change.absorbed, change.kept)
        return True
    if isinstance(change, CallEnded):
        return await _call_ended(tx, change)
    return False


async def _attempt_settled(tx: Tx, change: AttemptSettled) -> bool:
    attempt = await claims.find(tx, change.attempt)
    if attempt is None or change.at < attempt.intent_at - _CLOCKS_DIFFER:
        return False        # a tape older than this database tells of another attempt
    if change.status in TOLD_BY_MENU:
        return await _told_by_menu(tx, attempt, change)
    if change.status == "ANSWER":
        return await claims.mark_answered(tx, attempt.id, change.call or None, at=change.at)
    return await end(tx, attempt, change.status, change.cause, at=change.at)


async def _told_by_menu(tx: Tx, attempt: AttemptRow, change: AttemptSettled) -> bool:
    """Kept until the call is over: what he says last counts, and an operator's word more."""
    if attempt.state == "dialling":
        await claims.mark_answered(tx, attempt.id, change.call or None, at=change.at)
    elif attempt.state != "answered":
        return False
    await claims.dispose(tx, attempt.id, TOLD_BY_MENU[change.status], by=MENU, at=change.at)
    return True


async def _call_ended(tx: Tx, change: CallEnded) -> bool:
    attempt = await claims.of_call(tx, change.call)
    if attempt is None:
        return False
    if change.operator is not None and change.answered_at is not None:
        await claims.mark_talking(tx, attempt.id, change.operator, at=change.answered_at)
        attempt = await claims.get(tx, attempt.id)
    status = _STATUS_OF_OUTCOME.get(change.outcome, "ENDED")
    return await end(tx, attempt, status, change.cause, at=change.at)


async def end(tx: Tx, attempt: AttemptRow, status: str, cause: int, *, at: datetime) -> bool:
    """The attempt is over with `status`; what it means depends on how far it had come."""
    if attempt.state == "intent":
        return await give_back(tx, attempt, "never_dialled", now=at)
    if attempt.state == "talking":
        return await claims.settle(
            tx, attempt.id, ("talking",), status=status, cause=cause, miss=None, at=at)
    if attempt.state not in ("dialling", "answered"):
        return False
    if attempt.state == "answered" and attempt.disposition not in (None, WANTS_PERSON):
        return await _message_over(tx, attempt, status, cause, at)
    miss = _miss(attempt, status, cause)
    if miss is Miss.DROPPED and attempt.disposition is None and await _is_message(tx, attempt):
        miss = Miss.HUNG_UP     # nobody was to come: he hung up on the recorded voice
    if not await claims.settle(
            tx, attempt.id, (attempt.state,), status=status, cause=cause, miss=miss, at=at):
        return False
    await _after_miss(tx, attempt, miss, cause, at)
    return True


async def _is_message(tx: Tx, attempt: AttemptRow) -> bool:
    return (await rows.get(tx, attempt.campaign_id)).pacing == Pacing.MESSAGE


async def _message_over(tx: Tx, attempt: AttemptRow, status: str, cause: int,
                        at: datetime) -> bool:
    """He heard it, and maybe chose something: that is the outcome, told by the menu."""
    if not await claims.settle(
            tx, attempt.id, ("answered",), status=status, cause=cause, miss=None, at=at):
        return False
    entry = await rows.entry(tx, attempt.entry_id)
    if entry.state != State.BEING_TRIED:
        return True
    if entry.stop_because is not None:
        await stop(tx, entry, entry.stop_because, at=at, by=ledger.DIALLER)
        return True
    if attempt.disposition == "refused":
        await restraints.suppress(tx, client_id=attempt.client_id, e164=None, by=MENU, at=at,
                                  reason="refused by key")
        await stop(tx, entry, "suppression", at=at, by=MENU)
        return True
    if attempt.disposition == "wrong_number":
        await restraints.suppress(tx, client_id=None, e164=attempt.e164, by=MENU, at=at,
                                  reason="no client of ours, by key")
    await dispose(tx, attempt.id, attempt.disposition or "", by=MENU, at=at, call_at=None,
                  amount_minor=None, due_on=None)
    return True


def _miss(attempt: AttemptRow, status: str, cause: int) -> Miss:
    if status == "DROPPED":
        return Miss.DROPPED
    if attempt.state == "answered":
        return Miss.UNKNOWN if status == "LOST" else Miss.HUNG_UP
    if status in ("ENDED", "LOST") and cause == 16:
        return Miss.UNKNOWN
    return miss_of(status, cause)


async def _after_miss(tx: Tx, attempt: AttemptRow, miss: Miss, cause: int, at: datetime) -> None:
    entry = await rows.entry(tx, attempt.entry_id)
    campaign = await rows.get(tx, entry.campaign_id)
    await timeline.put(tx, attempt.client_id, attempt.intent_at, "attempt", attempt.id, {
        "number": attempt.e164, "outcome": miss.value, "cause": cause, "campaign": campaign.name})
    if miss is Miss.INVALID:
        await rows.bury_number(tx, entry.id, attempt.e164, "invalid")
    if entry.state != State.BEING_TRIED:
        return
    if entry.stop_because is not None:
        await stop(tx, entry, entry.stop_because, at=at, by=ledger.DIALLER)
        return
    await _retry(tx, entry, miss, cause, at)


async def _retry(tx: Tx, entry: EntryRow, miss: Miss, cause: int, at: datetime) -> None:
    tried = [item for item in await claims.of_entry(tx, entry.id) if item.dialling_at is not None]
    alive = [number for number in await rows.numbers(tx, entry.id) if number.dead_why is None]
    following = next_try(
        await plan_of(tx, entry), miss, times=sum(item.miss == miss for item in tried),
        attempts_made=len(tried), numbers_left=len(alive))
    facts: dict[str, str | int | float | bool | None] = {"cause": cause, "attempts": len(tried)}
    if isinstance(following, Again):
        await ledger.step(tx, entry, Happening.POSTPONED, at=at, why=miss, facts=facts,
                          until_at=at + following.after)
        return
    await ledger.step(tx, entry, Happening.NOTHING_LEFT, at=at, why=following.why,
                      facts=facts | _by_number(tried))


def _by_number(tried: list[AttemptRow]) -> dict[str, str | int | float | bool | None]:
    """Each number with what happened there: `+7…` → `busy ×2, no_answer`."""
    found: dict[str, Counter[str]] = {}
    for item in tried:
        found.setdefault(item.e164, Counter())[item.miss or "talked"] += 1
    return {e164: ", ".join(f"{miss} ×{times}" if times > 1 else miss
                            for miss, times in misses.items())
            for e164, misses in found.items()}


async def plan_of(tx: Tx, entry: EntryRow) -> RetryPlan:
    return plans.from_json((await rows.get(tx, entry.campaign_id)).retry_plan)


async def give_back(tx: Tx, attempt: AttemptRow, why: str, *, now: datetime) -> bool:
    """An intent that never passed the gate is void; its entry is as if it had not been picked."""
    if not await claims.void(tx, attempt.id, why, now=now):
        return False
    entry = await rows.entry(tx, attempt.entry_id)
    if entry.state != State.BEING_TRIED:
        return True
    if entry.stop_because is not None:
        await stop(tx, entry, entry.stop_because, at=now, by=ledger.DIALLER)
        return True
    tried = [item for item in await claims.of_entry(tx, entry.id) if item.dialling_at is not None]
    if tried:
        await ledger.step(tx, entry, Happening.POSTPONED, at=now, why=why,
                          until_at=now + GIVE_BACK)
    else:
        await ledger.step(tx, entry, Happening.GIVEN_BACK, at=now, why=why)
    return True


async def stop(tx: Tx, entry: EntryRow, because: str, *, at: datetime, by: str,
               facts: Facts | None = None) -> State:
    """A payment makes the entry `paid`, any other reason `withdrawn`."""
    happening = Happening.PAYMENT_MADE if because == "payment" else Happening.STOPPED
    return await ledger.step(tx, entry, happening, at=at, why=because, by=by, facts=facts)


async def move_after_promise(tx: Tx, entry_id: int, from_state: State, *, is_kept: bool,
                             promise: int, at: datetime) -> None:
    """Kept: he has paid. Broken: he is to be called again, while the campaign goes on."""
    entry = await rows.entry(tx, entry_id)
    if entry.state != from_state:
        return
    facts: Facts = {"promise": promise}
    if is_kept:
        await ledger.step(tx, entry, Happening.PAYMENT_MADE, at=at, why="promise_kept",
                          facts=facts)
    elif (await rows.get(tx, entry.campaign_id)).state != "ended":
        await ledger.step(tx, entry, Happening.POSTPONED, at=at, why="promise_broken",
                          facts=facts, until_at=at)


async def close_untold(tx: Tx, attempt_id: int, *, now: datetime) -> State | None:
    """The operator's wrap-up is over and he said nothing: somebody answered, nobody knows who.

    The safe answer: he does not count as reached. An outcome given later corrects it; one given
    since the caller looked stands, and None is returned.
    """
    attempt = await claims.locked(tx, attempt_id)
    entry = await rows.entry(tx, attempt.entry_id)
    if attempt.disposition is not None or entry.state != State.BEING_TRIED:
        return None
    return await ledger.step(
        tx, entry, Happening.SOMEBODY_ANSWERED, at=now, why="outcome_missing",
        facts={"attempt": attempt.id, "operator": attempt.operator})


async def dispose(tx: Tx, attempt_id: int, outcome_id: str, *, by: str, at: datetime,
                  call_at: datetime | None, amount_minor: int | None,
                  due_on: date | None) -> State | None:
    """What the operator chose becomes the entry's state; see `steering.record_disposition`."""
    attempt = await claims.get(tx, attempt_id)
    await claims.dispose(tx, attempt_id, outcome_id, by=by, at=at)
    entry = await rows.entry(tx, attempt.entry_id)
    if amount_minor is not None and due_on is not None:
        await keep_promises(
            tx, attempt.client_id, attempt_id, (Promise(amount_minor, due_on),),
            entry.currency or "XXX", by=by, at=at)
    attempts = await claims.of_entry(tx, entry.id)
    is_newest = attempts[-1].id == attempt_id or attempts[-1].state in ("settled", "void")
    meaning = meaning_of(outcome_id)
    if not is_newest:
        return None
    if meaning.happening is Happening.STRANGER:
        return await _wrong_number(tx, entry, attempt, at, by)
    facts: Facts = {"attempt": attempt_id, "outcome": outcome_id}
    happening, later = meaning.happening, await _call_again_at(tx, entry, meaning, call_at, at)
    if later is None:
        return await _disposed(tx, entry, happening or Happening.SOMEBODY_ANSWERED, outcome_id,
                               facts, at, by)
    why = "call_later" if happening is None else "another_later"
    return await _disposed(tx, entry, Happening.POSTPONED, why, facts, at, by, later)


async def keep_promises(tx: Tx, client_id: int, attempt_id: int | None,
                        parts: Sequence[Promise], currency: str, *, by: str,
                        at: datetime) -> None:
    """Written down, one row an instalment. Silence until the day follows from the rows: the law
    engine asks for open promises."""
    for part in parts:
        promise = await restraints.add_promise(
            tx, client_id=client_id, attempt_id=attempt_id, amount_minor=part.amount_minor,
            currency=currency, due_on=part.due_on, by=by, at=at)
        await timeline.put(tx, client_id, at, "promise", promise, {
            "amount_minor": part.amount_minor, "currency": currency,
            "due_on": part.due_on.isoformat(), "state": "open", "by": by})


async def _call_again_at(tx: Tx, entry: EntryRow, meaning: Meaning, call_at: datetime | None,
                         at: datetime) -> datetime | None:
    """When an outcome asks for another call; never on a campaign that has ended."""
    if (await rows.get(tx, entry.campaign_id)).state == "ended":
        return None
    plan = await plan_of(tx, entry)
    if meaning.happening is None:
        return call_at or at + timedelta(seconds=plan.call_later_s)
    if meaning.happening is Happening.SOMEBODY_ANSWERED and plan.another_s is not None:
        made = [item for item in await claims.of_entry(tx, entry.id) if item.dialling_at]
        if len(made) < plan.max_attempts:
            return at + timedelta(seconds=plan.another_s)
    return None


async def _wrong_number(tx: Tx, entry: EntryRow, attempt: AttemptRow, at: datetime,
                        by: str) -> State | None:
    """That number is dead for this entry; with another one left it goes on."""
    await rows.bury_number(tx, entry.id, attempt.e164, "stranger")
    alive = [number for number in await rows.numbers(tx, entry.id) if number.dead_why is None]
    campaign = await rows.get(tx, entry.campaign_id)
    facts: Facts = {"attempt": attempt.id, "number": attempt.e164}
    made = [item for item in await claims.of_entry(tx, entry.id) if item.dialling_at]
    is_over = campaign.state == "ended" or len(made) >= (await plan_of(tx, entry)).max_attempts
    if alive and not is_over:
        return await _disposed(tx, entry, Happening.POSTPONED, "wrong_number_next", facts, at,
                               by, at)
    return await _disposed(tx, entry, Happening.STRANGER, "wrong_number", facts, at, by)


async def _disposed(tx: Tx, entry: EntryRow, happening: Happening, why: str, facts: Facts,
                    at: datetime, by: str, until_at: datetime | None = None) -> State | None:
    if entry.stop_because is not None and happening is Happening.POSTPONED:
        return await stop(tx, entry, entry.stop_because, at=at, by=by)
    try:
        return await ledger.step(tx, entry, happening, at=at, why=why, facts=facts,
                                 until_at=until_at, by=by)
    except NotAllowedNow:
        return None
