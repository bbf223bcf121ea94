"""`python -m workstation.import_worker`: one job with one file, told on standard input as JSON.

look, preview: the answer is printed. run, check, undo: how far it is stands in the base, or for a
check in a file beside the import's.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crm_store.errors import StoreError
from crm_store.imports import (
    MapUnusable,
    NotPossible,
    Overtaken,
    SheetUnreadable,
    checking,
    running,
    runs,
    undoing,
)
from crm_store.imports.checking import Checked
from crm_store.imports.facts import Done, Refusal
from crm_store.imports.runs import Import
from crm_store.store import Store

_MEMORY = 2 * 2**30         # what a hostile file may take at most
_PREVIEWED, _SHOWN = 1_000, 100
_PR_SET_PDEATHSIG = 1       # prctl(2): the kernel ends a child whose parent is gone
_TOLD_EVERY_S = 0.5
_EXAMPLES, _CELLS_SHOWN = 3, 40


class _Job:
    def __init__(self, told: dict[str, Any], store: Store) -> None:
        self.store = store
        self.id = int(told["id"])
        self.folder = Path(told["folder"])
        self.by = str(told.get("by", ""))

    async def known(self) -> Import:
        async with self.store.read() as tx:
            return await runs.get(tx, self.id)


async def _look(job: _Job) -> dict[str, Any]:
    known = await job.known()
    seen = await running.look(job.store, job.folder / known.file, known.plan, examples=_EXAMPLES)
    return asdict(seen)


async def _preview(job: _Job) -> dict[str, Any]:
    known = await job.known()
    return packed(await checking.check(
        job.store, job.folder / known.file, known.plan, now=_now(), most=_PREVIEWED,
        shown=_SHOWN, refused_shown=_SHOWN))


async def _check(job: _Job) -> dict[str, Any]:
    """The whole file; how far it is, then what came out, stand in `check_file`."""
    known = await job.known()
    target, told_at = check_file(job.folder, job.id), time.monotonic()

    def tell(done: int, of: int | None) -> None:
        nonlocal told_at
        if time.monotonic() - told_at >= _TOLD_EVERY_S:
            told_at = time.monotonic()
            put_facts(target, {"done": done, "of": of})

    try:
        result = packed(await checking.check(
            job.store, job.folder / known.file, known.plan, now=_now(), shown=_SHOWN,
            refused_shown=_SHOWN, progress=tell))
    except (SheetUnreadable, MapUnusable, StoreError) as exc:
        put_facts(target, {"error": str(exc)})
        raise
    put_facts(target, {"result": result})
    return {}


async def _run(job: _Job) -> dict[str, Any]:
    await running.go_on(job.store, job.id, job.folder, clock=_now)
    return {}


async def _undo(job: _Job) -> dict[str, Any]:
    await undoing.undo(job.store, job.id, job.folder, by=job.by, clock=_now)
    return {}


JOBS: dict[str, Callable[[_Job], Awaitable[dict[str, Any]]]] = {
    "look": _look, "preview": _preview, "check": _check, "run": _run, "undo": _undo}


def packed(checked: Checked) -> dict[str, Any]:
    """A preview as JSON."""
    return {"rows": checked.rows, "is_whole": checked.is_whole, "counts": {
        name: checked.counts[name]
        for name in ("created", "updated", "unchanged", "refused", "suspects")},
        "fates": [_fate(fate, checked.cells.get(fate.row, ())) for fate in checked.fates],
        "refused": [_fate(one, one.cells) for one in checked.refused]}


def _fate(fate: Done | Refusal, cells: Sequence[str]) -> dict[str, Any]:
    if isinstance(fate, Refusal):
        return {"row": fate.row, "outcome": "refused", "cells": list(cells[:_CELLS_SHOWN]),
                "reasons": [reason.packed() for reason in fate.reasons], "client_id": None,
                "suspects": []}
    return {"row": fate.row, "outcome": fate.outcome, "cells": list(cells[:_CELLS_SHOWN]),
            "reasons": [], "client_id": fate.client_id if fate.client_id > 0 else None,
            "suspects": [asdict(one) for one in fate.suspects]}


def check_file(folder: Path, import_id: int) -> Path:
    return folder / f"check-{import_id}.json"


def put_facts(target: Path, facts: dict[str, Any]) -> None:
    fresh = target.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(facts))
    fresh.replace(target)


def _now() -> datetime:
    return datetime.now(UTC)


async def _answer(told: dict[str, Any]) -> dict[str, Any]:
    store = Store(told["url"])
    try:
        return {"result": await JOBS[told["do"]](_Job(told, store))}
    except SheetUnreadable as exc:
        return {"problem": "import_unreadable", "detail": str(exc)}
    except MapUnusable as exc:
        return {"problem": "import_map", "detail": str(exc)}
    except (NotPossible, Overtaken) as exc:
        return {"problem": "import_state", "detail": str(exc)}
    except StoreError as exc:
        return {"problem": "store_unavailable", "detail": str(exc)}
    finally:
        await store.close()


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    os.nice(5)      # calls come first
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    told = json.loads(sys.stdin.buffer.readline())
    try:
        said = asyncio.run(_answer(told))
    except MemoryError:
        said = {"problem": "import_unreadable", "detail": "reading it takes too much memory"}
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main()
