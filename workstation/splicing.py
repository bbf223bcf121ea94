"""A call that was seen in part ○: what the tape saw of it, and what Asterisk wrote of the rest.

The tape knows holds and menus, Asterisk's records do not; they know the truth about the gap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from crm_store.interactions import CallFacts, SegmentFacts

UNNOTICED = timedelta(seconds=20)   # a silent link is noticed so much later, at most
ROUNDED = timedelta(seconds=1.5)    # how far the beginning of a call found after a gap may be off
SAME = {"hold": "talk"}             # what CEL takes for what


def spliced(seen: CallFacts | None, told: CallFacts, gap_from: datetime) -> CallFacts:
    """`told` with the beginning as the tape saw it, if it did."""
    if seen is None or told.started_at >= gap_from - ROUNDED:
        return told
    cut = gap_from if _agree(seen, told, gap_from) else gap_from - UNNOTICED
    segments = _segments(seen.segments, told.segments, cut)
    if segments == told.segments:
        return told
    was_answered = seen.answered_at is not None and seen.answered_at <= cut
    return replace(
        told, started_at=seen.started_at, menu_path=seen.menu_path or told.menu_path,
        number=told.number or seen.number, dialled=told.dialled or seen.dialled,
        entry=told.entry or seen.entry, queue=told.queue or seen.queue,
        answered_at=seen.answered_at if was_answered else told.answered_at, segments=segments,
        waited_s=_seconds(segments, "waiting", "ringing"), talked_s=_seconds(segments, "talk"),
        held_s=_seconds(segments, "hold"))


def _agree(seen: CallFacts, told: CallFacts, at: datetime) -> bool:
    """Whether both say the same of the moment the sight was lost."""
    one, other = _during(seen.segments, at), _during(told.segments, at)
    if one is None or other is None:
        return False
    return _same_kind(one, other) and (one.kind == "menu" or one.who == other.who)


def _during(segments: Sequence[SegmentFacts], at: datetime) -> SegmentFacts | None:
    return next((one for one in segments
                 if one.started_at < at and (one.ended_at is None or one.ended_at >= at)), None)


def _same_kind(one: SegmentFacts, other: SegmentFacts) -> bool:
    return SAME.get(one.kind, one.kind) == other.kind


def _segments(
    seen: Sequence[SegmentFacts], told: Sequence[SegmentFacts], cut: datetime,
) -> tuple[SegmentFacts, ...]:
    before = [one for one in seen if one.started_at < cut]
    after = [one for one in told if one.ended_at is None or one.ended_at > cut]
    if not before or not after:
        return tuple(told)
    first = after[0]
    if first.started_at < cut and before[-1].kind == first.kind:
        joined = replace(before[-1], ended_at=first.ended_at)
        return (*before[:-1], joined, *after[1:])
    ended = replace(before[-1], ended_at=min(cut, before[-1].ended_at or cut))
    return (*before[:-1], ended, replace(first, started_at=max(cut, first.started_at)),
            *after[1:])


def _seconds(segments: Sequence[SegmentFacts], *kinds: str) -> float:
    return round(sum(
        (one.ended_at - one.started_at).total_seconds() for one in segments
        if one.kind in kinds and one.ended_at is not None), 6)
