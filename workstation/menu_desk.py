"""Menus on a screen: read, checked, drawn, tried, kept as versions, taken into use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from crm_store import menus as stored
from crm_store import phones
from crm_store.store import Store
from ivr import menu_file, recorded
from ivr.drawing import Picture, picture
from ivr.flows import Caller, Enquiries
from ivr.house import with_sounds
from ivr.menu_file import LineFault, MenuInvalid
from ivr.plan import IvrPlan
from ivr.session import House
from ivr.steps import Menu
from ivr.trial import Walked, walk
from workstation.errors import NotThere, Refused
from workstation.menu_plan import menu_texts, plan_of
from workstation.settings import Settings

LONGEST_TEXT = 200_000
MOST_KEYS = 60
TRIAL_LIMIT_S = 5.0


@dataclass(frozen=True, slots=True)
class Read:
    """A text as it was read: a menu, or what is wrong with it."""
    menu: Menu | None
    faults: tuple[LineFault, ...]

    @property
    def picture(self) -> Picture | None:
        return picture(self.menu) if self.menu is not None else None


class Menus:
    """The menus of the settings, and what the store has of them."""

    def __init__(self, settings: Settings) -> None:
        self.plan: IvrPlan = plan_of(settings)
        self._texts: dict[str, str] = {}
        for file, text in menu_texts(settings).items():
            found = menu_file.parse(text, self.plan.known, file=file)
            self._texts.setdefault(found.id, text)

    def names(self) -> list[str]:
        return list(self._texts)

    def text(self, menu: str) -> str:
        """Of the settings. Raises NotThere."""
        if menu not in self._texts:
            raise NotThere("menu")
        return self._texts[menu]

    def read(self, text: str, menu: str | None = None) -> Read:
        """`menu` is the id that it must have."""
        if len(text) > LONGEST_TEXT:
            return Read(None, (LineFault(1, "", "the text is too long"),))
        try:
            found = menu_file.parse(text, with_sounds(self.plan), file="menu")
        except MenuInvalid as exc:
            return Read(None, tuple(exc.at))
        if menu is not None and found.id != menu:
            return Read(None, (LineFault(1, "id", f"must be {menu!r}"),))
        return Read(found, ())

    async def used(self, store: Store, menu: str) -> tuple[str, int | None]:
        """The text in use and its version, None: that of the settings. Raises NotThere."""
        text = self.text(menu)
        async with store.read() as tx:
            use = (await stored.in_use(tx)).get(menu)
        return (text, None) if use is None or use.text is None else (use.text, use.version)

    async def save(self, store: Store, menu: str, text: str, *, note: str, by: str,
                   at: datetime) -> int:
        """Raises NotThere, and Refused with the faults."""
        self.text(menu)
        read = self.read(text, menu)
        if read.menu is None:
            raise Refused("menu_invalid", "The menu cannot be used.", "", 422, facts={
                "faults": [{"line": one.line, "place": one.place, "why": one.why}
                           for one in read.faults]})
        async with store.begin() as tx:
            return await stored.save(tx, menu, text, note=note[:200], by=by, at=at)

    async def use(self, store: Store, menu: str, version: int | None, *, by: str,
                  at: datetime) -> None:
        """Raises NotThere; Refused where the version does not fit the settings any more."""
        self.text(menu)
        async with store.begin() as tx:
            if version is not None:
                read = self.read(await stored.text_of(tx, menu, version), menu)
                if read.menu is None:
                    raise Refused("menu_invalid", "The menu cannot be used.",
                                  read.faults[0].why, 422)
            await stored.use(tx, menu, version, by=by, at=at)

    async def walked(self, store: Store, text: str, *, keys: list[str], number: str,
                     client_id: int | None, language: str, pbx: Mapping[str, str],
                     entry: str = "", at: datetime | None = None) -> Walked:
        """A trial with a menu's text; nothing of it is stored. Raises Refused."""
        read = self.read(text)
        if read.menu is None:
            raise Refused("menu_invalid", "The menu cannot be used.", read.faults[0].why, 422)
        plan, chosen = self.plan, {**self.plan.menus, read.menu.id: read.menu}
        speakers = {name: one.with_menus(chosen.values(), plan.prompts_dir)
                    for name, one in plan.speakers.items()}
        e164 = phones.normalise(number or None, region=plan.region).e164
        async with Enquiries(store, region=plan.region, time_zone=plan.time_zone,
                             office=plan.office, hours=plan.hours, is_trial=True,
                             clock=lambda: at or datetime.now(UTC)) as enquiries:
            return await walk(plan, House(chosen, speakers), read.menu.id, enquiries,
                              Caller(e164, client_id, entry=entry), keys[:MOST_KEYS],
                              language=language, entry=entry)

    def prompts(self) -> list[tuple[str, str, str, bool]]:
        """Phrases without places, which can be recorded: language, name, words, whether it is."""
        found = []
        for language, speaker in self.plan.speakers.items():
            there = recorded.there(self.plan.prompts_dir, language)
            for name, parts in sorted(speaker.wording.phrases.items()):
                if all(isinstance(part, str) for part in parts):
                    words = " ".join(part for part in parts if isinstance(part, str))
                    found.append((language, name, words, name in there))
            known = speaker.wording.phrases
            found += [(language, name, "", True) for name in there if name not in known]
        return found
