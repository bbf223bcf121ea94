"""The menu server's plan, made of our settings. Raises SettingsError naming file and place of
every fault."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from ivr import menu_file, wording
from ivr.flows import FACTS, LOOK_UPS
from ivr.plan import SHIPPED, Entry, IvrPlan, shipped_menu, shipped_rules, shipped_wording
from ivr.routing import rules_file
from ivr.routing.rules import Rule
from ivr.speaking import Speaker
from ivr.speech import Voice
from ivr.step_checks import Known
from ivr.steps import Menu
from workstation import hours_plan
from workstation.settings import Settings, SettingsError, recordings_folder

Environment = tuple[tuple[str, str], ...]


def plan_of(settings: Settings, environment: Environment = ()) -> IvrPlan:
    """`environment` is for an espeak-ng of our own."""
    folder = prompts_folder(settings)
    speakers = {language: Speaker.of(spoken, Voice(spoken.voice, spoken.rate, environment), folder)
                for language, spoken in wordings(settings).items()}
    texts = menu_texts(settings)
    known = known_of(settings, {name: one.wording.phrases for name, one in speakers.items()},
                     texts)
    menus = _menus(texts, known)
    return IvrPlan(
        host=settings.menu.host, port=settings.menu.port, store_url=settings.store_url,
        prompts_dir=folder, messages_dir=recordings_folder(settings) / "new", menus=menus,
        known=known, speakers=speakers, entries=_entries(settings, menus),
        currency=settings.company.currency, region=settings.company.region,
        time_zone=ZoneInfo(settings.company.time_zone), office=settings.company.office,
        hours=hours_plan.by_entry(settings),
        routing=_rules(settings), routing_house=routing_house(settings),
        further=frozenset(one.name for one in settings.asterisk))


def prompts_folder(settings: Settings) -> Path:
    return settings.data_dir.absolute() / "prompts"


def wordings(settings: Settings) -> dict[str, wording.Wording]:
    """By language, the company's first."""
    languages = dict.fromkeys((settings.menu.language, *settings.menu.languages))
    return {language: _wording(settings, language) for language in languages}


def _wording(settings: Settings, language: str) -> wording.Wording:
    try:
        return wording.parse(shipped_wording(language), company=settings.company.name,
                             office=settings.company.office, file=f"{language}.toml")
    except (wording.WordingInvalid, FileNotFoundError) as exc:
        raise SettingsError(str(exc)) from exc


def menu_texts(settings: Settings) -> dict[str, str]:
    """The menus of the settings, unread: file → text. One's own `file` is in place of `main`."""
    texts = {}
    for file in (settings.menu.file or "main.toml", *settings.menu.more_files):
        texts[file] = _text(settings, file)
    for name in SHIPPED[1:]:
        texts[f"{name}.toml"] = shipped_menu(name)
    return texts


def _text(settings: Settings, file: str) -> str:
    if not settings.menu.file and file == "main.toml":
        return shipped_menu()
    try:
        return Path(file).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise SettingsError(f"the menu {file} cannot be read: {exc}") from exc


def known_of(settings: Settings, phrases: Mapping[str, Mapping[str, object]],
             texts: Mapping[str, str]) -> Known:
    people = [one for one in settings.operator if one.role == "operator"]
    return Known(
        phrases, [queue.id for queue in settings.queue], LOOK_UPS.keys(), FACTS.keys(),
        operators=[one.id for one in people],
        groups=sorted({group for one in settings.operator for group in one.groups}),
        menus=sorted({*SHIPPED, *(Path(file).stem for file in texts)}))


def _menus(texts: Mapping[str, str], known: Known) -> dict[str, Menu]:
    menus: dict[str, Menu] = {}
    for file, text in texts.items():
        try:
            menu = menu_file.parse(text, known, file=file)
        except menu_file.MenuInvalid as exc:
            raise SettingsError(str(exc)) from exc
        menus.setdefault(menu.id, menu)
    return menus


def _entries(settings: Settings, menus: Mapping[str, Menu]) -> dict[str, Entry]:
    entries = {}
    for entry in settings.entry:
        if entry.menu not in menus:
            raise SettingsError(f"entry {entry.number.removeprefix('+')}: "
                                f"there is no menu {entry.menu!r}")
        entries[entry.number.removeprefix("+")] = Entry(
            entry.menu, entry.queue, entry.region, entry.language or "")
    return entries


def routing_house(settings: Settings) -> rules_file.House:
    """What rules of routing may name."""
    return rules_file.House(
        queues=[queue.id for queue in settings.queue],
        operators=[one.id for one in settings.operator if one.role == "operator"],
        skilled=[queue.id for queue in settings.queue if queue.skill is not None])


def routing_text(settings: Settings) -> str:
    """The rules of the settings, unread."""
    if not settings.routing.file:
        return shipped_rules()
    try:
        return Path(settings.routing.file).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise SettingsError(f"the rules {settings.routing.file} cannot be read: {exc}") from exc


def _rules(settings: Settings) -> tuple[Rule, ...]:
    try:
        return rules_file.parse(routing_text(settings), routing_house(settings),
                                file=settings.routing.file or "routing/rules.toml")
    except rules_file.RulesInvalid as exc:
        raise SettingsError(str(exc)) from exc
