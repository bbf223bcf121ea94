"""Stop-because and the keeping of promises: what came in since the last second, by any door.

A payment withdraws queued dials and is asked whether it keeps a promise; an incoming call, a
complaint, a dispute, a suppression withdraw too. What a dialler that was away has missed it finds
when it begins: rows are compared with the lists, not with its memory.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from campaigns import ledger, steering
from campaigns.coverage import LedgerError, State
from campaigns.promises import Promise, PromiseState, settled
from campaigns.settling import move_after_promise
from crm_store import promises as promise_rows
from crm_store import stopping as rows
from crm_store.base import Tx
from crm_store.promises import StoredPromise
from crm_store.stopping import Marks, News
from crm_store.store import Store

log = logging.getLogger(__name__)
BY = "deskline"
_DUE_EVERY = timedelta(minutes=1)


@dataclass(slots=True)
class Stopper:
    """Remembers up to which rows it has looked."""

    store: Store
    zone: tzinfo
    _marks: Marks | None = None
    _due_at: datetime | None = None

    async def look(self, now: datetime) -> None:
        """Once a second, before anything is dialled."""
        async with self.store.read() as tx:
            end = await rows.marks(tx, self._marks, now=now)
            news = await rows.news(tx, self._marks, now=now, call=end.call)
            paid = await rows.paid_since(tx, self._marks) if self._marks is not None else []
            due = await self._due(tx, now)
        for one in news:
            await self._withdraw(one, now)
        for client_id in dict.fromkeys((*paid, *due)):
            async with self.store.begin() as tx:
                await keep(tx, client_id, now=now, zone=self.zone)
        self._marks = end

    async def _withdraw(self, one: News, now: datetime) -> None:
        """One person whose entry moved meanwhile does not hold up the others."""
        try:
            async with self.store.begin() as tx:
                concerned = await steering.withdraw(
                    tx, one.client_id, one.because, by=BY, at=now)  # type: ignore[arg-type]
        except (LedgerError, ledger.EntryMoved) as exc:
            log.warning("Entries of client %s were not withdrawn yet: %s", one.client_id, exc,
                        extra={"action": "withdraw_later"})
            return
        log.info("Client %s is not dialled any more: %s (%s entries).", one.client_id,
                 one.because, len(concerned), extra={"action": "withdrawn"})

    async def _due(self, tx: Tx, now: datetime) -> list[int]:
        """Once a minute: promises whose day has passed; at first all that are open."""
        if self._due_at is not None and now - self._due_at < _DUE_EVERY:
            return []
        self._due_at = now
        until = now.astimezone(self.zone).date() if self._marks is not None else date.max
        return await promise_rows.with_open_ones(tx, due_before=until)


async def keep(tx: Tx, client_id: int, *, now: datetime, zone: tzinfo) -> None:
    """Find a client's promises kept or broken by what he paid since the first of them."""
    given = await promise_rows.of_client(tx, client_id)
    if not any(one.state == PromiseState.OPEN for one in given):
        return
    first_on = min(one.at for one in given).astimezone(zone).date()
    since = min(one.at for one in given) - timedelta(days=1)
    for currency in {one.currency for one in given}:
        of_currency = [one for one in given if one.currency == currency]
        payments = tuple(
            (day, one.amount_minor) for one in await promise_rows.paid(
                tx, client_id, since=since)
            if one.currency == currency and (day := one.paid_at.astimezone(zone).date())
            >= first_on)
        states = settled(tuple(Promise(one.amount_minor, one.due_on) for one in of_currency),
                         payments, now.astimezone(zone).date())
        for promise, state in zip(of_currency, states, strict=True):
            await _settle(tx, promise, state, now)


async def _settle(tx: Tx, promise: StoredPromise, state: PromiseState, now: datetime) -> None:
    if promise.state != PromiseState.OPEN or state is PromiseState.OPEN:
        return
    if not await promise_rows.settle(tx, promise, state):
        return
    entry_id = await promise_rows.entry_of(tx, promise)
    if entry_id is None:
        return
    left = [one for one in await promise_rows.of_client(tx, promise.client_id)
            if one.state == PromiseState.OPEN]
    if state is PromiseState.BROKEN or not left:
        await move_after_promise(tx, entry_id, State.PROMISED, is_kept=state is
                                 PromiseState.KEPT, promise=promise.id, at=now)
