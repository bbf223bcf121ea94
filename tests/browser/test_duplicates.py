"""The page of clients who may be one, and the warning while a new one is typed."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from playwright.async_api import expect

from tests.browser import stories
from tests.browser.conftest import Open
from tests.browser.stories import Story, moment
from workstation import protocol as p
from workstation.protocol import duplicates as d

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
REASONS = [d.LikenessView(code="same_name", points=40, count=0),
           d.LikenessView(code="same_phone", points=35, count=2)]
HOSTILE = "<b>Ivanov</b> & \u202eson"


def _pair(number: int, **changes: Any) -> d.PairView:
    return replace(d.PairView(
        id=number, low=d.PairSide(client_id=10 * number, name="Иванов Иван Петрович"),
        high=d.PairSide(client_id=10 * number + 1, name=HOSTILE), score=95 - number,
        reasons=REASONS, state="open", found_by="search", found_at=moment(-3600),
        not_before=None, decided_by=None, decided_at=None, keep=10 * number), **changes)


def _compared(args: dict[str, Any]) -> dict[str, Any]:
    pair = _pair(args["id"])
    low = replace(stories.card(), client_id=pair.low.client_id, name=pair.low.name)
    mail = p.EmailView(email="ivan@example.org", name="", primary=True, source="import:a.csv",
                       trust=50, confirmed_at=None, confirmed_by=None)
    high = replace(low, client_id=pair.high.client_id, name=pair.high.name, language="en",
                   phones=low.phones[:1], emails=[mail], accounts=low.accounts[:1])
    return {"pair": pair, "low": low, "high": high, "choosable": ["name", "language"]}


def _merge(number: int, undone: str | None = None) -> d.MergeView:
    pair = _pair(number)
    return d.MergeView(id=number, kept=pair.low, absorbed=pair.high, at=moment(-60), by="101",
                       reason="pair 1", undone_at=undone, undone_by=undone and "101")


def _story() -> Story:
    story = stories.floor()
    story.replies |= {
        "duplicate.list": lambda args: {
            "pairs": [_pair(number) for number in (1, 2, 3)] if args["state"] == "open" else [],
            "cursor": None, "waiting": 3},
        "duplicate.compare": _compared, "duplicate.decide": {"merge": 7},
        "merge.list": {"merges": [_merge(1), _merge(2, moment())], "cursor": None}}
    return story


async def test_pairs_are_decided_by_keys(open_story: Open) -> None:
    page, stage = await open_story(_story(), "/floor#base/duplicates")
    await page.wait_for_selector("[data-pair='1'][aria-current=true]")
    await expect(page.locator(".said.differs", has_text="ivan@example.org")).to_have_count(1)
    await page.keyboard.press("n")
    await page.wait_for_selector("[data-pair='2'][aria-current=true]")
    await page.keyboard.press("k")
    await page.locator("[data-win='name-0']").check()
    await page.keyboard.press("s")
    await page.wait_for_selector("[data-pair='3'][aria-current=true]")
    await page.keyboard.press("l")
    await page.wait_for_selector(".empty")
    assert stage.asked("duplicate.decide") == [
        {"id": 1, "decision": "different", "keep": None, "take": []},
        {"id": 2, "decision": "same", "keep": 21, "take": ["name"]},
        {"id": 3, "decision": "later", "keep": None, "take": []}]


async def test_a_hostile_name_is_only_text(open_story: Open) -> None:
    page, _ = await open_story(_story(), "/floor#base/duplicates")
    await page.wait_for_selector("[data-pair='1']")
    await expect(page.locator(".pair-names b b")).to_have_count(0)


async def test_a_merge_is_undone_from_its_list(open_story: Open) -> None:
    page, stage = await open_story(_story(), "/floor#base/duplicates")
    await page.click("[data-filter=merged]")
    await page.click("[data-merge='1'] [data-act=undo]")
    await page.wait_for_selector(".toast")
    assert stage.asked("client.unmerge") == [{"merge": 1}]
    await expect(page.locator("[data-merge='2'] [data-act=undo]")).to_have_count(0)


async def test_an_operator_is_warned_while_he_types_a_new_client(open_story: Open) -> None:
    story = stories.desk(stories.unknown(), "talking")
    story.replies["duplicate.check"] = {"suspects": [d.SuspectView(
        client_id=4812, name="Иванов Иван", kind="person", score=80, reasons=REASONS)]}
    page, stage = await open_story(story, "/desk")
    await page.fill("#new-client-name", "Ivanov")
    await page.click("[data-suspect='4812']")
    conversation = stage.asked("duplicate.check")[0]["conversation"]
    assert stage.asked("conversation.choose") == [
        {"conversation": conversation, "client_id": 4812}]
