"""Steps of the ledger on stored entries: the pure table decides, one statement writes."""

from __future__ import annotations

from datetime import datetime

from campaigns import coverage
from campaigns.coverage import Facts, Happening, Standing, State
from crm_store import campaigns as rows
from crm_store.base import Tx
from crm_store.campaigns import EntryRow

DIALLER = "dialler"


class EntryMoved(coverage.LedgerError):
    """Somebody else moved this entry meanwhile; the transaction is undone and tried again."""


def standing_of(entry: EntryRow) -> Standing:
    facts = {key: value for key, value in entry.facts.items()
             if value is None or isinstance(value, str | int | float | bool)}
    return Standing(State(entry.state), entry.since, entry.why, facts, entry.until_at)


async def step(
    tx: Tx, entry: EntryRow, happening: Happening, *, at: datetime, why: str,
    facts: Facts | None = None, until_at: datetime | None = None, by: str = DIALLER,
) -> State:
    """Move an entry. Raises `NotAllowedNow` before anything is written, `EntryMoved` after."""
    to = coverage.move(
        standing_of(entry), happening, at=at, why=why, facts=facts, until_at=until_at)
    is_moved = await rows.move_entry(
        tx, entry.id, entry.state, happening=happening, state=to.state, why=to.why,
        facts=dict(to.facts), until_at=to.until_at, at=at, by=by)
    if not is_moved:
        raise EntryMoved
    return to.state


async def coverage_of(tx: Tx, campaign_id: int) -> coverage.Coverage:
    """The ledger, summed by the database in one statement and checked against the list's size.

    A draft's list still grows: its size is what is on it. Raises `DoesNotAddUp`, `NotFound`.
    """
    campaign = await rows.get(tx, campaign_id)
    counted = await rows.ledger(tx, campaign_id)
    size = campaign.size if campaign.size is not None else sum(n for _, n in counted)
    return coverage.summary(size, counted)


async def as_counted(tx: Tx, campaign_id: int) -> coverage.Coverage:
    """What is on the list, whatever size it was frozen with."""
    counted = await rows.ledger(tx, campaign_id)
    return coverage.summary(sum(n for _, n in counted), counted)
