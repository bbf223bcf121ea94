"""Real SIP phones for tests: `async with phone(...) as anna:`; sound is measured, not believed."""

from __future__ import annotations

import asyncio
import json
import math
import re
import struct
import sys
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PHONE_LIMIT_S = 15.0
CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(slots=True)
class Phone:
    """A phone's process; every event it told stays in `events`."""
    process: asyncio.subprocess.Process
    record: Path
    events: list[dict[str, Any]] = field(default_factory=list)
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def wait(self, event: str, *, limit_s: float = PHONE_LIMIT_S,
                   nth: int = 1) -> dict[str, Any]:
        """The nth event of that name, now or within `limit_s`."""
        async with asyncio.timeout(limit_s), self.news:
            await self.news.wait_for(lambda: len(self._told(event)) >= nth)
        return self._told(event)[nth - 1]

    def _told(self, event: str) -> list[dict[str, Any]]:
        return [told for told in self.events if told["event"] == event]

    def has(self, event: str) -> bool:
        return bool(self._told(event))

    async def order(self, do: str, **facts: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": do, **facts}).encode() + b"\n")
        await self.process.stdin.drain()

    async def dial(self, number: str, port: int) -> None:
        await self.order("dial", uri=f"sip:{number}@127.0.0.1:{port}")

    async def answer(self) -> None:
        await self.order("answer")

    async def refuse(self, code: int = 486) -> None:
        await self.order("refuse", code=code)

    async def hang_up(self) -> None:
        await self.order("hangup")

    async def digits(self, digits: str) -> None:
        """RFC 4733."""
        await self.order("digits", digits=digits)

    async def quit(self) -> None:
        """Ends the process; the recording can be read afterwards."""
        if self.process.returncode is None:
            try:
                await self.order("quit")
                async with asyncio.timeout(5):
                    await self.process.wait()
            except (TimeoutError, ConnectionError):
                self.process.kill()
                await self.process.wait()

    def heard(self) -> Sound:
        """What it heard in all its calls; after `quit`."""
        return read_sound(self.record)


@dataclass(frozen=True, slots=True)
class Sound:
    samples: tuple[int, ...]
    rate: int

    def loudness(self) -> float:
        """Root mean square of the samples, 0..32767; a telephone's silence is below 50."""
        return math.sqrt(sum(s * s for s in self.samples) / max(1, len(self.samples)))

    def silent_s(self) -> float:
        """How long it was silent before the first sound; all of it when there was none."""
        size = self.rate // 50
        for start in range(0, len(self.samples) - size, size):
            if Sound(self.samples[start:start + size], self.rate).loudness() > 50:
                return start / self.rate
        return len(self.samples) / self.rate

    def share_of(self, hertz: float) -> float:
        """How much of the energy is at `hertz` (Goertzel, best 0.2 s), 0..1."""
        size = self.rate // 5
        blocks = range(0, len(self.samples) - size, size)
        return max((goertzel(self.samples[i:i + size], hertz / self.rate) for i in blocks),
                   default=0.0)


def goertzel(block: tuple[int, ...], turns: float) -> float:
    energy = sum(s * s for s in block)
    if energy < 50 * 50 * len(block):
        return 0.0
    factor, before, last = 2 * math.cos(2 * math.pi * turns), 0.0, 0.0
    for sample in block:
        before, last = last, sample + factor * last - before
    power = last * last + before * before - factor * last * before
    return power / (energy * len(block) / 2)


def read_sound(path: Path) -> Sound:
    with wave.open(str(path)) as file:
        raw = file.readframes(file.getnframes())
        return Sound(struct.unpack(f"<{len(raw) // 2}h", raw), file.getframerate())


def header(message: str, name: str) -> str | None:
    """A header of the INVITE that an `incoming` event carries as `message`."""
    found = re.search(rf"^{re.escape(name)}:[ \t]*(.*?)\r?$", message,
                      re.MULTILINE | re.IGNORECASE)
    return found.group(1) if found else None


PLAIN, DESK = "tests.pbx.phone_process", "tests.tapes.desk_process"


@asynccontextmanager
async def phone(folder: Path, port: int, name: str, password: str | None = None, *,
                auto_answer: bool = False, obeys_answer_after: bool = False, tone_hz: int = 440,
                display: str = "", has_keys: bool = False) -> AsyncIterator[Phone]:
    """A phone on 127.0.0.1 that speaks to SIP `port`.

    With a password it registers as `name`; without one it is a caller of the trunk whose number
    is `name`. It sends a tone of `tone_hz` in every call and records what it hears in `folder`.
    `has_keys`: it has two lines, hold and transfers (`tests.tapes.desk_process`).
    """
    record = folder / f"heard-{name.strip('+')}.wav"
    facts = {"port": port, "name": name, "password": password, "auto_answer": auto_answer,
             "obeys_answer_after": obeys_answer_after, "tone_hz": tone_hz,
             "record": str(record), "display": display}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", DESK if has_keys else PLAIN, json.dumps(facts), cwd=CHECKOUT,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=1 << 20)
    one = Phone(process, record)
    async with asyncio.TaskGroup() as tasks:
        reader = tasks.create_task(_follow(one), name=f"phone-{name}")
        try:
            await one.wait("registered" if password else "ready")
            yield one
        finally:
            await one.quit()
            reader.cancel()


async def _follow(one: Phone) -> None:
    assert one.process.stdout is not None
    async for line in one.process.stdout:
        if line.startswith(b"{"):
            async with one.news:
                one.events.append(json.loads(line))
                one.news.notify_all()
