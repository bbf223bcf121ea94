"""What leads set on the floor: its thresholds, and the state of an operator of theirs."""

from __future__ import annotations

from datetime import datetime, time

import msgspec

from crm_store import audit
from crm_store import thresholds as stored
from crm_store.thresholds import Crossing, Saved
from workstation import notices, thresholds
from workstation.actions import presence
from workstation.desk import Desk
from workstation.errors import NotAllowed, NotThere
from workstation.policy import Person, has_in_team
from workstation.protocol import SetState
from workstation.protocol.floor import (
    CrossingView,
    SaveThresholds,
    SetOperatorState,
    ShowThresholds,
    ThresholdView,
)
from workstation.traces import name_of
from workstation.views import moment, moment_or_none


# ── thresholds ───────────────────────────────────────────────────────────────────────────────
async def show(desk: Desk, person: Person, args: ShowThresholds) -> dict[str, object]:
    async with desk.store.read() as tx:
        saved = await stored.newest(tx)
        crossings = await stored.since(tx, today(desk))
    return _shown(desk, saved) | {"crossings": [crossing_view(one) for one in crossings]}


def today(desk: Desk) -> datetime:
    """When the company's day began."""
    return datetime.combine(desk.clock().astimezone(desk.zone).date(), time(), desk.zone)


def _shown(desk: Desk, saved: Saved | None) -> dict[str, object]:
    return {"thresholds": list(desk.alarms.rules) if saved is None
            else msgspec.convert(saved.rules, list[ThresholdView]),
            "version": saved.version if saved is not None else 0,
            "by": saved.by if saved is not None else "",
            "at": moment_or_none(saved.at if saved is not None else None)}


def crossing_view(one: Crossing) -> CrossingView:
    return msgspec.convert({
        "queue": one.queue, "figure": one.figure, "level": one.level, "bound": one.bound,
        "at": moment(one.at), "ended_at": moment_or_none(one.ended_at)}, CrossingView)


async def save(desk: Desk, person: Person, args: SaveThresholds) -> dict[str, object]:
    """They count from the next beat of the floor on."""
    thresholds.check(args.thresholds, desk.queues)
    rules = [msgspec.to_builtins(one) for one in args.thresholds]
    async with desk.store.begin() as tx:
        version = await stored.save(tx, rules, upon=args.version, by=name_of(person),
                                    at=desk.clock())
    if version > desk.alarms.version:
        desk.alarms.use(args.thresholds, version)
    return await show(desk, person, ShowThresholds())


# ── an operator's state ──────────────────────────────────────────────────────────────────────
async def set_state(desk: Desk, person: Person, args: SetOperatorState) -> dict[str, object]:
    """Written down before it happens; he is told who did it and why."""
    colleague = desk.accounts.by_operator.get(args.operator)
    if colleague is None:
        raise NotThere("operator")
    if not has_in_team(person, colleague) and person.role != "administrator":
        raise NotAllowed(f"{colleague.name} is not of your team")
    wish = SetState(state=args.state, reason=args.reason)
    presence.check(desk, wish)
    why = " ".join(args.why.split())
    async with desk.store.begin() as tx:
        await audit.record(tx, by=name_of(person), at=desk.clock(), what="operator.state", facts={
            "operator": args.operator, "state": args.state, "reason": args.reason, "why": why})
    await presence.choose(desk.at(desk.sites.of_operator(args.operator)), colleague, wish)
    notices.tell(desk.board, f"state_{args.state}", f"{person.name}: {why}", [args.operator])
    return {}
