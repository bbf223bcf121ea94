"""Figures past a threshold: their words and signs, and what is told once as they cross. ○"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workstation.protocol import AlarmView, QueueView
from workstation.terminal.formats import duration
from workstation.terminal.workplace import Workplace

SIGNS = {"amber": "△", "red": "▲"}
STYLES = {"amber": "bold $state-offered", "red": "bold $state-breach"}


def of(item: QueueView, figure: str) -> AlarmView | None:
    return next((one for one in item.alarms if one.figure == figure), None)


def worst(item: QueueView) -> AlarmView | None:
    return next((one for one in item.alarms if one.level == "red"), None) or next(
        iter(item.alarms), None)


def words(desk: Workplace, one: AlarmView) -> str:
    """`▲ Red: longest wait 3:00 or more · Call Pavel`"""
    bound = duration(one.bound) if one.figure == "longest" else f"{one.bound:g}"
    said = desk.words(f"alarm.{one.figure}", bound=bound)
    level = desk.words(f"alarm.{one.level}")
    return f"{SIGNS[one.level]} {level}: {said}" + (f" · {one.message}" if one.message else "")


def news(desk: Workplace, before: Mapping[str, QueueView]) -> Iterator[tuple[str, AlarmView]]:
    """What rose since: to whom leads."""
    if not desk.supervises:
        return
    for key, item in desk.shelves.queues.items():
        if (known := before.get(key)) is None:
            continue
        for one in item.alarms:
            old = of(known, one.figure)
            if old is None or (old.level, one.level) == ("amber", "red"):
                yield desk.say(item.name), one
