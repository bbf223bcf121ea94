"""The tab "reports" on a real server: figures, pictures, and the contacts behind them."""

from __future__ import annotations

import random
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import argon2
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from crm_store import interactions
from tests.browser.test_looks import keep, sticking_out, violations
from tests.workstation.office import Office, open_office
from tests.workstation.reports.days import call

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300),
              pytest.mark.asyncio(loop_scope="session")]
SOON_MS = 30_000


@pytest_asyncio.fixture(loop_scope="session")
async def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Office]:
    """A week of contacts by day, up to an hour ago."""
    cheap = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("workstation.accounts.argon2.PasswordHasher", lambda: cheap)
    chance = random.Random(4)
    now = datetime.now(UTC).replace(microsecond=0)
    begins = [now - timedelta(days=chance.randrange(7), hours=1 + chance.triangular(0, 10, 5))
              for _ in range(420)]
    async with open_office(tmp_path) as opened:
        async with opened.store.begin() as tx:
            await interactions.upsert_calls(
                tx, [call(chance, n, at) for n, at in enumerate(begins)])
        yield opened


async def signed_in(browser: Browser, office: Office, place: str, *, theme: Any = "light",
                    width: int = 1280, lang: str = "en") -> Page:
    context = await browser.new_context(viewport={"width": width, "height": 900},
                                        color_scheme=theme)
    answer = await context.request.post(f"{office.url}/api/v1/session", data={
        "login": "sofia", "password": office.password("sofia")})
    assert answer.status == 201
    await context.add_cookies([{"name": "deskline_locale", "value": lang, "url": office.url}])
    page = await context.new_page()
    await page.goto(f"{office.url}/floor#{place}")
    await page.wait_for_selector("report-page .figure-value, report-page .report-table")
    return page


async def test_a_figure_opens_the_contacts_behind_it(browser: Browser, office: Office) -> None:
    page = await signed_in(browser, office, "reports/service")
    value = page.locator("[data-figure=offered] .figure-value")
    await expect(value).to_have_text(re.compile(r"\d"))
    offered = int((await value.inner_text()).replace(",", ""))
    assert offered > 100
    await keep(page, "reports-service")
    assert await violations(page) == []
    assert await sticking_out(page) == []
    await value.click()
    panel = page.locator("figure-list")
    await expect(panel.locator(".behind li").first).to_be_visible(timeout=SOON_MS)
    while await panel.locator(".behind li").count() < offered:
        shown = await panel.locator(".behind li").count()
        await panel.locator("[data-act=more]").click()
        await expect(panel.locator(".behind li")).not_to_have_count(shown, timeout=SOON_MS)
    await expect(panel.locator(".behind li")).to_have_count(offered)
    await expect(panel).to_contain_text(f"together {offered}")
    await keep(page, "reports-opened")
    assert await violations(page) == []
    assert "reports/service?first=" in page.url
    await page.context.close()


async def test_a_link_leads_to_one_report_of_one_queue(browser: Browser, office: Office) -> None:
    today = datetime.now(UTC).date()
    place = f"reports/outcomes?first={today - timedelta(days=3)}&last={today}&queue=billing"
    page = await signed_in(browser, office, place)
    await expect(page.locator("select[name=queue]")).to_have_value("billing")
    await expect(page.locator("[data-report=outcomes]")).to_have_attribute("aria-pressed", "true")
    async with page.expect_download() as download:
        await page.locator("[data-form=csv]").click()
    assert (await download.value).suggested_filename.startswith("outcomes-")
    await page.context.close()


async def test_every_report_is_sound_in_the_dark_in_russian_and_wide(
    browser: Browser, office: Office
) -> None:
    page = await signed_in(browser, office, "reports/week", theme="dark", width=1920, lang="ru")
    for name in ("week", "waits", "outcomes", "operators", "service"):
        await page.locator(f"[data-report={name}]").click()
        await expect(page.locator(".report-body[aria-busy=false]")).to_be_visible(timeout=SOON_MS)
        await keep(page, f"reports-{name}-dark-ru")
        assert await violations(page) == []
        assert await sticking_out(page) == []
    await page.context.close()
