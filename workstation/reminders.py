"""The clock of the tasks: what falls due is told on the screens, once, whoever was restarted."""

from __future__ import annotations

import asyncio

import structlog

from crm_store import tasks
from crm_store.errors import StoreError
from workstation import unforeseen
from workstation.actions.tasks import show, show_all
from workstation.desk import Desk

log = structlog.get_logger()
BEAT_S = 5.0
ALL_EVERY = 12              # beats: lateness of what nobody is reminded of, what others changed


async def run(desk: Desk) -> None:
    """For ever; cancel to stop."""
    beats = 0
    while True:
        with unforeseen.logged("tasks"):
            try:
                if beats % ALL_EVERY == 0:
                    await show_all(desk)
                await tell_due(desk)
            except StoreError as exc:
                log.warning("what is due could not be told", error=str(exc))
        beats += 1
        await asyncio.sleep(BEAT_S)


async def tell_due(desk: Desk) -> int:
    """Tell all that is due; how many tasks it was. A screen learns it from the task's picture."""
    count = 0
    while await _is_due(desk):
        async with desk.board_turns["tasks"]:
            async with desk.store.begin() as tx:
                told = await tasks.tell_due(tx, desk.clock())
            for one in told:
                show(desk, one.task)
        count += len(told)
    return count


async def _is_due(desk: Desk) -> bool:
    """Asked by reading: the writer has other things to do."""
    async with desk.store.read() as tx:
        first = await tasks.next_due_at(tx)
    return first is not None and first <= desk.clock()
