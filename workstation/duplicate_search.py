"""The search for duplicates at a quiet hour, in a process of its own: calls come first.

The child gets the database's URL by its standard input, never by its arguments. Broken off, it
goes on the next night where it was.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, time, timedelta

import msgspec
import structlog

from crm_store import duplicate_search, merges
from crm_store.errors import StoreError
from crm_store.store import Store
from workstation.unforeseen import logged

log = structlog.get_logger()
LONGEST_S = 6 * 3_600.0
NICE = 15


async def nightly(url: str, at: str, clock: Callable[[], datetime]) -> None:
    """For ever; cancel to stop. `clock` tells the company's time; `at` "": never."""
    if not at:
        await asyncio.Event().wait()
    while True:
        with logged("the search for duplicates"):
            await _until(next_at(at, clock()), clock)
            await search(url)


def next_at(at: str, now: datetime) -> datetime:
    """The next moment the company's clock says `at` ○."""
    wanted = datetime.combine(now.date(), time.fromisoformat(at), now.tzinfo)
    return wanted if wanted > now else wanted + timedelta(days=1)


async def _until(at: datetime, clock: Callable[[], datetime]) -> None:
    """In short sleeps: a machine that slept wakes up late, not a day later."""
    while (left_s := (at - clock()).total_seconds()) > 0:  # noqa: ASYNC110 - a clock
        await asyncio.sleep(min(left_s, 60.0))


async def search(url: str) -> dict[str, int] | None:
    """Search now, in a child; its report, None when it failed (which is logged)."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "workstation.duplicate_search", stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
    try:
        async with asyncio.timeout(LONGEST_S):
            said, wrong = await child.communicate(url.encode())
    except TimeoutError:
        log.warning("the search for duplicates took too long; it goes on next night")
        return None
    finally:
        if child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()
    if child.returncode:
        last = wrong.decode(errors="replace").strip().splitlines()[-1:]
        log.warning("the search for duplicates failed", because=" ".join(last))
        return None
    report: dict[str, int] = msgspec.json.decode(said, type=dict[str, int])
    log.info("the base was searched for duplicates", **report)
    return report


async def work(url: str) -> dict[str, int]:
    """The child's: what reached merged clients late is gathered, then the base is searched."""
    store = Store(url)
    try:
        async with store.read() as tx:
            standing = await merges.standing_ids(tx)
        gathered = 0
        for merge_id in standing:
            async with store.begin() as tx:
                gathered += await merges.gather(tx, merge_id)
        report = await duplicate_search.run(store, clock=lambda: datetime.now(UTC))
        counts = asdict(report)
        del counts["resumed"]
        return counts | {"gathered": gathered}
    finally:
        await store.close()


def main() -> None:
    os.nice(NICE)
    try:
        sys.stdout.buffer.write(msgspec.json.encode(asyncio.run(work(sys.stdin.readline()))))
    except StoreError as exc:
        sys.exit(str(exc))


if __name__ == "__main__":
    main()
