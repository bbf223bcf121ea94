"""Facts of this moment: the hour, a flag of the client, a switch of the supervisors."""

from __future__ import annotations

from datetime import datetime, time

from crm_store import clients, incidents, menus
from crm_store.base import Tx
from crm_store.errors import NotFound
from ivr.enquiry import Caller
from ivr.hours import Hours, Verdict
from ivr.wording import Value

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
INCIDENT = "incident"
OF_CLOCK = ("hour", "minute", "weekday", "holiday")


def of(fact: str, now: datetime, hours: Hours) -> str | None:
    """What the clock and the calendar say where these hours are kept; None: no such fact."""
    now = now.astimezone(hours.zone)
    match fact:
        case "hour":
            return str(now.hour)
        case "minute":
            return str(60 * now.hour + now.minute)
        case "weekday":
            return WEEKDAYS[now.weekday()]
        case "holiday":
            return "yes" if hours.is_holiday(now.date()) else "no"
    return None


def of_opening(
    fact: str, verdict: Verdict, now: datetime, hours: Hours,
) -> tuple[str, dict[str, Value]]:
    """`open` or `opens`, and what phrases may say of it."""
    if verdict.is_open or verdict.until is None:
        return verdict.fact if fact == "open" else "unknown", {}
    opens = verdict.until.astimezone(hours.zone)
    is_today = opens.date() == now.astimezone(hours.zone).date()
    values: dict[str, Value] = {"opens_on": opens.date(),
                                "opens_at": time(opens.hour, opens.minute)}
    return verdict.fact if fact == "open" else "today" if is_today else "later", values


async def asked(tx: Tx, fact: str, caller: Caller) -> str | None:
    """What the base says; None where it cannot be said of this caller."""
    kind, _, name = fact.partition(".")
    match kind:
        case "incident":
            if caller.client is not None and await incidents.of_client(tx, caller.client):
                return "street"
            return "yes" if await menus.is_on(tx, INCIDENT) else "no"
        case "switch":
            return "on" if await menus.is_on(tx, name) else "off"
        case "number":
            return "known" if caller.number else "hidden"
        case "flag" | "debt" if caller.client is not None:
            return await _of_client(tx, kind, name, caller.client)
    return None


async def _of_client(tx: Tx, kind: str, flag: str, client_id: int) -> str | None:
    try:
        card = await clients.card(tx, client_id)
    except NotFound:
        return None
    if kind == "flag":
        return "yes" if flag in card.flags else "no"
    return str(card.debt_minor // 100)
