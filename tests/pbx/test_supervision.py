"""A supervisor hears a call, speaks into it and takes it over; every ear is measured."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.pbx.fixtures import ENTRY, PrivatePbx
from tests.pbx.phones import Phone, Sound, phone
from tests.workstation.office import Office, Screen
from tests.workstation.test_real_calls import ready, settings_for, stored, working

pytestmark = pytest.mark.pbx
CLIENT_HZ, OPERATOR_HZ, SUPERVISOR_HZ = 620, 850, 1100
NUMBER = "+79161234567"
SETTLES_S, HEARD_S = 0.7, 1.3


@dataclass
class Ear:
    """A phone, and what it heard in stretches of the test."""
    phone: Phone
    connected_at: float = 0.0
    stretches: dict[str, tuple[float, float]] = field(default_factory=dict)

    def hears(self, stretch: str) -> set[int]:
        """Whose tones; after `quit`."""
        sound = self.phone.heard()
        begin, end = (int((at - self.connected_at) * sound.rate)
                      for at in self.stretches[stretch])
        part = Sound(sound.samples[begin:end], sound.rate)
        assert len(part.samples) > sound.rate // 2, "nothing was recorded"
        return {hertz for hertz in (CLIENT_HZ, OPERATOR_HZ, SUPERVISOR_HZ)
                if part.share_of(hertz) > 0.2}


@dataclass
class Room:
    """Anna talks with a client; Sofia's phone is there, and her screen."""
    office: Office
    anna: Screen
    sofia: Screen
    operator: Ear
    supervisor: Ear
    client: Ear

    @property
    def call(self) -> str:
        return str(self.anna.conversations[0]["call"])

    async def stretch(self, name: str) -> None:
        await asyncio.sleep(SETTLES_S)
        begin = time.monotonic()
        await asyncio.sleep(HEARD_S)
        for ear in (self.operator, self.supervisor, self.client):
            ear.stretches[name] = (begin, time.monotonic())

    async def listeners(self, *modes: str) -> None:
        """Until the floor on Sofia's screen says so."""
        await self.sofia.until(lambda views: self.call in views["calls"] and [
            one["mode"] for one in views["calls"][self.call]["listeners"]] == list(modes))

    async def shown(self, **fields: str) -> None:
        """Until the call looks so on Sofia's floor."""
        await self.sofia.until(lambda views: {
            name: views["calls"].get(self.call, {}).get(name) for name in fields} == fields)

    async def audit(self, *modes: str) -> list[tuple[str, str]]:
        """Who did what by the audit, oldest first; its facts of what was heard are these."""
        async with asyncio.timeout(20), self.office.screen("admin") as admin:
            while True:
                reply = await admin.ask("audit.list", by="109")
                told = reply.result["entries"][::-1] if reply.result else []
                heard = [one["facts"] for one in told if one["what"] == "call.listened"]
                if len(heard) == len(modes):
                    break
                await asyncio.sleep(0.2)
        assert [(one["operator"], one["call"], one["mode"]) for one in heard] == [
            ("101", self.call, mode) for mode in modes]
        assert all(one["from"] < one["to"] for one in heard)
        return [(one["by"], one["what"]) for one in told if one["what"] != "call.listened"]


@asynccontextmanager
async def room(pbx: PrivatePbx, folder: Path, **settings: Any) -> AsyncIterator[Room]:
    sip = pbx.ports.sip
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        operator = Ear(await enter(phone(
            folder, sip, "101", pbx.password("sip:101"), tone_hz=OPERATOR_HZ)))
        supervisor = Ear(await enter(phone(
            folder, sip, "109", pbx.password("sip:109"), tone_hz=SUPERVISOR_HZ,
            auto_answer=True)))
        client = Ear(await enter(phone(folder, sip, NUMBER, tone_hz=CLIENT_HZ)))
        office = await enter(working(settings_for(pbx, folder / "data", **settings)))
        anna = await enter(ready(office, "anna"))
        sofia = await enter(office.screen("sofia"))
        await client.phone.dial(ENTRY, sip)
        await client.phone.wait("connected")
        client.connected_at = time.monotonic()
        await operator.phone.wait("incoming")
        await operator.phone.answer()
        await operator.phone.wait("connected")
        operator.connected_at = time.monotonic()
        await anna.until(lambda views: any(
            one["state"] == "talking" for one in views["conversations"].values()))
        yield Room(office, anna, sofia, operator, supervisor, client)


async def test_silent_listening_whispers_for_one_barging_for_both_and_a_call_taken_over(
        pbx: PrivatePbx, tmp_path: Path) -> None:
    async with room(pbx, tmp_path) as one:
        call, sofia = one.call, one.sofia
        for mode in ("listen", "whisper", "barge"):
            assert (await sofia.ask(f"call.{mode}", call=call)).problem is None
            one.supervisor.connected_at = one.supervisor.connected_at or time.monotonic()
            await one.listeners(mode)
            await one.anna.until(lambda views, mode=mode: [  # type: ignore[misc]
                (shown["name"], shown["mode"]) for view in views["conversations"].values()
                for shown in view["listeners"]] == [("Sofia Lebedeva", mode)])
            assert [view["id"] for view in sofia.views["calls"].values()] == [call]
            assert sofia.views["operators"]["109"]["call"] is None
            assert not sofia.conversations
            await one.stretch(mode)
        assert (await sofia.ask("call.take_over", call=call)).problem is None
        await one.operator.phone.wait("ended")
        await sofia.until(lambda views: [
            view["state"] for view in views["conversations"].values()] == ["talking"])
        await one.anna.until(lambda views: [
            view["state"] for view in views["conversations"].values()] == ["wrap_up"])
        await one.stretch("taken over")
        await one.shown(operator="109", state="talking")
        await one.supervisor.phone.hang_up()
        await one.client.phone.wait("ended")
        await sofia.until(lambda views: not views["calls"])
        assert await one.audit("listen", "whisper", "barge") == [
            ("109", "call.listen"), ("109", "call.whisper"), ("109", "call.barge"),
            ("109", "call.take_over")]
        row, kinds = await stored(one.office.store, call)
    assert one.supervisor.hears("listen") == {CLIENT_HZ, OPERATOR_HZ}
    assert one.operator.hears("listen") == {CLIENT_HZ}
    assert one.client.hears("listen") == {OPERATOR_HZ}
    assert one.operator.hears("whisper") == {CLIENT_HZ, SUPERVISOR_HZ}
    assert one.client.hears("whisper") == {OPERATOR_HZ}
    assert one.operator.hears("barge") == {CLIENT_HZ, SUPERVISOR_HZ}
    assert one.client.hears("barge") == {OPERATOR_HZ, SUPERVISOR_HZ}
    assert one.client.hears("taken over") == {SUPERVISOR_HZ}
    assert one.supervisor.hears("taken over") == {CLIENT_HZ}
    assert (row.operator, row.outcome) == ("109", "answered")
    assert kinds[-2:] == ["talk", "talk"]


async def test_a_listener_is_let_go_with_the_operator_and_prolongs_no_call(
        pbx: PrivatePbx, tmp_path: Path) -> None:
    """Whom policy does not let know is not told; who speaks to him he hears anyhow."""
    untold = {"tell_operator": {"listen": False}}
    async with room(pbx, tmp_path, supervision=untold) as one:
        call, sofia = one.call, one.sofia
        assert (await sofia.ask("call.listen", call=call)).problem is None
        await one.listeners("listen")
        assert one.anna.conversations[0]["listeners"] == []
        assert (await sofia.ask("call.stop_listening", call=call)).problem is None
        await one.supervisor.phone.wait("ended")
        await one.listeners()
        again = await sofia.ask("call.stop_listening", call=call)
        assert again.problem is not None
        assert again.problem.code == "not_now"
        assert (await sofia.ask("call.whisper", call=call)).problem is None
        await one.anna.until(lambda views: any(
            view["listeners"] for view in views["conversations"].values()))
        await one.operator.phone.hang_up()
        await one.supervisor.phone.wait("ended", nth=2)
        await one.client.phone.wait("ended")
        await sofia.until(lambda views: not views["calls"])
        await one.anna.until(lambda views: [
            (view["state"], view["listeners"]) for view in views["conversations"].values()] == [
                ("wrap_up", [])])
        assert not sofia.conversations
        gone = await sofia.ask("call.listen", call=call)
        assert gone.problem is not None
        assert gone.problem.code == "not_found"
        assert await one.audit("listen", "whisper") == [
            ("109", "call.listen"), ("109", "call.whisper")]
        row, _ = await stored(one.office.store, call)
    assert (row.operator, row.outcome) == ("101", "answered")


async def test_a_client_on_hold_is_taken_over_and_the_operator_is_let_go(
        pbx: PrivatePbx, tmp_path: Path) -> None:
    """Without listening first; the call is the server's to hold."""
    async with room(pbx, tmp_path) as one:
        call, sofia = one.call, one.sofia
        assert (await one.anna.ask("call.hold", call=call)).problem is None
        await one.shown(state="held")
        assert (await sofia.ask("call.take_over", call=call)).problem is None
        await one.operator.phone.wait("ended")
        await one.shown(operator="109", state="talking")
        await one.stretch("taken over")
        assert not one.client.phone.has("ended")
        await one.supervisor.phone.hang_up()
        await one.client.phone.wait("ended")
        row, _ = await stored(one.office.store, call)
    assert one.client.hears("taken over") == {SUPERVISOR_HZ}
    assert (row.operator, row.outcome) == ("109", "answered")
