"""Sample history: calls with their outcomes and notes, and requests open and closed."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from types import SimpleNamespace
from typing import Any

from crm_store.base import JSON
from crm_store.contacts import call_item
from crm_store.requests import request_item
from crm_store.sample import words as texts
from crm_store.sample.bills import Billed
from crm_store.sample.people import Sampled
from crm_store.sample.rows import Rows
from crm_store.tables.contacts import Dispositions, Interactions, Notes, Segments
from crm_store.tables.requests import RequestEvents, Requests

_OPERATORS = ("101", "102", "103", "104", "105", "106", "107", "108")
DEBTOR_OUTCOMES = ("promised", "paid", "resolved", "call_back")
OUTCOMES = ("resolved", "resolved", "resolved", "request", "call_back", "other")
_DAYS = 180


def add_contacts(
    rows: Rows, rng: Random, client: Sampled, *, names: str, now: datetime, is_debtor: bool
) -> None:
    """Calls of the last half year: most by the client, answered; a debtor is also called."""
    for _ in range(rng.choice((0, 1, 1, 2, 2, 3, 4, 6))):
        started_at = _at_work(now - timedelta(days=rng.uniform(1, _DAYS)))
        _add_call(rows, rng, client, started_at, names, is_out=is_debtor and rng.random() < 0.4)
    if rng.random() < 0.03:
        at, note_id = now - timedelta(days=rng.uniform(1, _DAYS)), rows.next_id(Notes)
        text, by = rng.choice(texts.CLIENT_NOTES[names]), rng.choice(_OPERATORS)
        rows.add(Notes, {"id": note_id, "client_id": client.id, "interaction_id": None,
                         "text": text, "by": by, "at": at})
        rows.tell(client.id, at, "note", note_id, {"text": text, "by": by})


def _at_work(at: datetime) -> datetime:
    """The same day, or the Friday before, between 9 and 20 o'clock in Moscow (6 to 17 UTC)."""
    return at.replace(hour=6 + at.hour * 11 // 24) - timedelta(days=max(0, at.weekday() - 4))


def _two_work_days_after(at: datetime) -> datetime:
    over_weekend = 2 if at.weekday() >= 3 else 0
    return at + timedelta(days=2 + over_weekend)


def _add_call(
    rows: Rows, rng: Random, client: Sampled, started_at: datetime, names: str, *, is_out: bool
) -> None:
    interaction_id = rows.next_id(Interactions)
    queue = "collection" if is_out else rng.choice(("billing", "billing", "outages"))
    waited_s, talked_s = round(rng.expovariate(1 / 40), 1), round(rng.lognormvariate(5, 0.6), 1)
    is_answered = rng.random() < (0.6 if is_out else 0.93)
    answered_at = started_at + timedelta(seconds=waited_s) if is_answered else None
    ended_at = started_at + timedelta(seconds=waited_s + talked_s * is_answered)
    row: dict[str, Any] = {
        "id": interaction_id, "channel": "call", "call_id": f"sample-{interaction_id}",
        "pbx": "sample", "direction": "out" if is_out else "in", "number": client.number,
        "dialled": client.number if is_out else "+74951200000", "entry": None, "queue": queue,
        "operator": rng.choice(_OPERATORS) if is_answered else None, "client_id": client.id,
        "client_is_chosen": False, "campaign_entry": None, "attempt": None,
        "menu_path": None if is_out else ["main", queue], "started_at": started_at,
        "answered_at": answered_at, "ended_at": ended_at,
        "outcome": "answered" if is_answered else ("no_answer" if is_out else "abandoned"),
        "cause": 16 if is_answered or not is_out else 19,
        "ended_by": "client" if is_answered or not is_out else None, "waited_s": waited_s,
        "talked_s": talked_s if is_answered else 0.0, "held_s": 0.0, "absorbed_into": None,
        "reconstructed": False, "disposition": None, "note": None, "disposed_by": None,
        "disposed_at": None, "recorded": None, "lines": None,
        "scripted": None}
    if is_answered:
        row |= _disposition(rows, rng, row, names, DEBTOR_OUTCOMES if is_out else OUTCOMES)
    rows.add(Interactions, row)
    _add_segments(rows, row)
    rows.tell(client.id, started_at, "call", interaction_id, call_item(SimpleNamespace(**row)))


def _disposition(
    rows: Rows, rng: Random, row: dict[str, Any], names: str, outcomes: tuple[str, ...]
) -> dict[str, Any]:
    outcome, at = rng.choice(outcomes), row["ended_at"] + timedelta(seconds=rng.randrange(5, 60))
    note = rng.choice(texts.NOTES[names][outcome]) if rng.random() < 0.7 else ""
    rows.add(Dispositions, {
        "id": rows.next_id(Dispositions), "interaction_id": row["id"], "outcome_id": outcome,
        "note": note, "by": row["operator"], "at": at})
    return {"disposition": outcome, "note": note, "disposed_by": row["operator"],
            "disposed_at": at}


def _add_segments(rows: Rows, row: dict[str, Any]) -> None:
    talk_at = row["answered_at"]
    first = "dialling" if row["direction"] == "out" else "waiting"
    rows.add(Segments, {"interaction_id": row["id"], "kind": first, "who": row["queue"],
                        "started_at": row["started_at"], "ended_at": talk_at or row["ended_at"]})
    if talk_at:
        rows.add(Segments, {"interaction_id": row["id"], "kind": "talk", "who": row["operator"],
                            "started_at": talk_at, "ended_at": row["ended_at"]})


def add_request(
    rows: Rows, rng: Random, client: Sampled, account: Billed, *, now: datetime
) -> None:
    """Some clients dispute a reading: four in ten of those requests are still open."""
    if rng.random() >= 0.06:
        return
    is_open = rng.random() < 0.4
    filed_at = _at_work(now - timedelta(days=rng.uniform(1, 5 if is_open else _DAYS)))
    closed_at = None if is_open else min(filed_at + timedelta(hours=rng.uniform(0.5, 60)), now)
    stage = rng.choice(("new", "in_work")) if is_open else rng.choice(("done", "rejected"))
    request_id, by = rows.next_id(Requests), rng.choice(_OPERATORS)
    form: dict[str, JSON] = {
        "account": account.number, "meter": account.meter,
        "billed_reading": f"{account.last_reading:.3f}",
        "client_reading": f"{account.last_reading - rng.randrange(20, 300):.3f}",
        "reason": rng.choice(("misread", "estimated", "broken", "not_mine"))}
    group = "metering" if form["reason"] in ("broken", "not_mine") else "billing"
    row: dict[str, Any] = {
        "id": request_id, "type": "meter_dispute", "client_id": client.id,
        "account_id": account.id, "interaction_id": None, "stage": stage, "group_id": group,
        "responsible": rng.choice(_OPERATORS) if stage != "new" else None,
        "deadline_at": _two_work_days_after(filed_at), "form": form, "filed_by": by,
        "filed_at": filed_at, "closed_at": closed_at}
    rows.add(Requests, row)
    _add_events(rows, row, by)
    rows.tell(client.id, filed_at, "request", request_id,
              request_item(SimpleNamespace(**row, group=group)))


def _add_events(rows: Rows, row: dict[str, Any], by: str) -> None:
    steps: list[tuple[str, str | None, str, datetime]] = [
        ("filed", None, "new", row["filed_at"])]
    if row["stage"] != "new":
        moved_at = row["closed_at"] or row["filed_at"] + timedelta(minutes=30)
        steps.append(("moved", "new", row["stage"], moved_at))
    for kind, before, after, at in steps:
        rows.add(RequestEvents, {
            "id": rows.next_id(RequestEvents), "request_id": row["id"], "kind": kind,
            "from_stage": before, "to_stage": after, "note": "", "by": by, "at": at})
