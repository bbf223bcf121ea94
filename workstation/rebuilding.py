"""Interactions computed once more from the tape, held against the base, and put right."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crm_store import mending
from crm_store.contacts import SegmentFacts
from crm_store.interactions import CallFacts
from crm_store.mending import StoredCall
from crm_store.personal_data import HASHED
from crm_store.store import Store
from cti.apart import ALONE, Apart
from cti.floor import Floor
from cti.retelling import QuietPoint, QuietPoints, fold
from cti.tape import Record, TapePosition, days, read
from workstation.gathering import Gathered
from workstation.journal import with_client
from workstation.regions import Regions

CHUNK = 50                      # calls put right in one commit
LONGEST_CALL = timedelta(hours=12)
OTHERS = ("client_id", "campaign_entry", "attempt")     # not of the tape alone
COMPARED = tuple(field.name for field in fields(CallFacts) if field.name not in OTHERS)

Progress = Callable[[int, int | None], None]
Damage = Callable[[str, Exception], None]


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Calls that began from `since` to `until`, `until` excluded."""
    folder: Path
    pbx: str
    operators: Mapping[str, str]
    regions: Regions
    since: datetime
    until: datetime
    apart: Apart = ALONE


@dataclass(frozen=True, slots=True)
class Difference:
    """`base` and `tape`: what each says of the field."""
    field: str
    base: object
    tape: object


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """By call id. `mended`: told from Asterisk's own records, which the tape does not know."""
    calls: int
    missing: tuple[str, ...]
    different: Mapping[str, tuple[Difference, ...]]
    mended: tuple[str, ...]
    untaped: tuple[str, ...]


def recompute(stretch: Stretch, progress: Progress, damage: Damage) -> Gathered:
    """Blocking. What the tape tells of the calls of the stretch, until the last is over."""
    floor, gathered = Floor(stretch.pbx, stretch.apart), Gathered(stretch.regions)
    start = _start(stretch)
    start.set_up(floor, stretch.operators)
    tape = read(stretch.folder, stretch.pbx, start.position, damage)
    for _, changes in fold(floor, _until_over(stretch, floor, tape, progress)):
        gathered.take(changes)
    return _of_stretch(gathered, stretch)


def _start(stretch: Stretch) -> QuietPoint:
    """The newest quiet point before the stretch that is still known, else the day before."""
    points = QuietPoints(stretch.folder, stretch.pbx).known()
    known = [one for one in points if one.at is not None and one.at < stretch.since]
    if known:
        return known[-1]
    before = (stretch.since.astimezone(UTC) - timedelta(days=1)).date()
    taped = [day for day in days(stretch.folder, stretch.pbx) if day >= f"{before}"]
    return QuietPoint(TapePosition(taped[0] if taped else f"{before}", 0))


def _until_over(
    stretch: Stretch, floor: Floor, tape: Iterator[tuple[TapePosition, Record]],
    progress: Progress,
) -> Iterator[tuple[TapePosition, Record]]:
    """The tape until the calls of the stretch are over; `progress` is told seconds of it."""
    whole_s = int((stretch.until - stretch.since).total_seconds())
    told_s = 0
    for position, record in tape:
        if record.at >= stretch.until and (
                record.at > stretch.until + LONGEST_CALL
                or not any(call.started_at < stretch.until for call in floor.calls.values())):
            break
        yield position, record
        done_s = min(whole_s, int((record.at - stretch.since).total_seconds()))
        if done_s > told_s:
            told_s = done_s
            progress(done_s, whole_s)


def _of_stretch(gathered: Gathered, stretch: Stretch) -> Gathered:
    found = Gathered(stretch.regions, kept=gathered.kept)
    for call, facts in gathered.whole().items():
        if stretch.since <= facts.started_at < stretch.until and call in gathered.begun:
            found.calls[call] = facts
            found.over.add(call)
    return found


async def compare(store: Store, stretch: Stretch, taped: Gathered) -> Comparison:
    async with store.read() as tx:
        known = await mending.stored(tx, [*taped.calls, *taped.kept])
        held = await mending.calls_between(tx, stretch.pbx, stretch.since, stretch.until)
    mended = tuple(call for call in taped.calls if call in known and known[call].reconstructed)
    different = {
        call: found for call, facts in taped.calls.items()
        if call in known and call not in mended
        and (found := differences(known[call], facts, taped.parts_of(call), known))}
    return Comparison(
        calls=len(taped.calls), different=different, mended=mended,
        missing=tuple(call for call in taped.calls if call not in known),
        untaped=tuple(call for call in held
                      if call not in taped.calls and call not in taped.kept))


def differences(
    stored: StoredCall, taped: CallFacts, parts: list[str], known: Mapping[str, StoredCall],
) -> tuple[Difference, ...]:
    """Field by field; what the tape does not know is no difference."""
    found = [Difference(name, one, other) for name in COMPARED
             if not _same(one := getattr(stored.facts, name), other := getattr(taped, name))]
    apart = [part for part in parts if part in known and known[part].kept != taped.call_id]
    if apart:
        found.append(Difference("absorbed", [], apart))
    return tuple(found)


def _same(base: object, tape: object) -> bool:
    if tape is None or tape == ():
        return True
    if isinstance(base, str) and base.startswith(HASHED):
        return True
    if isinstance(base, float) and isinstance(tape, float):
        return abs(base - tape) < 1e-5
    if isinstance(base, tuple) and isinstance(tape, tuple):
        return sorted(map(_key, base)) == sorted(map(_key, tape))
    return base == tape


def _key(part: object) -> tuple[str, ...]:
    if isinstance(part, SegmentFacts):
        return (f"{part.started_at}", part.kind, part.who or "", f"{part.ended_at}")
    return (f"{part}",)


async def apply(
    store: Store, taped: Gathered, comparison: Comparison, progress: Progress,
) -> int:
    """Make the base say what the tape says; how many calls were written."""
    todo = [*comparison.missing, *comparison.different]
    for place in range(0, len(todo), CHUNK):
        async with store.begin() as tx:
            for call in todo[place:place + CHUNK]:
                facts = await with_client(tx, taped.calls[call])
                await mending.rewrite(tx, facts, absorbed=taped.parts_of(call),
                                      reconstructed=False)
        progress(min(place + CHUNK, len(todo)), len(todo))
    return len(todo)
