"""What the menu server needs, read once; and the menus and wordings that are shipped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

from ivr.hours import Hours
from ivr.routing.rules import Rule
from ivr.routing.rules_file import House as RoutingHouse
from ivr.speaking import Speaker
from ivr.step_checks import Known
from ivr.steps import Menu

SHIPPED = ("main", "survey", "closed", "waiting", "call_back", "called_back", "debt_message")


@dataclass(frozen=True, slots=True)
class Entry:
    """Of a number that callers dial: its menu, and the queue of key 0 and of every trouble.

    `region` completes local numbers of its callers, where it is not the company's; `language` is
    what they are spoken to in at first, "" the company's.
    """
    menu: str
    queue: str
    region: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IvrPlan:
    """`entries` by the digits of the number dialled; the first one answers unknown numbers.
    `menus` are those of the settings; the store may have other versions of them, which are read
    with what is `known`. `speakers` by language, the company's first. `region` is the ISO country
    whose spellings of telephone numbers are meant. `messages_dir` is where voice mail begins.
    `routing` are the rules of the settings, `routing_house` what rules may name.
    `further`: Asterisks beside the first; the ids of their calls end in `@` and their name.
    """
    host: str
    port: int
    store_url: str
    prompts_dir: Path
    messages_dir: Path
    menus: Mapping[str, Menu]
    known: Known
    speakers: Mapping[str, Speaker]
    entries: Mapping[str, Entry]
    currency: str
    region: str
    time_zone: ZoneInfo
    office: str = ""
    further: frozenset[str] = frozenset()
    routing: tuple[Rule, ...] = ()
    routing_house: RoutingHouse = field(default_factory=lambda: RoutingHouse((), ()))
    hours: Mapping[str, Hours] = field(default_factory=dict)    # by the digits of an entry

    def mark_of(self, pbx: str) -> str:
        """What the ids of this Asterisk's calls end in."""
        return f"@{pbx}" if pbx in self.further else ""

    def entry_of(self, digits: str) -> Entry:
        return self.entries.get(digits) or next(iter(self.entries.values()))


def shipped_menu(name: str = "main") -> str:
    """The TOML of a menu of SHIPPED."""
    return files("ivr").joinpath("menus", f"{name}.toml").read_text("utf-8")


def shipped_wording(language: str) -> str:
    """The TOML of a language's phrases. Raises FileNotFoundError."""
    return files("ivr").joinpath("wording", f"{language}.toml").read_text("utf-8")


def shipped_rules() -> str:
    """The TOML of the rules of routing."""
    return files("ivr").joinpath("routing", "rules.toml").read_text("utf-8")
