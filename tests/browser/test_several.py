"""Several Asterisks on the floor: whose a phone is, which one is away, and who is told."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs
from playwright.async_api import expect

from tests.browser import stories as s
from tests.browser.conftest import Open
from tests.browser.test_looks import keep, sticking_out, violations
from workstation import protocol

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def north_is_away(story: s.Story) -> s.Story:
    """Its last three operators are there."""
    people, queues = story.views["operators"], story.views["queues"]
    for place, (name, one) in enumerate(sorted(people.items())):
        far = place >= len(people) - 3
        people[name] = structs.replace(one, pbx="north" if far else "main", away=far)
    for name, queue in queues.items():
        parts = [protocol.QueuePartView(pbx="main", away=False, waiting=1, ready=2, signed_in=4),
                 protocol.QueuePartView(pbx="north", away=True, waiting=0, ready=0, signed_in=3)]
        queues[name] = structs.replace(queue, parts=parts)
    story.views["gaps"] = {"north:1": protocol.GapView(
        id="north:1", pbx="north", since=s.moment(-40), until=None, calls_lost=0)}
    return story


@pytest.mark.parametrize(("theme", "width", "lang"), [("light", 1280, "en"), ("dark", 1920, "ru")])
async def test_the_floor_says_which_asterisk_is_away(
        theme: str, width: int, lang: str, open_story: Open) -> None:
    page, _stage = await open_story(north_is_away(s.floor()), "/floor", theme=theme, width=width,
                                    lang=lang)
    tile: Any = page.locator("[data-operator='110'], [data-operator='108']").first
    await expect(tile).to_contain_text("north")
    await expect(page.locator(".queue-parts").first).to_contain_text("north")
    await expect(page.locator(".banner.is-red")).to_contain_text("north")
    await keep(page, f"several-{theme}")
    assert await violations(page) == []
    assert await sticking_out(page) == []


async def test_who_has_his_phone_on_another_one_is_not_alarmed(open_story: Open) -> None:
    story = north_is_away(s.desk(None, "ready", -42))
    story.views["operators"] = {name: structs.replace(one, pbx="main", away=False)
                                for name, one in story.views["operators"].items()}
    page, _stage = await open_story(story, "/desk")
    await page.locator("state-menu, .foot-item").first.wait_for()
    await expect(page.locator(".banner.is-red")).to_have_count(0)
