"""Steps of the link: it is cut, it comes back, and the floor is compared with Asterisk's lists.

What Asterisk lists and we do not know has begun in the gap; what we know and it does not list is
gone. Events go on while it lists, so a leg that came or went meanwhile is judged by its events.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from cti import changes as ch
from cti import events as ev
from cti import listening
from cti.calls import DOWN, UP, Leg
from cti.joins import join
from cti.legs import drop, sight
from cti.listening import took_over
from cti.live import Floor, Listing
from cti.parking import park
from cti.queues import joined, place_of
from cti.stages import LeftBy, Out, begin, connect, disconnect, facts, leave, offer, shift
from cti.values import replace


def started(floor: Floor, event: ev.Started, out: Out) -> None:
    """A process of ours took up the tape: calls are as folded, people must be told again."""
    if floor.last_at is not None:
        floor.open_gap(floor.last_at)
    floor.forget_people()
    floor.table = {phone: floor.apart.person(operator) for phone, operator in event.operators}
    floor.listing = None
    for operator in dict.fromkeys(floor.table.values()):
        floor.stirred[operator] = None
    for leg in list(floor.legs.values()):
        floor.put_leg(replace(leg, operator=floor.operator_of(leg.channel)))


def cut(floor: Floor, event: ev.LinkCut, out: Out) -> None:
    floor.listing = None
    if floor.gaps and floor.gaps[-1].ended_at is None:
        return
    floor.open_gap(event.at)
    out.append(ch.LinkLost(at=event.at, pbx=floor.pbx))


def booted(floor: Floor, event: ev.Booted, out: Out) -> None:
    """After each login; an Asterisk younger than the gap was restarted in it."""
    if not floor.gaps or floor.gaps[-1].ended_at is not None:
        return
    up_since = event.at - timedelta(seconds=event.uptime_s)
    floor.is_restarted = up_since > floor.gaps[-1].started_at


def snapshot_began(floor: Floor, event: ev.SnapshotBegan, out: Out) -> None:
    floor.listing = Listing(frozenset(floor.legs))


def leg_listed(floor: Floor, event: ev.LegListed, out: Out) -> None:
    """A call's own first leg is taken in at once, before events tell of its later ones."""
    if floor.listing is None:
        return
    floor.listing.legs[event.leg.leg_id] = event
    known = floor.legs.get(event.leg.leg_id)
    if event.leg.leg_id != event.leg.call_id or (
            known is not None and floor.call_of(known) is not None):
        return
    leg = sight(floor, event.leg, event.at, out)
    if floor.call_of(leg) is None and not _is_nobodys(leg):
        begin(floor, leg, event.at - timedelta(seconds=event.age_s), out)
        floor.listing.found.add(leg.call)


def entry_listed(floor: Floor, event: ev.EntryListed, out: Out) -> None:
    if floor.listing is not None:
        floor.listing.entries.append(event)


def bridge_listed(floor: Floor, event: ev.BridgeListed, out: Out) -> None:
    if floor.listing is not None and event.is_holding:
        floor.listing.holding.add(event.bridge)


def queue_listed(floor: Floor, event: ev.QueueListed, out: Out) -> None:
    if event.queue and event.queue != "default":
        floor.queue(event.queue)


def snapshot_ended(floor: Floor, event: ev.SnapshotEnded, out: Out) -> None:
    listing, floor.listing = floor.listing, None
    if listing is None:
        return
    if event.is_in_doubt:       # who is not listed may be who was not believed
        listing.known &= set(listing.legs)
    calls_before = set(floor.calls)
    _take_in(floor, listing, event.at, out)
    found = len(set(floor.calls) - calls_before | listing.found)
    _let_go(floor, listing, event.at, out)
    lost = sum(isinstance(one, ch.CallEnded) for one in out)
    _compare_lines(floor, listing, event, out)
    _compare_members(floor, listing)
    gap = floor.close_gap(event.at)
    out.append(ch.LinkRestored(
        at=event.at, pbx=floor.pbx, gap_from=gap.started_at if gap is not None else event.at,
        calls_lost=lost, calls_found=found, restarted=floor.is_restarted))
    floor.is_restarted = False


def _take_in(floor: Floor, listing: Listing, at: datetime, out: Out) -> None:
    """Oldest first, so that a call begins with its first leg."""
    there = [one for one in listing.legs.values() if one.leg.leg_id not in listing.gone]
    for one in sorted(there, key=_order):
        leg = sight(floor, one.leg, at, out)
        if leg.id in listing.known:
            leg = _joined_in_gap(floor, leg, one, at, out)
        if floor.call_of(leg) is None and not _is_nobodys(leg):
            begin(floor, leg, at - timedelta(seconds=one.age_s), out)
        is_holding = one.bridge in listing.holding
        _place(floor, floor.legs[leg.id], one, at, out, is_holding=is_holding)
    for leg_id in listing.known - set(listing.legs):
        if leg_id in floor.legs:        # it hears nobody any more; `_let_go` tells what came of it
            floor.leave_bridge(floor.legs[leg_id])
    for leg_id in listing.legs:
        if leg_id in floor.legs:
            connect(floor, floor.legs[leg_id].call, at, out)
    for one in there:
        _ringing_in_gap(floor, one, at, out)
        _parked_in_gap(floor, floor.legs[one.leg.leg_id], at, out)
        listening.listed(floor, one, at, out)


def _order(one: ev.LegListed) -> tuple[bool, int, int, str]:
    """Ages are whole seconds; the leg that its call is named by is the first of them, and
    Asterisk counts its legs (`….97` comes before `….100`)."""
    count = one.leg.leg_id.rpartition(".")[2]
    return (one.leg.leg_id != one.leg.call_id, -one.age_s,
            int(count) if count.isdecimal() else 0, one.leg.leg_id)


def _is_nobodys(leg: Leg) -> bool:
    return leg.is_local or leg.is_listener or leg.is_code or leg.state == DOWN


def _joined_in_gap(floor: Floor, leg: Leg, one: ev.LegListed, at: datetime, out: Out) -> Leg:
    if one.leg.call_id and floor.id_of(one.leg.call_id) != leg.call:
        return join(floor, leg, one.leg.call_id, at, out)
    return leg


def _place(
    floor: Floor, leg: Leg, one: ev.LegListed, at: datetime, out: Out, *, is_holding: bool,
) -> None:
    if one.bridge and one.bridge != leg.bridge:
        leg = took_over(floor, leg, at, out)
        floor.enter_bridge(leg, one.bridge, is_holding=is_holding)
    elif not one.bridge and leg.bridge is not None:
        disconnect(floor, floor.leave_bridge(leg), at, out)


def _parked_in_gap(floor: Floor, leg: Leg, at: datetime, out: Out) -> None:
    """Nobody says by whom."""
    call = floor.call_of(leg)
    if call is not None and leg.bridge in floor.holding and not leg.is_local:
        park(floor, call, leg, "", at, out)


def _ringing_in_gap(floor: Floor, one: ev.LegListed, at: datetime, out: Out) -> None:
    leg = floor.legs.get(one.leg.leg_id)
    call = floor.call_of(leg) if leg is not None else None
    if leg is None or call is None or leg.operator is None or leg.state == UP:
        return
    if leg.id != call.first_leg and one.application in ("AppQueue", "AppDial"):
        offer(floor, call, leg, call.queue if one.application == "AppQueue" else None, at, out)


def _let_go(floor: Floor, listing: Listing, at: datetime, out: Out) -> None:
    for leg_id in sorted(listing.known - set(listing.legs)):
        leg = floor.legs.get(leg_id)
        if leg is not None:
            drop(floor, leg, 0, _last_sight(floor, leg, at), out, is_lost=True)


def _last_sight(floor: Floor, leg: Leg, at: datetime) -> datetime:
    """When a leg that vanished was still known to be there: nobody talked through the gap."""
    if not floor.gaps or floor.gaps[-1].ended_at is not None:
        return at
    call = floor.call_of(leg)
    gap_from = floor.gaps[-1].started_at
    return gap_from if call is None else max(gap_from, call.since)


def _compare_lines(
    floor: Floor, listing: Listing, event: ev.SnapshotEnded, out: Out,
) -> None:
    waiting: set[tuple[str, str]] = set()
    for entry in listing.entries:
        leg = floor.legs.get(entry.leg.leg_id)
        call = floor.call_of(leg) if leg is not None else None
        if call is None or (entry.queue, entry.leg.leg_id) in listing.left:
            continue
        waiting.add((entry.queue, call.id))
        if place_of(floor.queue(entry.queue), call.id) is None:
            _wait(floor, call.id, entry, event.at, out)
    for queue in list(floor.queues.values()):
        for place in queue.waiting:
            call = floor.calls[place.call]
            if (queue.id, call.id) in waiting or _has_joined_since(floor, listing, call.id):
                continue
            reason: LeftBy = "answered" if call.connected else "removed"
            leave(floor, call, queue.id, reason, event.at, out)


def _has_joined_since(floor: Floor, listing: Listing, call_id: str) -> bool:
    return not any(leg.id in listing.known for leg in floor.legs_of(call_id))


def _wait(floor: Floor, call_id: str, entry: ev.EntryListed, at: datetime, out: Out) -> None:
    since = at - timedelta(seconds=entry.wait_s)
    floor.put_queue(joined(floor.queue(entry.queue), call_id, since, entry.position))
    call = floor.put_call(replace(floor.calls[call_id], queue=entry.queue))
    if not call.connected and not call.offers:
        call = shift(floor, call, "waiting", entry.queue, at, out)
    out.append(ch.CallQueued(**facts(call, at), queue=entry.queue, position=entry.position))


def _compare_members(floor: Floor, listing: Listing) -> None:
    for key in [key for key in floor.members if key not in listing.members]:
        floor.drop_member(*key)
