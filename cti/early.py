"""What is heard after a gap before the lists are, about legs of calls that nobody told us of.

An operator's phone that is up says nothing of whose call it is in, and a call that began with it
would be taken for one of his own. Such events wait until the lists were taken in.
"""

from __future__ import annotations

from collections.abc import Iterator

from cti import events as ev
from cti.live import Floor

LISTS = (ev.LegListed, ev.EntryListed, ev.Parked)


def is_early(floor: Floor, event: ev.Event) -> bool:
    """Whether `event` must wait; once one of a leg's does, all of its later ones do."""
    if not floor.is_blind or not isinstance(event, ev.LegEvent) or isinstance(event, LISTS):
        return False
    leg = event.leg
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
