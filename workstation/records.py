"""What a call's changes say of its interaction ○: facts gathered change by change.

The journal writes the gathered facts as an upsert, so seeing a change twice is harmless.
"""

from __future__ import annotations

from dataclasses import replace

from crm_store import phones
from crm_store.interactions import CallFacts, SegmentFacts
from cti.changes import (
    CallAnswered,
    CallChange,
    CallEnded,
    CallLeftQueue,
    CallQueued,
    Change,
    ClientNamed,
    MenuStep,
    SegmentClosed,
)
from workstation.regions import Regions


def begin(change: CallChange, regions: Regions) -> CallFacts:
    """The facts of a call at the first change we see of it."""
    started_at = change.started_at if isinstance(change, CallEnded) else change.at
    is_inbound = change.direction == "in"
    outside = change.caller_number if is_inbound else change.dialled_number
    region = regions.of(change.dialled_number if is_inbound else None)
    return CallFacts(
        call_id=change.call, pbx=change.pbx, direction=change.direction, started_at=started_at,
        number=stored_number(outside, region), dialled=change.dialled_number or None,
        entry=(change.dialled_number or None) if is_inbound else None)


def note(facts: CallFacts, change: Change, region: str) -> CallFacts:
    """`facts` and what `change` adds to them; the same change again adds nothing."""
    match change:
        case MenuStep(menu=menu, step=step):
            return _stepped(facts, f"{menu}:{step}")
        case ClientNamed(client=client):
            return replace(facts, client_id=client)
        case CallQueued(queue=queue):
            return replace(facts, queue=queue)
        case CallLeftQueue(queue=queue, waited_s=waited_s):
            return replace(facts, queue=queue, waited_s=waited_s)
        case CallAnswered():
            return _answered(facts, change, region)
        case SegmentClosed():
            return _with_segment(facts, change)
        case CallEnded():
            return _ended(facts, change)
    return facts


def stored_number(number: str, region: str) -> str | None:
    """E.164 where it is a number, else as it came; None for a hidden one."""
    known = phones.normalise(number, region=region)
    return known.e164 or known.original or None


def _stepped(facts: CallFacts, step: str) -> CallFacts:
    if step in facts.menu_path:
        return facts
    return replace(facts, menu_path=(*facts.menu_path, step))


def _answered(facts: CallFacts, change: CallAnswered, region: str) -> CallFacts:
    dialled = change.dialled_number or facts.dialled
    outside = facts.number
    if facts.direction != "in" and change.dialled_number:
        outside = stored_number(change.dialled_number, region)
    return replace(facts, operator=change.operator, queue=change.queue or facts.queue,
                   answered_at=facts.answered_at or change.at, dialled=dialled, number=outside)


def _with_segment(facts: CallFacts, change: SegmentClosed) -> CallFacts:
    part = SegmentFacts(kind=change.kind, started_at=change.started_at, ended_at=change.at,
                        who=change.who)
    if part in facts.segments:
        return facts
    return replace(facts, segments=(*facts.segments, part))


def _ended(facts: CallFacts, change: CallEnded) -> CallFacts:
    return replace(
        facts, started_at=change.started_at, ended_at=change.at, outcome=change.outcome,
        cause=change.cause, ended_by=change.ended_by, waited_s=change.waited_s,
        talked_s=change.talked_s, held_s=change.held_s,
        answered_at=facts.answered_at or change.answered_at,
        operator=change.operator or facts.operator, queue=change.queue or facts.queue)
