"""What is heard after a gap before the lists are, about legs of calls that nobody told us of.

An operator's phone that is up says nothing of whose call it is in, and a call that began with it
would be taken for one of his own. Such events wait until the lists were taken in.
"""

from __future__ import annotations

from collections.abc import Iterator

from cti import events as ev
from cti.live import Floor

LISTS = (ev.LegListed, ev.EntryListed, ev.Parked)


def waits(floor: Floor, event: ev.Event) -> bool:
    """Whether `event` was put aside; once one of a leg's is, all of its later ones are."""
    if not floor.is_blind or not isinstance(event, ev.LegEvent) or isinstance(event, LISTS):
        return False
    if isinstance(event, ev.LegHungUp):     # at once: lists made before it still have the leg
        floor.early = [one for one in floor.early if one.leg.leg_id != event.leg.leg_id]
        return False
    if not _is_strange(floor, event.leg):
        return False
    floor.early.append(event)
    return True


def _is_strange(floor: Floor, leg: ev.LegFacts) -> bool:
    if any(one.leg.leg_id == leg.leg_id for one in floor.early):
        return True
    is_first = leg.call_id in ("", leg.leg_id)
    return not (is_first or leg.leg_id in floor.legs or floor.id_of(leg.call_id) in floor.calls)


def let_in(floor: Floor) -> Iterator[ev.LegEvent]:
    """In order; what concerns nobody who is there any more is dropped: the records tell it."""
    held, floor.early = floor.early, []
    for event in held:
        leg = event.leg
        is_there = leg.leg_id in floor.legs or floor.id_of(leg.call_id) in floor.calls
        if is_there or isinstance(event, ev.LegCreated):
            yield event
