"""A caller's line, as the menu uses it: his telephone behind FastAGI, or a trial without one."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeAlias

from cti.agi import AgiSession
from cti.user_events import AttemptReported, ClientIdentified, MenuStepped
from ivr.say import PAUSE, Fragments
from ivr.speaking import Speaker

QUIET_ENDS_S = 5            # so long a silence ends a message
MESSAGE_KEYS = "#*0123456789"
ToldByMenu: TypeAlias = MenuStepped | ClientIdentified | AttemptReported
SAFE = re.compile(r"[A-Za-z0-9.-]{1,64}")


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is to be heard, and by whose voice."""
    speaker: Speaker
    fragments: Fragments


class Line(Protocol):
    async def play(self, prompt: Prompt, keys: str) -> str | None: ...
    async def wait_for_key(self, timeout_s: float) -> str | None: ...
    async def get_digits(self, prompt: Prompt, most: int, timeout_s: float) -> str: ...
    async def tell(self, event: ToldByMenu) -> None: ...
    async def ask_pbx(self, what: str) -> str | None: ...
    async def call_id(self) -> str: ...
    async def record(self, longest_s: int) -> str | None: ...


class TelephoneLine:
    """`messages` is the folder that recordings begin in; `mark` is of its Asterisk's ids."""

    def __init__(self, agi: AgiSession, messages: Path, mark: str = "") -> None:
        self._agi = agi
        self._messages = messages / mark.removeprefix("@")
        self._mark = mark

    async def play(self, prompt: Prompt, keys: str) -> str | None:
        return await self._agi.play(await _sound(prompt), keys)

    async def wait_for_key(self, timeout_s: float) -> str | None:
        return await self._agi.wait_for_key(timeout_s)

    async def get_digits(self, prompt: Prompt, most: int, timeout_s: float) -> str:
        return (await self._agi.get_digits(await _sound(prompt), most, timeout_s)).pressed

    async def tell(self, event: ToldByMenu) -> None:
        await self._agi.user_event(event)

    async def ask_pbx(self, what: str) -> str | None:
        """A variable or a function of the dialplan."""
        return await self._agi.get_variable(what)

    async def call_id(self) -> str:
        """Asterisk's Linkedid, told apart from another's; "" where it is odd."""
        found = await self._agi.get_variable("CHANNEL(linkedid)") or ""
        return f"{found}{self._mark}" if SAFE.fullmatch(found) else ""

    async def record(self, longest_s: int) -> str | None:
        """A message; the name of its sound, None where there is none."""
        unique = await self._agi.get_variable("CHANNEL(uniqueid)") or ""
        if not SAFE.fullmatch(unique):
            return None
        name = f"message-{unique}"
        await asyncio.to_thread(self._messages.mkdir, parents=True, exist_ok=True)
        path = self._messages / f"{name}-in"
        await self._agi.record(path, "sln", MESSAGE_KEYS, longest_s, QUIET_ENDS_S)
        return f"{name}{self._mark}"


async def _sound(prompt: Prompt) -> Path:
    return await asyncio.to_thread(prompt.speaker.prompts.joined, prompt.fragments)


class OutOfKeys(Exception):
    """A trial has come as far as what was typed."""


@dataclass
class TrialLine:
    """Nobody's telephone: what would be heard becomes text, keys come from a list.

    `does` is what is pressed at each question in turn; "-" is silence. During an announcement only
    a key that may cut it short is taken.
    """
    does: list[str]
    heard: list[tuple[str, str]] = field(default_factory=list)      # (kind, text)
    pbx: dict[str, str] = field(default_factory=dict)

    async def play(self, prompt: Prompt, keys: str) -> str | None:
        self._hear(prompt)
        if self.does and self.does[0] in keys and len(keys) == 1:
            return await self._press()
        return None

    async def wait_for_key(self, timeout_s: float) -> str | None:
        key = await self._press()
        return None if key == "-" else key[:1]

    async def get_digits(self, prompt: Prompt, most: int, timeout_s: float) -> str:
        self._hear(prompt)
        digits = await self._press()
        return "" if digits == "-" else digits.rstrip("#")[:most]

    async def tell(self, event: ToldByMenu) -> None:
        if isinstance(event, MenuStepped):
            self.note("step", f"{event.menu}:{event.step}")
        elif isinstance(event, AttemptReported):
            self.note("campaign", event.status)
        else:
            self.note("client", str(event.client))

    async def ask_pbx(self, what: str) -> str | None:
        return self.pbx.get(what, "0")

    async def call_id(self) -> str:
        return ""

    async def record(self, longest_s: int) -> str | None:
        self.note("record", str(longest_s))
        return None

    def note(self, kind: str, text: str) -> None:
        self.heard.append((kind, text))

    def _hear(self, prompt: Prompt) -> None:
        self.note("say", spoken_text(prompt.fragments))

    async def _press(self) -> str:
        if not self.does:
            raise OutOfKeys
        key = self.does.pop(0)
        self.note("key", key)
        return key


def spoken_text(fragments: Fragments) -> str:
    """The fragments as one text; a recording by its name, as ♪."""
    return " ".join(f"♪{one[1:].partition('/')[2].split('.')[0]}" if one.startswith("\x01")
                    else one for one in fragments if one != PAUSE)
