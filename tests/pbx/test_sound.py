"""A caller and an operator hear each other through trunk, queue and desk phone."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.pbx.fixtures import ENTRY, PrivatePbx
from tests.pbx.phones import header, phone

pytestmark = pytest.mark.pbx
CALLER_HZ, OPERATOR_HZ = 620, 850


async def test_caller_and_operator_hear_each_other_and_the_phone_knows_the_call(
        pbx: PrivatePbx, tmp_path: Path) -> None:
    sip = pbx.ports.sip
    async with (
        phone(tmp_path, sip, "101", pbx.password("sip:101"), tone_hz=OPERATOR_HZ) as operator,
        phone(tmp_path, sip, "+79161234567", tone_hz=CALLER_HZ, display="Ivan") as caller,
    ):
        pbx.ask("queue add member PJSIP/101 to billing")
        await caller.dial(ENTRY, sip)
        ring = await operator.wait("incoming")
        await asyncio.sleep(1)      # music meanwhile
        await operator.answer()
        await operator.wait("connected")
        await asyncio.sleep(2)
        await caller.digits("5")
        await operator.wait("digit")
        await caller.hang_up()
        await operator.wait("ended")
        pbx.ask("queue remove member PJSIP/101 from billing")
    assert (header(ring["message"], "X-Linkedid") or "").startswith(pbx.plan.system_name)
    assert "+79161234567" in ring["remote"]
    assert operator.heard().share_of(CALLER_HZ) > 0.8
    assert caller.heard().share_of(OPERATOR_HZ) > 0.8


async def test_a_caller_hears_music_at_once_and_goes_on_hearing_it(
        pbx: PrivatePbx, tmp_path: Path) -> None:
    async with phone(tmp_path, pbx.ports.sip, "+79161234567") as caller:
        await caller.dial(ENTRY, pbx.ports.sip)
        await caller.wait("connected")
        await asyncio.sleep(4)
        await caller.hang_up()
        await caller.wait("ended")
    heard = caller.heard()
    assert heard.silent_s() < 1.0
    assert heard.loudness() > 300
