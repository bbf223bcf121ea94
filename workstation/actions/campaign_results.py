"""A campaign's results on the lead's screens; each figure opens the calls behind it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import cast

from campaigns import results
from campaigns.results import Price, Row
from crm_store import campaign_results as stored
from crm_store import campaigns as rows
from crm_store import promises
from crm_store.campaign_results import Dialled, ListRow
from workstation.desk import Desk
from workstation.policy import Person
from workstation.protocol.campaign_results import OpenResult, ShowResults
from workstation.views import moment, moment_or_none

SHOWN = 200
A_PAGE = 1_000
COLUMNS = ("account", "client_id", "name", "state", "why", "since", "next_at", "debt_minor",
           "currency", "dials")
_NEVER_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


async def show(desk: Desk, person: Person, args: ShowResults) -> dict[str, object]:
    price = Price(args.line_minute, args.operator_hour)
    async with desk.store.read() as tx:
        await rows.get(tx, args.campaign)
        dials = await stored.dials(tx, args.campaign)
        broken = await promises.broken_of(tx, args.campaign, limit=SHOWN)
    return {"rows": [_row(one) for one in results.table(dials, args.by, desk.zone, price)],
            "total": _row(results.total(dials, price)),
            "broken": [{"client_id": one.client_id, "name": one.client_name, "by": one.by,
                        "amount_minor": one.amount_minor, "currency": one.currency,
                        "due_on": one.due_on.isoformat()} for one in broken]}


def _row(one: Row) -> dict[str, object]:
    return {"key": one.key, **one.counts, "promised_minor": one.promised_minor,
            "talk_s": one.talk_s, "cost_minor": one.cost_minor,
            "per_promise_minor": one.per_promise_minor, "per_paid_minor": one.per_paid_minor}


async def calls(desk: Desk, person: Person, args: OpenResult) -> dict[str, object]:
    async with desk.store.read() as tx:
        await rows.get(tx, args.campaign)
        dials = await stored.dials(tx, args.campaign)
        found = results.behind(dials, args.by, args.key, args.figure, desk.zone)
        newest = list(reversed(found))[:SHOWN]
        names = await stored.names(tx, [one.client_id for one in newest])
    return {"count": len(found), "calls": [_call(one, names) for one in newest]}


def _call(one: Dialled, names: dict[int, str]) -> dict[str, object]:
    talk_s = (0 if one.talking_at is None or one.ended_at is None
              else round((one.ended_at - one.talking_at).total_seconds()))
    return {"attempt": one.id, "client_id": one.client_id, "name": names.get(one.client_id, ""),
            "number": one.e164, "at": moment(one.dialling_at), "operator": one.operator or "",
            "outcome": one.disposition or one.miss or "", "talk_s": talk_s}


# ── files ────────────────────────────────────────────────────────────────────────────────────
async def as_csv(desk: Desk, person: Person, campaign: int) -> bytes:
    """The list with each one's state, by account, for billing to take back. What the person does
    not see is not in it."""
    told: list[Sequence[object]] = [COLUMNS]
    after = 0
    while True:
        async with desk.store.read() as tx:
            if not after:
                await rows.get(tx, campaign)
            page = await stored.list_page(tx, campaign, after=after, limit=A_PAGE)
        seen = await desk.sight.shown(
            person, {"rows": [_listed(one) for _, one in page]}, "campaign.entries")
        told += [[one.get(name) for name in COLUMNS]
                 for one in cast("list[dict[str, object]]", seen["rows"])]
        if len(page) < A_PAGE:
            return _written(told)
        after = page[-1][0]


def _listed(one: ListRow) -> dict[str, object]:
    return {"account": one.account, "client_id": one.client_id, "name": one.client_name,
            "state": one.state, "why": one.why, "since": moment(one.since),
            "next_at": moment_or_none(one.until_at), "debt_minor": one.debt_minor,
            "currency": one.currency, "dials": one.dials}


def _written(told: Sequence[Sequence[object]]) -> bytes:
    """No cell is a formula to who opens it in a spreadsheet."""
    text = io.StringIO()
    csv.writer(text).writerows(
        [f"'{cell}" if isinstance(cell, str) and cell.startswith(_NEVER_A_FORMULA) else cell
         for cell in row] for row in told)
    return text.getvalue().encode("utf-8-sig")
