"""kill -9 of the server while somebody types into a real page: not one letter is lost."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from crm_store import drafts, interactions
from crm_store.store import Store
from tests.browser.conftest import CHECKOUT
from tests.ports import free_port

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
SOON_MS = 30_000
STARTED_WITHIN_S = 60.0


@asynccontextmanager
async def serving(folder: Path, port: int) -> AsyncIterator[tuple[Process, str]]:
    """The server's process, killed at the end, and Anna's password."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.browser.server_process", str(folder), str(port),
        cwd=CHECKOUT, stdout=PIPE)
    try:
        assert process.stdout is not None
        async with asyncio.timeout(STARTED_WITHIN_S):
            password = (await process.stdout.readline()).decode().strip()
        yield process, password
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def signed_in(page: Page, url: str, password: str) -> None:
    await page.goto(url)
    await page.fill("input[name=login]", "anna")
    await page.fill("input[name=password]", password)
    await page.keyboard.press("Enter")
    await expect(page.locator("#note")).to_be_visible(timeout=SOON_MS)


async def test_no_letter_is_lost_when_the_server_is_killed(
        built: None, browser: Browser, tmp_path: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    context = await browser.new_context()
    page = await context.new_page()
    banner = page.locator(".banner.is-red").filter(has_text="No connection to the server")
    try:
        async with serving(tmp_path, port) as (server, password):
            await signed_in(page, url, password)
            await page.locator("#note").focus()
            await page.keyboard.type("typed while it lives, ")
            server.kill()
            await page.keyboard.type("while it dies, ")
            await server.wait()
            await expect(banner).to_be_visible(timeout=SOON_MS)
            await page.keyboard.type("while it is dead")
        async with serving(tmp_path, port):
            await expect(banner).to_be_hidden(timeout=SOON_MS)
            await page.keyboard.type(" and after.")
            await expect(page.locator(".saved")).to_contain_text("saved", timeout=SOON_MS)
            await expect(page.locator("#note")).to_be_focused()
    finally:
        await context.close()
    assert await stored_note(tmp_path) == \
        "typed while it lives, while it dies, while it is dead and after."


async def stored_note(folder: Path) -> str:
    store = Store(f"sqlite+aiosqlite:///{folder / 'deskline.db'}")
    try:
        async with store.read() as tx:
            [row] = await interactions.without_disposition(
                tx, "101", since=datetime(2020, 1, 1, tzinfo=UTC))
            draft = await drafts.load(tx, row.id, "101")
    finally:
        await store.close()
    assert draft is not None
    return str(draft.content["note"])
