"""The menus that callers meet now: those of the settings, or versions that somebody took into
use. A call goes on with what it began with; a version that cannot be used changes nothing."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

from crm_store import menus
from crm_store.errors import StoreError
from crm_store.menus import Use
from crm_store.store import Store
from ivr import menu_file, recorded
from ivr.plan import IvrPlan
from ivr.session import House
from ivr.speaking import Speaker
from ivr.speech import Progress, SpeechFailed
from ivr.step_checks import Known
from ivr.steps import Menu

LOOK_EVERY_S = 2.0

log = logging.getLogger(__name__)


class Current:
    """`house` is what the next call begins with.

    Callers are spoken to in the company's language at first; the others join once they are
    spoken, so that a first start does not wait for them.
    """

    def __init__(self, plan: IvrPlan, store: Store) -> None:
        self._plan = plan
        self._store = store
        self._uses: dict[str, Use] = {}
        self._menus: dict[str, Menu] = dict(plan.menus)
        self._spoken = set(list(plan.speakers)[:1])
        self.house = self._house()

    async def build(self, progress: Progress | None = None) -> None:
        """Speak what is missing of the first language. Raises SpeechFailed, OSError."""
        for speaker in self.house.speakers.values():
            await speaker.prompts.build(speaker.texts(self._plan.currency), progress=progress)
        every = house_of(self._plan).speakers
        for language, speaker in every.items():
            texts = speaker.texts(self._plan.currency)
            if not await asyncio.to_thread(speaker.prompts.missing, texts):
                self._spoken.add(language)
        self.house = self._house()

    async def run(self) -> None:
        """For ever: take over what was taken into use or recorded. Cancel to stop."""
        for language in [one for one in self._plan.speakers if one not in self._spoken]:
            await self._learn(language)
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            await self.look()

    async def _learn(self, language: str) -> None:
        """One that cannot be spoken is not offered."""
        speaker = house_of(self._plan).speakers[language]
        try:
            await speaker.prompts.build(speaker.texts(self._plan.currency))
        except (SpeechFailed, OSError) as exc:
            log.error("Callers are not spoken to in a language: %s", exc,   # noqa: TRY400
                      extra={"action": "language_not_spoken", "language": language})
            return
        self._spoken.add(language)
        self.house = self._house()

    async def look(self) -> None:
        """Without a base, or without a voice for new words, callers keep what there was."""
        try:
            async with self._store.read() as tx:
                uses = await menus.in_use(tx)
        except StoreError as exc:
            log.info("The versions of the menus could not be looked at: %s", exc)
            return
        changed = [menu for menu, use in uses.items() if self._uses.get(menu) != use]
        if changed or any(recorded.there(self._plan.prompts_dir, language) != speaker.recorded
                          for language, speaker in self.house.speakers.items()):
            await self._take(uses, changed)

    async def _take(self, uses: dict[str, Use], changed: list[str]) -> None:
        chosen = dict(self._menus)
        for menu in changed:
            if (read := self._read(menu, uses[menu])) is not None:
                chosen[menu] = read
        house = self._house(chosen)
        try:
            for speaker in house.speakers.values():
                await speaker.prompts.build(speaker.texts(self._plan.currency))
        except (SpeechFailed, OSError) as exc:
            log.error("A menu was not taken into use: %s", exc,     # noqa: TRY400 - no bug
                      extra={"action": "menu_not_spoken"})
            return
        self._menus, self._uses, self.house = chosen, uses, house
        for menu in changed:
            log.info("A menu was taken into use.", extra={
                "action": "menu_used", "menu": menu, "version": uses[menu].version})

    def _read(self, menu: str, use: Use) -> Menu | None:
        if use.text is None:
            return self._plan.menus.get(menu)
        try:
            read = menu_file.parse(use.text, self._known(), file=f"{menu} {use.version}")
        except menu_file.MenuInvalid as exc:
            log.error("A version of a menu cannot be used: %s", exc,    # noqa: TRY400 - no bug
                      extra={"action": "menu_invalid", "menu": menu})
            return None
        return read if read.id == menu else None

    def _known(self) -> Known:
        return with_sounds(self._plan)

    def _house(self, chosen: dict[str, Menu] | None = None) -> House:
        found = chosen if chosen is not None else self._menus
        speakers = {language: speaker.with_menus(found.values(), self._plan.prompts_dir)
                    for language, speaker in self._plan.speakers.items()
                    if language in self._spoken}
        return House(found, speakers)


def with_sounds(plan: IvrPlan) -> Known:
    """What menus may speak of, with what is recorded by now."""
    sounds = {name for language in plan.speakers
              for name in recorded.there(plan.prompts_dir, language)}
    return replace(plan.known, sounds=sounds)


def house_of(plan: IvrPlan) -> House:
    """The menus of the settings, as callers would meet them."""
    speakers: dict[str, Speaker] = {
        language: speaker.with_menus(plan.menus.values(), plan.prompts_dir)
        for language, speaker in plan.speakers.items()}
    return House(plan.menus, speakers)
