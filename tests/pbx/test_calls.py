"""Real calls through the private Asterisk, without any server of ours."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.pbx.fixtures import PrivatePbx

pytestmark = pytest.mark.pbx


async def until(question: object, limit_s: float = 15.0) -> None:
    assert callable(question)
    limit = time.monotonic() + limit_s
    while not await asyncio.to_thread(question):
        assert time.monotonic() < limit, "it did not happen in time"
        await asyncio.sleep(0.1)


async def test_with_our_servers_stopped_a_caller_reaches_the_queue_within_two_seconds(
        pbx: PrivatePbx) -> None:
    await pbx.world_originate(caller_number="+79161112233", talk_s=10)
    await until(lambda: "has 1 calls" in pbx.ask("queue show billing"), 2)
    pbx.hang_up_everything()
