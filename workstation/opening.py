"""What a call opens on the screen ○: form, script, tab."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from workstation.opening_settings import Opening


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """How a call came."""
    queue: str = ""
    entry: str = ""
    menu_path: Sequence[str] = ()
    campaign: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    form: str
    script: str
    tab: Literal["", "request", "script", "offers"]


def opened(rules: Iterable[Opening], came: Came) -> Opened:
    fitting = [rule for rule in rules if fits(rule, came)]
    return Opened(
        form=next((rule.form for rule in fitting if rule.form), ""),
        script=next((rule.script for rule in fitting if rule.script), ""),
        tab=next((rule.tab for rule in fitting if rule.tab), ""))


def fits(rule: Opening, came: Came) -> bool:
    """All that the rule names is so."""
    if rule.queue is not None and rule.queue != came.queue:
        return False
    if rule.entry is not None and rule.entry != came.entry:
        return False
    if rule.menu is not None and not any(
            rule.menu in (step, step.partition(":")[0]) for step in came.menu_path):
        return False
    return rule.campaign is None or (
        came.campaign != "" and fnmatchcase(came.campaign, rule.campaign))
