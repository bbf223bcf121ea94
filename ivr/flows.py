"""What the menu looks up for a caller: who he is, and how his accounts stand.

A base that does not answer in time is `Failed`, and the menu takes such a caller to a person. A
statement that is late is left to end by itself, within the store's own limit.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

from crm_store import clients, phones, timeline
from crm_store.base import Tx
from crm_store.errors import NotFound as NoSuchRow
from crm_store.errors import StoreError
from crm_store.store import Store
from cti.user_events import ClientIdentified
from ivr.menu import Failed, Found, NotFound
from ivr.say import Money
from ivr.wording import Value

LOOK_UP_LIMIT_S = 1.5
STRONG_TRUST = 60       # from here on a link of number and client is good enough to speak of money
# What menus may branch on, and by whom it is found.
FACTS: Mapping[str, str] = {
    "client": "client_by_number, client_by_account: known",
    "standing": "billing: owes, credit, clear",
    "payment": "billing: known, none",
}

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Caller:
    """`number` is E.164, None where it is hidden or no number; `client` once he is known."""
    number: str | None
    client: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """`values` is what phrases may speak of; `identified` is what the floor should be told."""
    heard: Found | NotFound | Failed
    values: Mapping[str, Value] = field(default_factory=dict)
    identified: ClientIdentified | None = None


LookUp = Callable[[Tx, Caller, str, ZoneInfo], Awaitable[Answer]]


async def client_by_number(tx: Tx, caller: Caller, digits: str, zone: ZoneInfo) -> Answer:
    """Known is who alone is strongly linked with the number; two of them are nobody."""
    if caller.number is None:
        return Answer(NotFound())
    found = await clients.candidates(tx, caller.number)
    strong = [candidate for candidate in found if candidate.trust >= STRONG_TRUST]
    if len(strong) != 1:
        return Answer(NotFound())
    identified = ClientIdentified(strong[0].client_id, "number")
    return Answer(Found({"client": "known"}), identified=identified)


async def client_by_account(tx: Tx, caller: Caller, digits: str, zone: ZoneInfo) -> Answer:
    client = await clients.by_account(tx, digits)
    if client is None:
        return Answer(NotFound())
    return Answer(Found({"client": "known"}), identified=ClientIdentified(client, "account"))


async def billing(tx: Tx, caller: Caller, digits: str, zone: ZoneInfo) -> Answer:
    """His debt, or his credit, and his last payment."""
    if caller.client is None:
        return Answer(NotFound())
    try:
        card = await clients.card(tx, caller.client)
    except NoSuchRow:
        return Answer(NotFound())
    standing, values = _standing(card)
    payments = await timeline.page(tx, caller.client, limit=1, kinds=("payment",))
    values |= _payment(payments.items, zone)
    facts = {"standing": standing, "payment": "known" if "payment" in values else "none"}
    return Answer(Found(facts), values)


def _standing(card: clients.Card) -> tuple[str, dict[str, Value]]:
    """A debt is told before a credit on another account: it is what the call is about."""
    if card.debt_minor > 0 and card.currency:
        return "owes", {"debt": Money(card.debt_minor, card.currency)}
    ahead = [account for account in card.accounts if account.balance_minor > 0]
    if not ahead:
        return "clear", {}
    currency = ahead[0].currency
    total = sum(account.balance_minor for account in ahead if account.currency == currency)
    return "credit", {"credit": Money(total, currency)}


def _payment(items: tuple[timeline.TimelineItem, ...], zone: ZoneInfo) -> dict[str, Value]:
    for item in items:
        amount, currency = item.facts.get("amount_minor"), item.facts.get("currency")
        if isinstance(amount, int) and isinstance(currency, str):
            return {"payment": Money(amount, currency), "paid_on": item.at.astimezone(zone).date()}
    return {}


LOOK_UPS: Mapping[str, LookUp] = {
    "client_by_number": client_by_number,
    "client_by_account": client_by_account,
    "billing": billing,
}


class Enquiries:
    """Look-ups in the base, each within its time. Enter it with `async with`."""

    def __init__(
        self, store: Store, *, region: str, time_zone: ZoneInfo,
        limit_s: float = LOOK_UP_LIMIT_S,
    ) -> None:
        self._store = store
        self._region = region
        self._zone = time_zone
        self._limit_s = limit_s
        self._tasks = asyncio.TaskGroup()
        self._running: set[asyncio.Task[Answer]] = set()

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for task in self._running:
            task.cancel()
        await self._tasks.__aexit__(None, None, None)

    def caller(self, number: str | None, region: str = "") -> Caller:
        """`number` as the telephone side gave it: hostile text, or None where it is hidden.

        `region` is that of the entry he dialled; empty: the company's.
        """
        return Caller(phones.normalise(number, region=region or self._region).e164)

    async def find(self, what: str, caller: Caller, digits: str = "") -> Answer:
        """`what` is one of LOOK_UPS; never raises, never takes longer than the limit."""
        task = self._tasks.create_task(self._find(what, caller, digits), name=f"look up {what}")
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        done, _ = await asyncio.wait({task}, timeout=self._limit_s)
        if done:
            return task.result()
        log.error("The base did not answer the menu in time.",
                  extra={"action": "menu_look_up_late", "what": what})
        return Answer(Failed())

    async def _find(self, what: str, caller: Caller, digits: str) -> Answer:
        try:
            async with self._store.read() as tx:
                return await LOOK_UPS[what](tx, caller, digits, self._zone)
        except StoreError as exc:
            log.error("The menu could not look something up: %s", exc,     # noqa: TRY400 - no bug
                      extra={"action": "menu_look_up_failed", "what": what})
            return Answer(Failed())
