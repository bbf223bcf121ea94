"""Steering a campaign's pace, its forecast before the start, its figures over time."""

from __future__ import annotations

from datetime import datetime, time

from campaigns import outlook, steering
from campaigns.pacing import Pacing
from campaigns.rule_files import rule_set
from campaigns.watching import DEFAULT_CAP
from crm_store import campaigns as rows
from crm_store import claims
from workstation.actions import campaigns
from workstation.desk import Desk
from workstation.policy import Person
from workstation.protocol import CampaignArgs
from workstation.protocol.campaigns import Again, Outlook, Pace
from workstation.views import moment, moment_or_none


async def pace(desk: Desk, person: Person, args: Pace) -> dict[str, object]:
    with campaigns.said():
        async with desk.store.begin() as tx:
            await steering.set_pace(tx, args.campaign, Pacing(args.pacing), lines_max=args.lines,
                                    by=person.operator or person.login, at=desk.clock())
    await campaigns.show_all(desk)
    return {}


async def again(desk: Desk, person: Person, args: Again) -> dict[str, object]:
    """A draft of the unreached; its id."""
    with campaigns.said():
        async with desk.store.begin() as tx:
            made = await steering.again(tx, args.campaign, args.name.strip(),
                                        by=person.operator or person.login, at=desk.clock())
    await campaigns.show_all(desk)
    return {"campaign": made}


async def forecast(desk: Desk, person: Person, args: Outlook) -> dict[str, object]:
    with campaigns.said():
        told, looked = await outlook.rehearse(
            desk.store, args.campaign, operators=args.operators, lines=args.lines,
            zone=desk.zone, now=desk.clock())
    return {"entries": looked.entries, "impossible": looked.impossible,
            "because": [list(one) for one in looked.because],
            "dials_per_hour": told.dials_per_hour, "drop_share": told.drop_share,
            "talk_min_per_hour": round(told.talk_min_per_hour, 1),
            "days": [{"day": one.day.isoformat(), "dials": one.dials, "tried": one.tried}
                     for one in told.days[:14]],
            "tried_on": None if told.tried_on is None else told.tried_on.isoformat(),
            "ends_on": None if told.ends_on is None else told.ends_on.isoformat()}


async def progress(desk: Desk, person: Person, args: CampaignArgs) -> dict[str, object]:
    """Tried and reached over time, the pace, the day's drops against their cap."""
    now = desk.clock()
    today = now.astimezone(desk.zone).date()
    midnight = datetime.combine(today, time(), desk.zone)
    async with desk.store.read() as tx:
        row = await rows.get(tx, args.campaign)
        points, tried = await outlook.curves(tx, args.campaign)
        answered, dropped = await claims.answered_and_dropped(tx, args.campaign, since=midnight)
        size = (await steering.coverage(tx, args.campaign)).size
    ends = (None if row.state != "running" or not points
            else outlook.ends_at(tried, size, points[0][0], now))
    return {"pacing": row.pacing, "lines_max": row.lines_max, "tried": tried, "size": size,
            "answered_today": answered, "dropped_today": dropped,
            "cap": rule_set(row.law).drop_ceiling(today) or DEFAULT_CAP,
            "ends_at": moment_or_none(ends), "facts": dict(row.step_facts),
            "points": [{"at": moment(at), "tried": one, "reached": other}
                       for at, one, other in points]}
