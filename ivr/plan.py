"""What the menu server needs, read once; and the menus and wordings that are shipped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

from ivr.menu import Menu
from ivr.speech import Voice
from ivr.wording import Wording


@dataclass(frozen=True, slots=True)
class Entry:
    """Of a number that callers dial: its menu, and the queue of key 0 and of every trouble.

    `region` completes local numbers of its callers, where it is not the company's.
    """
    menu: str
    queue: str
    region: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IvrPlan:
    """`entries` by the digits of the number dialled; the first one answers unknown numbers.
    `region` is the ISO country whose spellings of telephone numbers are meant."""
    host: str
    port: int
    store_url: str
    prompts_dir: Path
    menus: Mapping[str, Menu]
    wording: Wording
    voice: Voice
    entries: Mapping[str, Entry]
    currency: str
    region: str
    time_zone: ZoneInfo

    def entry_of(self, digits: str) -> Entry:
        return self.entries.get(digits) or next(iter(self.entries.values()))


def shipped_menu() -> str:
    """The TOML of the menu `main`."""
    return files("ivr").joinpath("menus", "main.toml").read_text("utf-8")


def shipped_wording(language: str) -> str:
    """The TOML of a language's phrases. Raises FileNotFoundError."""
    return files("ivr").joinpath("wording", f"{language}.toml").read_text("utf-8")
