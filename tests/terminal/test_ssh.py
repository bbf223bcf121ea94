"""The terminal over a real SSH server, in tmux, as an operator at another machine has it."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from tests.terminal import story
from tests.terminal.server import PASSWORD, telling, until
from tests.terminal.ssh import is_there, ssh_server
from tests.terminal.test_tmux import VIEWS, WAIT_S, window

pytestmark = [pytest.mark.terminal, pytest.mark.skipif(
    not (is_there() and shutil.which("tmux")) and os.environ.get("CI") != "true",
    reason="openssh-server or tmux is not installed")]
HERE = Path(__file__).resolve().parents[2]


async def test_a_call_is_worked_over_ssh_and_what_was_typed_outlives_the_line(
    tmp_path: Path
) -> None:
    async with telling(*VIEWS) as server, ssh_server(tmp_path) as ssh:
        there = (f"cd {shlex.quote(str(HERE))} && DESKLINE_PASSWORD={shlex.quote(PASSWORD)} "
                 f"LC_ALL=C.UTF-8 {sys.executable} -m workstation.cli.main terminal "
                 f"--server {server.url} --login {server.me.login}")
        command = f"{ssh} {shlex.quote(there)}"
        async with window(server, tmp_path, command=command) as terminal:
            rows = await terminal.shows({0: " ■ Talking", 2: "Client", 29: " ? keys"})
            assert len(rows) == 30
            assert max(map(len, rows)) <= 100
            await terminal.sees("Asks why")
            await terminal.press("C-n")
            await terminal.type(" — почему?")
            await until(lambda: server.draft().note == "Asks why — почему?", WAIT_S)
            await terminal.press("M-2")
            await until(lambda: server.draft().disposition == "request", WAIT_S)
        kept = story.conversation(draft=server.draft())
        await server.show(kept)
        async with window(server, tmp_path, command=command) as terminal:
            await terminal.sees("Asks why — почему?", "(•) Request filed")
            await terminal.press("F5")
            await terminal.sees("Your state")
