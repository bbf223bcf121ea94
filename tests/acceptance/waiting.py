"""Waiting for what happens in other processes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable


async def until(truth: Callable[[], bool], limit_s: float, what: str) -> None:
    """Polls `truth` (which may block); fails naming `what` when the time is up."""
    end = time.monotonic() + limit_s
    while not await asyncio.to_thread(truth):
        assert time.monotonic() < end, f"not within {limit_s} s: {what}"
        await asyncio.sleep(0.3)
