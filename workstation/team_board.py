"""Messages and calls for help come back to the screens after a start, and old ones go."""

from __future__ import annotations

import asyncio

import structlog

from crm_store.errors import StoreError
from workstation import unforeseen
from workstation.actions.team import show_all
from workstation.desk import Desk

log = structlog.get_logger()
EVERY_S = 600.0
AGAIN_S = 2.0


async def run(desk: Desk) -> None:
    """For ever; cancel to stop."""
    while True:
        pause_s = EVERY_S
        with unforeseen.logged("messages"):
            try:
                await show_all(desk)
            except StoreError as exc:
                log.warning("messages could not be read", error=str(exc))
                pause_s = AGAIN_S
        await asyncio.sleep(pause_s)
