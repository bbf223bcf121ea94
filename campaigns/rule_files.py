"""The rules of law as files: `campaigns/law/*.toml`, read, checked and joined into a RuleSet."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any, get_args

from campaigns.calling_hours import Hours, Window
from campaigns.contact_limits import Gap, Limit, Period, Subject, Unit
from campaigns.rules import Rule, RuleSet

DEFAULT = ("DEFAULT-strict",)
REHEARSAL = "rehearsal"
_HOLIDAY_YEARS = 3      # a yearly holiday is known from the year of verification on
RECORDED_VOICE = ("never", "consent", "allowed")
_KEYS = frozenset({
    "id", "where", "who", "source", "verified", "mark", "deny_if", "holidays", "hours", "limit",
    "gap", "valid_from", "valid_to", "ring_at_least_s", "drop_ceiling", "loopback_only",
    "recorded_voice",
})


class RuleFileError(Exception):
    """A rule of law is not there or cannot be read; nothing is dialled under it."""


def rule_set(ids: Sequence[str]) -> RuleSet:
    """The rules named, all of which apply. Raises RuleFileError; never an empty set."""
    known = _all_rules()
    unknown = [rule_id for rule_id in ids if rule_id not in known]
    if unknown or not ids:
        there_are = ", ".join(sorted(known))
        raise RuleFileError(f"no such rule: {', '.join(unknown) or 'none named'} ({there_are})")
    chosen = [known[rule_id] for rule_id in sorted(set(ids))]
    digest = hashlib.sha256(b"".join(text for _, text in chosen)).hexdigest()[:12]
    return RuleSet(tuple(rule for rule, _ in chosen), f"{'+'.join(sorted(set(ids)))}@{digest}")


def rule_ids() -> list[str]:
    return sorted(_all_rules())


@lru_cache(maxsize=1)
def _all_rules() -> dict[str, tuple[Rule, bytes]]:
    rules: dict[str, tuple[Rule, bytes]] = {}
    for file in files("campaigns").joinpath("law").iterdir():
        if file.name.endswith(".toml"):
            text = file.read_bytes()
            rule = parse_rule(text.decode(), file.name)
            rules[rule.id] = (rule, text)
    return rules


def parse_rule(text: str, name: str) -> Rule:
    """One rule from its TOML; every key is known and every value has its form."""
    try:
        return _rule(_known_keys(tomllib.loads(text)))
    except (KeyError, TypeError, ValueError) as exc:
        raise RuleFileError(f"{name}: {exc}") from exc


def _known_keys(data: dict[str, Any]) -> dict[str, Any]:
    unknown = set(data) - _KEYS
    if unknown:
        raise ValueError(f"unknown key {min(unknown)}")
    return data


def _rule(data: dict[str, Any]) -> Rule:
    verified: date = data["verified"]
    ceiling = data.get("drop_ceiling")
    return Rule(
        id=str(data["id"]), hours=_hours(data["hours"]),
        limits=tuple(_limit(item) for item in data.get("limit", ())),
        gaps=tuple(_gap(item) for item in data.get("gap", ())),
        deny_if=frozenset(map(str, data["deny_if"])),
        holidays=frozenset(_holidays(data["holidays"], verified.year)),
        source=str(data["source"]), verified=verified, mark=str(data["mark"]),
        valid_from=data.get("valid_from"), valid_to=data.get("valid_to"),
        ring_at_least_s=int(data.get("ring_at_least_s", 0)),
        drop_ceiling=None if ceiling is None else float(ceiling),
        recorded_voice=_one_of(data.get("recorded_voice", "consent"), RECORDED_VOICE),
        loopback_only=bool(data.get("loopback_only", False)),
    )


def _limit(item: dict[str, Any]) -> Limit:
    return Limit(
        unit=_one_of(item["unit"], get_args(Unit)), maximum=int(item["maximum"]),
        period=_one_of(item["period"], get_args(Period)) if "period" in item else None,
        rolling_days=item.get("rolling_days"),
        subject=_one_of(item.get("subject", "person"), get_args(Subject)))


def _gap(item: dict[str, Any]) -> Gap:
    return Gap(
        after=_one_of(item["after"], get_args(Unit)), hours=item.get("hours"),
        calendar_days=item.get("calendar_days"),
        subject=_one_of(item.get("subject", "person"), get_args(Subject)))


def _one_of(value: Any, allowed: tuple[str, ...]) -> Any:
    if value not in allowed:
        raise ValueError(f"{value!r} is none of {', '.join(allowed)}")
    return value


def _hours(data: dict[str, str]) -> Hours:
    return Hours(*(_window(data[day]) for day in ("weekday", "saturday", "sunday", "holiday")))


def _window(text: str) -> Window | None:
    """`09:00-20:00`, `00:00-24:00` or `closed`."""
    if text == "closed":
        return None
    opens, _, closes = text.partition("-")
    return Window(_minutes(opens), _minutes(closes))


def _minutes(text: str) -> int:
    hour, _, minute = text.partition(":")
    return int(hour) * 60 + int(minute)


def _holidays(days: Iterable[str], first_year: int) -> Iterable[date]:
    """`01-08` is a holiday of every year, `2026-12-31` of one."""
    for day in days:
        if len(day) == len("2026-12-31"):
            yield date.fromisoformat(day)
            continue
        for year in range(first_year, first_year + _HOLIDAY_YEARS):
            yield date.fromisoformat(f"{year}-{day}")
