"""Synthetic callers: who calls, what they press, how long they have."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

import structlog

from cti.pbx.errors import PbxError
from cti.pbx.plan import PbxPlan
from cti.pbx.world import Caller, place_call

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Story:
    """A way to call. Keys as SendDTMF takes them; `stays_s` is drawn between the two."""
    name: str
    weight: int
    keys: str
    before_s: int
    stays_s: tuple[int, int]


# Who presses before the greeting ends is understood as well; `w` waits half a second.
STORIES = (
    Story("hears the balance and leaves", 2, "1", 4, (25, 32)),
    Story("asks about a bill", 5, "2", 4, (45, 110)),
    Story("reports an outage", 2, "3", 4, (40, 90)),
    Story("wants a person", 2, "0", 3, (45, 110)),
    Story("says nothing", 1, "", 4, (60, 110)),
    Story("loses patience", 1, "2", 4, (14, 18)),
)
TO_A_PERSON = tuple(story for story in STORIES if story.keys and story.keys in "023"
                    and story.name != "loses patience")
STRANGERS = 0.08        # share of callers whose number no client has
HIDDEN = 0.03           # share of callers who hide it


def draw_caller(dice: random.Random, numbers: Sequence[str], entries: Sequence[str],
                stories: Sequence[Story] = STORIES) -> Caller:
    """One caller, by the dice."""
    story = dice.choices(stories, [item.weight for item in stories])[0]
    return Caller(entry=dice.choice(entries), number=_draw_number(dice, numbers), script="talk",
                  keys=story.keys, before_s=story.before_s, talk_s=dice.randint(*story.stays_s))


def _draw_number(dice: random.Random, numbers: Sequence[str]) -> str:
    chance = dice.random()
    if chance < HIDDEN:
        return ""
    if chance < HIDDEN + STRANGERS or not numbers:
        return f"+7999{dice.randrange(10**7):07d}"
    return dice.choice(numbers)


async def keep_calling(plan: PbxPlan, dice: random.Random, numbers: Sequence[str], *,
                       mean_gap_s: float) -> None:
    """Callers at exponential gaps until cancelled: calm, and like life, uneven."""
    entries = [entry.number for entry in plan.entries]
    while True:
        try:
            await place_call(plan, draw_caller(dice, numbers, entries))
        except PbxError as exc:
            log.warning("a synthetic caller could not call", reason=str(exc))
        await asyncio.sleep(min(dice.expovariate(1 / mean_gap_s), 4 * mean_gap_s))


def distinct_callers(dice: random.Random, numbers: Sequence[str], entries: Sequence[str],
                     calls: int) -> list[Caller]:
    """`calls` callers, each with a number of his own, so that each can be found again."""
    if len(numbers) < calls:
        numbers = [*numbers, *(f"+7998{place:07d}" for place in range(calls - len(numbers)))]
    chosen = dice.sample(list(numbers), calls)
    return [replace(draw_caller(dice, (), entries), number=number) for number in chosen]


async def place_calls(plan: PbxPlan, callers: Sequence[Caller], *,
                      per_second: float) -> AsyncIterator[tuple[Caller, str]]:
    """Each caller in turn at an even pace; yields him and "" or why he could not call."""
    clock = asyncio.get_running_loop().time
    began = clock()
    for place, caller in enumerate(callers):
        await asyncio.sleep(max(0.0, began + place / per_second - clock()))
        try:
            await place_call(plan, caller)
        except PbxError as exc:
            yield caller, str(exc)
        else:
            yield caller, ""
