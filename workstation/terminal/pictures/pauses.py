"""Pauses: how long one may last, that it is over, that somebody is set aside. ○"""

from __future__ import annotations

from collections.abc import Mapping

from workstation.protocol import OperatorView
from workstation.terminal.formats import duration
from workstation.terminal.workplace import Workplace

SET_ASIDE = "Auto-Pause"        # Asterisk's own reason: the telephone rang and nobody answered


def is_set_aside(item: OperatorView | None) -> bool:
    return item is not None and item.state == "paused" and item.reason == SET_ASIDE


def used(desk: Workplace, item: OperatorView) -> str:
    """`of 45:00`, and a mark beside it when that is over."""
    if item.limit_s is None:
        return ""
    text = desk.words("pause.of", limit=duration(item.limit_s))
    return f" {text} !" if item.over else f" {text}"


def choice(desk: Workplace, reason: str) -> str:
    """The pause in the menu, with its limit."""
    name = desk.words("terminal.pause_for", reason=desk.pause_reason(reason))
    minutes = desk.catalogue.pause_limits.get(reason)
    if not minutes:
        return name
    return f"{name}, {desk.words('pause.up_to', limit=duration(minutes * 60))}"


def news(desk: Workplace, before: Mapping[str, OperatorView]) -> list[str]:
    """What leads hear of their operators, compared with what was `before`."""
    if not desk.supervises:
        return []
    pairs = ((before.get(key), item) for key, item in desk.shelves.operators.items()
             if item.id != desk.me.id)
    return [text for old, item in pairs if old is not None and (text := _news(desk, old, item))]


def _news(desk: Workplace, before: OperatorView, item: OperatorView) -> str:
    if is_set_aside(item) and not is_set_aside(before):
        return desk.words("pause.is_set_aside", name=item.name)
    if item.over and item.over != before.over and item.limit_s is not None:
        return desk.words("pause.is_over", name=item.name, limit=duration(item.limit_s),
                          reason=desk.pause_reason(item.reason))
    return ""
