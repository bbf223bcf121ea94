"""Our servers as child processes of the demo: started, watched, started again, stopped."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog

log = structlog.get_logger()
STOP_S = 8.0            # a child has this long to end on SIGTERM
SHORT_LIFE_S = 5.0      # a child that ends sooner is not started again at once
PR_SET_PDEATHSIG = 1    # prctl(2): the kernel ends a child whose parent is gone


class ChildFailed(Exception):
    """A server ended before it served; `tail` holds the end of its log."""

    def __init__(self, name: str, tail: str) -> None:
        super().__init__(f"{name} did not start: {tail or 'it said nothing'}")
        self.name, self.tail = name, tail


@dataclass
class Child:
    """One `deskline …` process; its output goes to `log_file`."""
    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    log_file: Path
    process: asyncio.subprocess.Process | None = None
    _stopping: bool = field(default=False)

    async def keep(self) -> None:
        """Run it until cancelled, again whenever it ends; the pause grows while it fails."""
        pause_s = 1.0
        try:
            while True:
                lived_s = await self._live()
                pause_s = 1.0 if lived_s > SHORT_LIFE_S else min(pause_s * 2, 30.0)
                log.warning("a server ended and is started again", server=self.name)
                await asyncio.sleep(pause_s)
        finally:
            await asyncio.shield(self._stop())

    async def _live(self) -> float:
        clock = asyncio.get_running_loop().time
        started = clock()
        await self.start()
        assert self.process is not None
        await self.process.wait()
        return clock() - started

    async def start(self) -> None:
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        with self.log_file.open("ab") as output:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "workstation.cli.main", *self.arguments,
                stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=output,
                env={**os.environ, **self.environment}, start_new_session=True,
                preexec_fn=_die_with_parent)

    def tail(self, lines: int = 3) -> str:
        with contextlib.suppress(OSError):
            text = self.log_file.read_text(errors="replace").splitlines()
            return " ".join(text[-lines:])
        return ""

    async def _stop(self) -> None:
        if self.process is None or self.process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        try:
            async with asyncio.timeout(STOP_S):
                await self.process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            await self.process.wait()


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
