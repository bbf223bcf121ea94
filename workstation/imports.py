"""Imports around the store: where their files lie, and the processes that read them.

A file from outside is only ever read in a process of its own (`import_worker`): reading a million
rows takes the loop's time, and what a file does to its reader it does to that process alone.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog

from workstation.errors import Refused
from workstation.settings import Settings

log = structlog.get_logger()
REGION = re.compile(r"[A-Z]{2}(?:-[0-9]{1,5})?")
ASK_LIMIT_S = 60.0
_STOP_S = 3.0
_ASKED_AT_ONCE = 2
_LONGEST_ANSWER = 8 * 1024 * 1024


def folder_of(settings: Settings) -> Path:
    return settings.data_dir.resolve() / "imports"


class Readers:
    """The processes that read files; lives as long as the server."""

    def __init__(self) -> None:
        self._running: dict[int, asyncio.subprocess.Process] = {}
        self._verbs: dict[int, str] = {}
        self._asked = asyncio.Semaphore(_ASKED_AT_ONCE)

    async def ask(self, settings: Settings, job: dict[str, Any]) -> dict[str, Any]:
        """What a file is, or would do. Raises Refused: it cannot be read."""
        async with self._asked:
            process = await _started(settings, job, answers=True)
            try:
                async with asyncio.timeout(ASK_LIMIT_S):
                    out, _ = await process.communicate()
            except TimeoutError as exc:
                raise Refused("import_too_long", "Reading the file takes too long.", "",
                              422) from exc
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
        return _answer(out)

    async def start(self, settings: Settings, import_id: int, job: dict[str, Any]) -> None:
        """Run, check or undo it from now on; the base tells how far it is. Raises Refused: another
        one runs."""
        for other, process in list(self._running.items()):
            with suppress(TimeoutError):        # one that is done needs a moment to end
                async with asyncio.timeout(_STOP_S):
                    await process.wait()
            if process.returncode is not None:
                self._running.pop(other, None)
        if self._running:
            raise Refused("import_busy", "Another import is running.",
                          f"import {next(iter(self._running))}")
        self._running[import_id] = await _started(settings, job, answers=False)
        self._verbs[import_id] = job["do"]

    def doing(self, import_id: int) -> str:
        """run, check or undo: what a process of ours does with it now; "" for nothing."""
        process = self._running.get(import_id)
        is_alive = process is not None and process.returncode is None
        return self._verbs.get(import_id, "") if is_alive else ""

    def has_ended(self, import_id: int) -> bool:
        """We started it, and its process is gone."""
        process = self._running.get(import_id)
        return process is not None and process.returncode is not None

    async def close(self) -> None:
        """The processes end where they are; what is committed stays, and can be gone on with."""
        for process in self._running.values():
            with suppress(ProcessLookupError):
                process.terminate()
        for process in self._running.values():
            try:
                async with asyncio.timeout(_STOP_S):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()
        self._running.clear()


async def _started(settings: Settings, job: dict[str, Any], *, answers: bool
                   ) -> asyncio.subprocess.Process:
    """What it must know comes on its standard input: nothing secret among its arguments."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "workstation.import_worker", stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE if answers else asyncio.subprocess.DEVNULL,
        limit=_LONGEST_ANSWER)
    told = {"url": settings.store_url, "folder": str(folder_of(settings)), **job}
    if process.stdin is None:
        raise RuntimeError("the process has no input")
    with suppress(ConnectionError):
        process.stdin.write(json.dumps(told).encode() + b"\n")
        await process.stdin.drain()
        process.stdin.close()
    return process


def _answer(out: bytes) -> dict[str, Any]:
    try:
        said = json.loads(out)
    except ValueError as exc:
        raise Refused("import_unreadable", "The file could not be read.", "", 422) from exc
    if "problem" in said:
        raise Refused(said["problem"], "The file cannot be used so.", said["detail"], 422)
    result: dict[str, Any] = said["result"]
    return result
