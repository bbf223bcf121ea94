"""A menu walked without a telephone: by the same engine, look-ups and wording, writing nothing."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.flows import Caller, Enquiries
from ivr.line import Line, OutOfKeys, TrialLine
from ivr.plan import IvrPlan
from ivr.session import House, MenuSession


@dataclass(frozen=True, slots=True)
class Walked:
    """`lines` is what happened in order: step, say, key, client, record, way. `way` is where the
    caller went on to, None while the menu waits for a key."""
    lines: tuple[tuple[str, str], ...]
    way: str | None


async def walk(
    plan: IvrPlan, house: House, menu: str, enquiries: Enquiries, caller: Caller,
    keys: list[str], *, language: str = "", entry: str = "",
) -> Walked:
    """With these keys, one for each question; `-` is silence. Raises KeyError for no menu."""
    line = TrialLine(list(keys))
    try:
        way = await session(plan, house, menu, enquiries, caller, line, language, entry).run()
    except OutOfKeys:
        return Walked(tuple(line.heard), None)
    return Walked((*line.heard, ("way", way)), way)


def session(
    plan: IvrPlan, house: House, menu: str, enquiries: Enquiries, caller: Caller, line: Line,
    language: str = "", entry: str = "",
) -> MenuSession:
    dialled = plan.entry_of(entry)
    return MenuSession(line, house, house.menus[menu], enquiries, caller, dialled.queue,
                       language or dialled.language or next(iter(house.speakers)),
                       is_chosen=bool(language))
