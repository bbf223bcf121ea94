"""The languages that callers are spoken to in: wording, voice, and what was recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ivr import recorded, wording
from ivr.say import Fragments
from ivr.speech import PromptCache, Voice
from ivr.steps import Menu
from ivr.wording import Value, Wording


@dataclass(frozen=True, slots=True)
class Speaker:
    """One language. `own` are menus' phrases by menu; `recorded` sounds by name."""
    wording: Wording
    voice: Voice
    prompts: PromptCache
    own: Mapping[str, Wording] = field(default_factory=dict)
    recorded: Mapping[str, Path] = field(default_factory=dict)

    @classmethod
    def of(cls, spoken: Wording, voice: Voice, folder: Path) -> Speaker:
        return cls(spoken, voice, PromptCache(folder, voice),
                   recorded=recorded.there(folder, spoken.language))

    def fragments(
        self, menu: str, phrases: tuple[str, ...], values: Mapping[str, Value],
    ) -> Fragments:
        """Raises Unspeakable."""
        named = {name: recorded.fragment(path) for name, path in self.recorded.items()}
        return wording.fragments(self.own.get(menu, self.wording), phrases, values, named)

    def with_menus(self, menus: Iterable[Menu], folder: Path) -> Speaker:
        """The same, with what is recorded by now, and with these menus' own phrases."""
        language = self.wording.language
        own = {menu.id: wording.with_phrases(self.wording, menu.phrases[language])
               for menu in menus if menu.phrases.get(language)}
        return replace(self, own=own, recorded=recorded.there(folder, language))

    def texts(self, currency: str) -> frozenset[str]:
        """Everything that must have been spoken before a call."""
        return frozenset().union(*(wording.texts(one, currency)
                                   for one in (self.wording, *self.own.values())))
