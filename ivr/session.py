"""One caller in a menu: its tasks carried out on his telephone, its results told to the floor."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field, replace
from pathlib import Path

from cti.agi import AgiSession, SoundMissing
from cti.user_events import MenuStepped
from ivr.flows import Caller, Enquiries
from ivr.menu import (
    OPERATOR_KEY,
    AwaitKey,
    CollectDigits,
    Digits,
    End,
    Failed,
    Find,
    Heard,
    Key,
    Menu,
    Play,
    Played,
    Silence,
    Task,
    ToQueue,
    advance,
    begin,
)
from ivr.say import Unspeakable
from ivr.speech import NotSpoken, PromptCache
from ivr.wording import Value, Wording, fragments

NEXT = "DESKLINE_NEXT"      # what the dialplan does after us; set last, absent if we die
ALL_KEYS = "0123456789*#"

log = logging.getLogger(__name__)


@dataclass
class MenuSession:
    """`values` is what the phrases may speak of, known so far."""
    agi: AgiSession
    menu: Menu
    wording: Wording
    prompts: PromptCache
    enquiries: Enquiries
    caller: Caller
    queue: str      # of the number dialled
    values: dict[str, Value] = field(default_factory=dict)

    async def run(self) -> None:
        """Ends with the caller's way set in the dialplan. Raises HungUp and other AgiErrors."""
        try:
            way = await self._walk()
        except (SoundMissing, NotSpoken, Unspeakable) as exc:
            log.error("The menu had to give a caller to its queue: %s", exc,   # noqa: TRY400
                      extra={"action": "menu_prompt_missing", "menu": self.menu.id})
            way = f"queue:{self.queue}"
        await self.agi.set_variable(NEXT, way)

    async def _walk(self) -> str:
        place, task = begin(self.menu)
        told = ""
        while True:
            if place.step != told and not isinstance(task, Find):
                told = place.step
                await self.agi.user_event(MenuStepped(self.menu.id, told))
            if isinstance(task, ToQueue):
                return f"queue:{task.queue or self.queue}"
            if isinstance(task, End):
                return "hangup"
            place, task = advance(self.menu, place, await self._carry_out(task))

    async def _carry_out(self, task: Task) -> Heard:
        match task:
            case Play(phrases):
                key = await self.agi.play(await self._sound(phrases), OPERATOR_KEY)
                return Key(key) if key else Played()
            case AwaitKey(phrases, timeout_s):
                key = await self.agi.play(await self._sound(phrases), ALL_KEYS)
                key = key or await self.agi.wait_for_key(timeout_s)
                return Key(key) if key else Silence()
            case CollectDigits(phrases, most, timeout_s):
                path = await self._sound(phrases)
                return Digits((await self.agi.get_digits(path, most, timeout_s)).pressed)
            case Find(what, digits):
                return await self._find(what, digits)
        return Failed()

    async def _find(self, what: str, digits: str) -> Heard:
        answer = await self.enquiries.find(what, self.caller, digits)
        self.values.update(answer.values)
        if answer.identified is not None:
            self.caller = replace(self.caller, client=answer.identified.client)
            await self.agi.user_event(answer.identified)
        return answer.heard

    async def _sound(self, phrases: tuple[str, ...]) -> Path:
        spoken = fragments(self.wording, phrases, self.values)
        return await asyncio.to_thread(self.prompts.joined, spoken)
