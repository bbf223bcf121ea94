"""The page of imports on a real server: a file is chosen, mapped, previewed, run and undone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import argon2
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.browser.test_looks import keep, sticking_out, violations
from tests.workstation.office import Office, open_office

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400),
              pytest.mark.asyncio(loop_scope="session")]
SOON_MS = 90_000        # each reading of a file starts a process

TABLE = ("Кто;Телефон;Лицевой счёт;Долг;Заметка\n"
         "Иванов Иван;8 916 123-45-67;400123;4 812,50;x\n"
         "Петрова Анна;позвонить вечером;400124;много;\n"
         "ООО Ромашка;+7 846 200-10-10, 8 916 765 43 21;400125;;\n").encode("cp1251")


@pytest_asyncio.fixture(loop_scope="session")
async def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Office]:
    cheap = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("workstation.accounts.argon2.PasswordHasher", lambda: cheap)
    async with open_office(tmp_path) as opened:
        yield opened


async def signed_in(browser: Browser, office: Office, *, theme: Any = "light", width: int = 1280,
                    lang: str = "en") -> Page:
    context = await browser.new_context(viewport={"width": width, "height": 900},
                                        color_scheme=theme)
    answer = await context.request.post(f"{office.url}/api/v1/session", data={
        "login": "admin", "password": office.password("admin")})
    assert answer.status == 201
    await context.add_cookies([{"name": "deskline_locale", "value": lang, "url": office.url}])
    page = await context.new_page()
    await page.goto(f"{office.url}/floor#base/imports")
    await page.wait_for_selector("import-page")
    return page


async def choose(page: Page, body: bytes, name: str = "клиенты.csv") -> None:
    await page.locator(".import-drop input").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": body})


async def test_a_file_is_mapped_previewed_imported_and_undone(
    browser: Browser, office: Office
) -> None:
    page = await signed_in(browser, office)
    await keep(page, "imports-empty")
    await choose(page, TABLE)
    await page.wait_for_selector(".import-columns", timeout=SOON_MS)
    await expect(page.locator(".import-trouble")).to_contain_text("client's name")
    await page.locator('[data-column="0"]').select_option("name")
    await page.locator('[data-act="preview"]').click()
    await expect(page.locator(".import-fates tbody tr")).to_have_count(3, timeout=SOON_MS)
    await expect(page.locator(".import-fates")).to_contain_text("is no telephone number")
    await keep(page, "imports-preview")
    assert await violations(page) == []
    assert await sticking_out(page) == []
    await page.locator('[name="map-name"]').fill("billing")
    await page.locator('[data-act="start"]').click()
    await expect(page.locator(".import-one .chip")).to_have_text("done", timeout=SOON_MS)
    await expect(page.locator(".import-counts .is-created")).to_contain_text("2")
    await keep(page, "imports-done")
    assert await violations(page) == []
    await page.locator('[data-act="undo"]').click()
    await expect(page.locator(".import-one .chip")).to_have_text("undone", timeout=SOON_MS)
    await expect(page.locator(".import-counts .is-gone")).to_contain_text("2")
    await keep(page, "imports-undone")
    await page.context.close()


async def test_the_page_is_sound_in_the_dark_in_russian_and_wide(
    browser: Browser, office: Office
) -> None:
    page = await signed_in(browser, office, theme="dark", width=1920, lang="ru")
    await choose(page, TABLE.replace("Кто".encode("cp1251"), "ФИО".encode("cp1251")))
    await expect(page.locator(".import-fates tbody tr")).to_have_count(3, timeout=SOON_MS)
    await keep(page, "imports-dark-ru")
    assert await violations(page) == []
    assert await sticking_out(page) == []
    await page.locator('[data-act="check"]').click()
    await expect(page.locator("h3")).to_contain_text("весь файл", timeout=SOON_MS)
    await page.locator('[data-act="discard"]').click()
    await expect(page.locator(".import-drop")).to_be_visible()
    await page.context.close()


async def test_what_is_no_table_is_said_at_once(browser: Browser, office: Office) -> None:
    page = await signed_in(browser, office)
    await choose(page, bytes(range(256)) * 20, "photo.csv")
    await expect(page.locator(".toast.is-error")).to_be_visible(timeout=SOON_MS)
    await expect(page.locator(".empty")).to_be_visible()
    await page.context.close()
