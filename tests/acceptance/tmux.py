"""`deskline terminal` in a real terminal: tmux at 100 × 30, read as a person reads it."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

COMMAND_S = 10.0


@dataclass(frozen=True)
class Tmux:
    """One terminal; `socket` is a tmux server of its own."""
    socket: Path

    @classmethod
    @asynccontextmanager
    async def running(cls, url: str, login: str, password: str) -> AsyncIterator[Tmux]:
        if shutil.which("tmux") is None:
            pytest.fail("no tmux here: apt-get install tmux")
        folder = Path(tempfile.mkdtemp(prefix="dl", dir="/tmp"))
        terminal = cls(folder / "tmux")
        program = shlex.join([sys.executable, "-m", "workstation.cli.main", "terminal",
                              "--server", url, "--login", login])
        await terminal._run("-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "30",
                            program, password=password)
        try:
            yield terminal
        finally:
            await terminal._run("kill-server")
            shutil.rmtree(folder, ignore_errors=True)

    async def screen(self) -> str:
        return await self._run("capture-pane", "-p")

    async def press(self, *keys: str) -> None:
        """Keys as tmux names them: `F10`, `M-1`, `C-k`, or text."""
        await self._run("send-keys", *keys)

    async def sees(self, words: str, *, limit_s: float) -> None:
        """Waits until `words` stand on the screen; fails with the screen."""
        until = asyncio.get_running_loop().time() + limit_s
        while words not in (shown := await self.screen()):
            assert asyncio.get_running_loop().time() < until, f"{words!r} not in\n{shown}"
            await asyncio.sleep(0.2)

    async def _run(self, *arguments: str, password: str = "") -> str:
        environment = {**os.environ, "LANG": "C.UTF-8", "TERM": "xterm-256color",
                       "DESKLINE_PASSWORD": password}
        process = await asyncio.create_subprocess_exec(
            "tmux", "-S", str(self.socket), *arguments, env=environment,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
        async with asyncio.timeout(COMMAND_S):
            out, problem = await process.communicate()
        assert process.returncode == 0, problem.decode()
        return out.decode(errors="replace")
