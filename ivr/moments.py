"""Facts of this moment: the hour, a flag of the client, a switch of the supervisors."""

from __future__ import annotations

from datetime import datetime

from crm_store import clients, menus
from crm_store.base import Tx
from crm_store.errors import NotFound
from ivr.enquiry import Caller

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
INCIDENT = "incident"


def of(fact: str, now: datetime, holidays: frozenset[str]) -> str | None:
    """What the clock and the calendar say; None: it is no such fact. `now` is local time."""
    match fact:
        case "hour":
            return str(now.hour)
        case "minute":
            return str(60 * now.hour + now.minute)
        case "weekday":
            return WEEKDAYS[now.weekday()]
        case "holiday":
            day = now.date().isoformat()
            return "yes" if day in holidays or day[5:] in holidays else "no"
    return None


async def asked(tx: Tx, fact: str, caller: Caller) -> str | None:
    """What the base says; None where it cannot be said of this caller."""
    kind, _, name = fact.partition(".")
    match kind:
        case "incident":
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
