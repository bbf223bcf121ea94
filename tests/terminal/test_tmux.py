"""Once for real: the command in a terminal of 100 × 30, keys as a terminal sends them."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.terminal import story
from tests.terminal.server import PASSWORD, StoryServer, telling, until

pytestmark = [pytest.mark.terminal, pytest.mark.skipif(
    shutil.which("tmux") is None and os.environ.get("CI") != "true",
    reason="tmux is not installed")]
WAIT_S = 30.0
TALK = story.conversation(draft=story.draft(version=3, note="Asks why", saved_at=story.ago(2)))
VIEWS = (*story.QUEUES, story.operator(state="talking"), TALK, story.request(late=True))


@dataclass
class Window:
    """A tmux server of our own, one window, one program in it."""
    socket: Path

    async def tmux(self, *words: str, env: dict[str, str] | None = None) -> str:
        program = await asyncio.create_subprocess_exec(
            "tmux", "-u", "-f", "/dev/null", "-S", str(self.socket), *words,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
            env={**os.environ, **(env or {})})
        async with asyncio.timeout(WAIT_S):
            out, _ = await program.communicate()
        return out.decode()

    async def press(self, *keys: str) -> None:
        await self.tmux("send-keys", *keys)

    async def type(self, text: str) -> None:
        await self.tmux("send-keys", "-l", text)

    async def sees(self, *words: str) -> list[str]:
        return await self._until(words, lambda rows: all(
            any(word in row for row in rows) for word in words))

    async def shows(self, wanted: dict[int, str]) -> list[str]:
        """Each row holds its words: the screen is painted whole, and for its full height."""
        return await self._until(wanted, lambda rows: len(rows) > max(wanted) and all(
            words in rows[place] for place, words in wanted.items()))

    async def _until(self, wanted: object, is_there: Callable[[list[str]], bool]) -> list[str]:
        rows: list[str] = []
        try:
            async with asyncio.timeout(WAIT_S):
                while not is_there(rows):
                    await asyncio.sleep(0.1)
                    rows = (await self.tmux("capture-pane", "-p")).splitlines()
        except TimeoutError:
            raise AssertionError(f"{wanted} not in\n" + "\n".join(rows)) from None
        return rows


@asynccontextmanager
async def window(server: StoryServer, folder: Path, size: tuple[int, int] = (100, 30), *,
                 command: str = "") -> AsyncIterator[Window]:
    """With the terminal in it, or with another `command`."""
    opened = Window(folder / "tmux")
    command = command or (f"{sys.executable} -m workstation.cli.main terminal "
                          f"--server {server.url} --login {server.me.login}")
    await opened.tmux("new-session", "-d", "-x", str(size[0]), "-y", str(size[1]), command,
                      env={"DESKLINE_PASSWORD": PASSWORD, "COLORFGBG": "",
                           "COLUMNS": "80", "LINES": "24"})     # left behind by some shell
    try:
        yield opened
    finally:
        await opened.tmux("kill-server")


async def test_an_operator_works_a_call_from_ring_to_done(tmp_path: Path) -> None:
    async with telling(*VIEWS) as server, window(server, tmp_path) as terminal:
        rows = await terminal.shows({
            0: " ■ Talking", 1: " Billing · waited 0:42 · main › operator", 2: "Client",
            28: "1 late", 29: " ? keys"})
        await terminal.sees("Ivanov Ivan Ivanovich", "Alt+5", "Asks why")
        assert len(rows) == 30
        assert max(map(len, rows)) <= 100
        assert "F9 end" in rows[0]
        headings = ("Conversatio", "Client", "Work")   # the focus mark may take two letters
        assert [word for word in headings if word in rows[2]] == [*headings]

        await terminal.press("C-n")
        await terminal.type(" so much; почему?")
        await until(lambda: server.draft().note == "Asks why so much; почему?", WAIT_S)
        await terminal.press("M-2")
        await terminal.sees("(•) Request filed")
        await until(lambda: server.draft().disposition == "request", WAIT_S)

        wrap = replace(TALK, state="wrap_up", ended_at=story.ago(1),
                       wrap_up_until=story.later(44), draft=server.draft())
        await server.show(wrap)
        await terminal.sees("wrap-up 0:4")
        await terminal.press("F10")
        await until(lambda: bool(server.done("conversation.finish")), WAIT_S)
        assert server.done("conversation.finish")[0]["note"] == "Asks why so much; почему?"
        await server.take_away("conversations", "1")
        await terminal.sees("none open")


async def test_what_is_typed_in_the_page_appears_in_the_terminal(tmp_path: Path) -> None:
    async with telling(*VIEWS) as server, window(server, tmp_path) as terminal:
        await terminal.sees("Asks why")
        theirs = story.draft(version=9, note="Typed in the page", disposition="resolved")
        await server.show(replace(TALK, draft=theirs))
        await terminal.sees("Typed in the page", "(•) Resolved")


async def test_leaving_signs_out_and_gives_the_terminal_back(tmp_path: Path) -> None:
    async with telling(*VIEWS) as server, window(server, tmp_path) as terminal:
        await terminal.sees("Asks why")
        await terminal.press("C-q")
        await terminal.sees("Leave the terminal?", "2 Sign out")
        await terminal.press("2")
        await until(lambda: bool(server.done("session.end")), WAIT_S)
        async with asyncio.timeout(WAIT_S):
            while "no server" not in await terminal.tmux("ls"):  # noqa: ASYNC110, not our event
                await asyncio.sleep(0.1)
