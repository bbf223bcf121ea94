"""A whole floor for tests of call controls: the server, two desk phones, a caller, their sound."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.pbx.fixtures import ENTRY, PrivatePbx
from tests.pbx.phones import Phone, goertzel, phone
from tests.workstation.office import Office, Screen
from tests.workstation.test_real_calls import ready, settings_for, stored, working

CALLER = "+79161234567"
ANNA_HZ, BORIS_HZ, CALLER_HZ = 440, 850, 1300
RATE = 8000
SOON_S = 8.0


@dataclass
class Floor:
    """Anna (101) and Boris (102) at desk phones; the caller is outside."""
    pbx: PrivatePbx
    office: Office
    anna: Screen
    boris: Screen
    annas: Phone
    boriss: Phone
    caller: Phone
    call: str = ""

    async def answered(self) -> None:
        """The caller calls, and Anna answers."""
        await self.caller.dial(ENTRY, self.pbx.ports.sip)
        await self.annas.wait("incoming")
        await self.annas.answer()
        await self.anna.until(lambda views: states(views) == ["talking"])
        self.call = self.anna.conversations[0]["call"]

    async def answered_from_the_screen(self) -> None:
        await self.caller.dial(ENTRY, self.pbx.ports.sip)
        await self.annas.wait("incoming")
        await self.anna.until(lambda views: states(views) == ["ringing"])
        self.call = self.anna.conversations[0]["call"]
        await self.ask("answer")
        await self.anna.until(lambda views: states(views) == ["talking"])

    async def ask(self, verb: str, screen: Screen | None = None, **args: Any) -> None:
        reply = await (screen or self.anna).ask(f"call.{verb}", call=self.call, **args)
        assert reply.problem is None, (verb, reply.problem)

    async def until_state(self, state: str, screen: Screen | None = None) -> None:
        await (screen or self.anna).until(lambda views: self._mine(views).get("state") == state)

    async def until_can(self, verb: str) -> None:
        await self.anna.until(lambda views: verb in self._mine(views).get("can", ()))

    async def until_consult(self, state: str | None) -> None:
        await self.anna.until(
            lambda views: (self._mine(views).get("consult") or {}).get("state") == state)

    def _mine(self, views: dict[str, dict[str, Any]]) -> dict[str, Any]:
        return next((one for one in views["conversations"].values()
                     if one["call"] == self.call), {})

    def can(self, screen: Screen | None = None) -> set[str]:
        return set(self._mine((screen or self.anna).views).get("can", ()))

    async def facts(self) -> tuple[Any, list[str]]:
        """The one interaction, once it is over."""
        return await stored(self.office.store, self.call)


def states(views: dict[str, dict[str, Any]]) -> list[str]:
    return [view["state"] for view in views["conversations"].values()]


@asynccontextmanager
async def opened(pbx: PrivatePbx, folder: Path, *,
                 obeys_answer_after: bool = False) -> AsyncIterator[Floor]:
    ports = pbx.ports
    async with (
            phone(folder, ports.sip, "101", pbx.password("sip:101"), tone_hz=ANNA_HZ,
                  obeys_answer_after=obeys_answer_after) as annas,
            phone(folder, ports.sip, "102", pbx.password("sip:102"), tone_hz=BORIS_HZ) as boriss,
            phone(folder, ports.sip, CALLER, tone_hz=CALLER_HZ) as caller,
            working(settings_for(pbx, folder / "data")) as office,
            ready(office, "anna") as anna, office.screen("boris") as boris):
        assert (await boris.ask("phone.attach", phone="desk")).problem is None
        yield Floor(pbx, office, anna, boris, annas, boriss, caller)
        await asyncio.to_thread(pbx.hang_up_everything)
        await asyncio.sleep(0.3)
        for one in (annas, boriss, caller):     # all at once: each takes its time
            await one.order("quit")


async def hears(one: Phone, *hertz: int, nothing_of: tuple[int, ...] = ()) -> None:
    """Within some seconds these tones are in what it hears, and those are not."""
    try:
        async with asyncio.timeout(SOON_S):
            while not _fits(one, hertz, nothing_of):  # noqa: ASYNC110 - a file tells nobody
                await asyncio.sleep(0.1)
    except TimeoutError:
        shares = {hz: round(_share(one, hz), 2) for hz in (ANNA_HZ, BORIS_HZ, CALLER_HZ)}
        raise AssertionError(f"it hears {shares}, not {hertz} without {nothing_of}") from None


def _fits(one: Phone, hertz: tuple[int, ...], nothing_of: tuple[int, ...]) -> bool:
    return (all(_share(one, hz) > 0.15 for hz in hertz)
            and all(_share(one, hz) < 0.05 for hz in nothing_of))


def _share(one: Phone, hertz: int) -> float:
    """Of the last 0.4 s that its recorder has written."""
    raw = one.record.read_bytes()[44:]
    block = raw[-(RATE * 8 // 10):]
    return goertzel(struct.unpack(f"<{len(block) // 2}h", block[:len(block) // 2 * 2]),
                    hertz / RATE) if len(block) > RATE // 2 else 0.0
