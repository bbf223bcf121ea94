"""Subscribers are bounded; who is too slow is told once and goes on."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from cti.changes import Change, LinkLost, LinkRestored
from cti.errors import Overrun
from cti.feed import Fed, Feed
from cti.tape import TapePosition

AT = datetime(2026, 11, 22, tzinfo=UTC)


def fed(place: int) -> Fed:
    return Fed(TapePosition("2026-11-22", place), (LinkLost(at=AT, pbx="main"),), 0)


async def test_every_subscriber_gets_every_change_in_order() -> None:
    feed = Feed()
    with feed.subscribe("one") as one, feed.subscribe("two") as two:
        for place in range(3):
            feed.publish(fed(place))
        for subscription in (one, two):
            assert [(await anext(subscription)).position.offset for _ in range(3)] == [0, 1, 2]


async def test_a_waiting_subscriber_is_woken() -> None:
    feed = Feed()
    with feed.subscribe("one") as one:
        asyncio.get_running_loop().call_later(0.01, feed.publish, fed(7))
        async with asyncio.timeout(1):
            assert (await anext(one)).position.offset == 7


async def test_a_slow_subscriber_is_told_once_and_does_not_stop_the_others() -> None:
    feed = Feed()
    with feed.subscribe("slow", limit=3) as slow, feed.subscribe("quick") as quick:
        for place in range(5):
            feed.publish(fed(place))
        with pytest.raises(Overrun):
            await anext(slow)
        feed.publish(fed(9))
        assert (await anext(slow)).position.offset == 9
        assert quick.behind() == 6


async def test_who_wants_one_kind_of_change_is_not_woken_by_others() -> None:
    back: Change = LinkRestored(at=AT, pbx="main", gap_from=AT, calls_lost=0, calls_found=0,
                                 restarted=False)
    lost: Change = LinkLost(at=AT, pbx="main")
    feed = Feed()
    with feed.subscribe("links", of=(LinkLost,)) as links, feed.subscribe("all") as everything:
        for changes in ((back,), (back, lost), (back,)):
            feed.publish(Fed(TapePosition("2026-11-22", 1), changes, 0))
        assert [one.changes for one in links.waiting()] == [(back, lost)]
        assert links.waiting() == []
        assert everything.behind() == 3


async def test_who_left_gets_nothing() -> None:
    feed = Feed()
    with feed.subscribe("one") as one:
        pass
    feed.publish(fed(1))
    assert one.behind() == 0


async def test_who_can_go_on_without_what_he_missed_is_told_and_hears_the_next() -> None:
    feed, missed = Feed(), list[str]()
    with feed.subscribe("slow", limit=3) as slow:
        for place in range(5):
            feed.publish(fed(place))
        asyncio.get_running_loop().call_later(0.01, feed.publish, fed(9))
        async with asyncio.timeout(5):
            async for one in slow.told(lambda: missed.append("some")):
                assert one.position.offset == 9
                break
    assert missed == ["some"]
