"""A rehearsal: so many calls, watched on every operator's screen and in the journal."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crm_store import debtors, interaction_pages
from crm_store.store import Store
from cti.pbx.plan import PbxPlan
from cti.pbx.world import Caller
from workstation.accounts import demo_password
from workstation.rehearsal.callers import distinct_callers, place_calls
from workstation.rehearsal.colleagues import Colleague, Popped
from workstation.rehearsal.report import Logged, Placed, Report, report
from workstation.settings import Settings

SIGN_ON_S = 3.0         # colleagues get this long to be ready before the first call
SIGN_OFF_S = 1.0        # and this long to be told that they are as they were
GRACE_S = 45.0          # after the last caller's time is up, for queues and wrap-up to settle
LOOK_EVERY_S = 2.0
PAGE = 200
Progress = Callable[[int, int], None]   # calls that are over, of how many


@dataclass(frozen=True, slots=True)
class Rehearsal:
    calls: int
    per_second: float
    seed: int | None


async def rehearse(
    settings: Settings, plan: PbxPlan, wanted: Rehearsal, *, url: str, progress: Progress
) -> Report:
    """Place the calls and wait until each is over; raises StoreError, PbxError, also in groups."""
    dice, began = random.Random(wanted.seed), dt.datetime.now(dt.UTC)
    pops: Counter[str] = Counter()
    store = Store(settings.store_url)
    try:
        async with store.read() as tx:
            numbers = await debtors.client_numbers(tx, limit=20 * wanted.calls)
        entries = [entry.number for entry in plan.entries]
        callers = distinct_callers(dice, numbers, entries, wanted.calls)
        async with asyncio.TaskGroup() as tasks:
            colleagues = _screens(settings, plan, url, dice, pops)
            screens = [tasks.create_task(colleague.work(), name=colleague.login)
                       for colleague in colleagues]
            try:
                await asyncio.sleep(SIGN_ON_S)
                placed = await _place(plan, callers, wanted.per_second)
                logged = await _until_over(store, began, callers, progress)
            finally:
                for colleague in colleagues:
                    await colleague.go_back()
            await asyncio.sleep(SIGN_OFF_S)
            for screen in screens:
                screen.cancel()
    finally:
        await store.close()
    return report(placed, logged, pops)


def _screens(settings: Settings, plan: PbxPlan, url: str, dice: random.Random,
             pops: Counter[str]) -> list[Colleague]:
    """A screen for every operator; those whose phone the world plays are worked, if offline."""
    def saw(popped: Popped) -> None:
        pops[popped.number] += 1
    return [Colleague(url, person.login, demo_password(plan.secret, person.login),
                      random.Random(dice.random()), works=person.id in plan.world.colleagues,
                      on_pop=saw)
            for person in settings.operator if person.role == "operator"]


async def _place(plan: PbxPlan, callers: Sequence[Caller], per_second: float) -> list[Placed]:
    return [Placed(caller.number, accepted=not trouble)
            async for caller, trouble in place_calls(plan, callers, per_second=per_second)]


async def _until_over(store: Store, began: dt.datetime, callers: Sequence[Caller],
                      progress: Progress) -> list[Logged]:
    """The journal's view of the callers, when all have ended or their time is up."""
    clock = asyncio.get_running_loop().time
    until = clock() + max(caller.talk_s for caller in callers) + GRACE_S
    ours = {caller.number for caller in callers}
    while True:
        logged = [item for item in await _journal(store, began) if item.number in ours]
        over = sum(item.outcome is not None for item in logged)
        progress(over, len(callers))
        if over >= len(callers) or clock() > until:
            return logged
        await asyncio.sleep(LOOK_EVERY_S)


async def _journal(store: Store, since: dt.datetime) -> list[Logged]:
    found: list[Logged] = []
    cursor: str | None = None
    async with store.read() as tx:
        while True:
            rows, cursor = await interaction_pages.page(
                tx, interaction_pages.Wanted(since=since), cursor=cursor, limit=PAGE)
            found += [Logged(row.number or "", row.outcome if row.ended_at else None)
                      for row in rows]
            if cursor is None:
                return found
