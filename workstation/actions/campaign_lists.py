"""Making campaigns and their lists."""

from __future__ import annotations

from dataclasses import asdict

from campaigns import choosing, debtor_rows, importer, lawful, plans, steering
from campaigns.choosing import Source
from campaigns.pacing import Pacing
from campaigns.rule_files import DEFAULT, REHEARSAL, rule_set
from crm_store import custom_fields
from crm_store.selections import Condition, SelectionInvalid
from workstation.actions import campaigns
from workstation.desk import Desk
from workstation.errors import Refused
from workstation.policy import Person
from workstation.protocol.campaign_lists import (
    AddToList,
    ConditionShape,
    CountList,
    FillList,
    ImportList,
    MakeCampaign,
    RemoveFromList,
)
from workstation.rehearsal.marker import rehearses


def _who(person: Person) -> str:
    return person.operator or person.login


async def make(desk: Desk, person: Person, args: MakeCampaign) -> dict[str, object]:
    if args.queue not in desk.queues:
        raise Refused("campaign_refused", "The campaign cannot be steered like this.",
                      f"there is no queue {args.queue[:40]!r}", 422)
    with campaigns.said():
        law = tuple(args.law) or _usual_law(desk)
        lawful.check_trunk(rule_set(law), _trunk(desk), rehearses=rehearses(desk.settings))
        async with desk.store.begin() as tx:
            made = await steering.create(
                tx, args.name.strip(), queue=args.queue, by=_who(person), at=desk.clock(),
                law=law, plan=plans.NAMED[args.retries], ring_s=args.ring_s,
                caller_id=args.caller_id or None, pacing=Pacing(args.pacing),
                menu=args.menu or None)
    await campaigns.show_all(desk)
    return {"campaign": made}


def _trunk(desk: Desk) -> str:
    return desk.settings.pbx.trunk.rpartition(":")[0]


def _usual_law(desk: Desk) -> tuple[str, ...]:
    """Beside a demo, whose debtors are synthetic, the rehearsal's; else the strict ones."""
    if rehearses(desk.settings) and lawful.is_loopback(_trunk(desk)):
        return (REHEARSAL,)
    return DEFAULT


async def count(desk: Desk, person: Person, args: CountList) -> dict[str, object]:
    try:
        return {"count": await choosing.count(
            desk.store, _conditions(args.conditions), await _source(desk), now=desk.clock())}
    except SelectionInvalid as exc:
        raise _invalid(exc) from exc


async def fill(desk: Desk, person: Person, args: FillList) -> dict[str, object]:
    try:
        with campaigns.said():
            added = await choosing.fill(
                desk.store, args.campaign, _conditions(args.conditions), await _source(desk),
                by=_who(person), now=desk.clock())
    except SelectionInvalid as exc:
        raise _invalid(exc) from exc
    finally:
        await campaigns.show_all(desk)
    return {"added": added}


async def add(desk: Desk, person: Person, args: AddToList) -> dict[str, object]:
    source = await _source(desk)
    with campaigns.said():
        async with desk.store.begin() as tx:
            entry = await choosing.add(tx, args.campaign, args.client_id, args.reason, source,
                                       by=_who(person), now=desk.clock())
    await campaigns.show_all(desk)
    return {"entry": entry}


async def remove(desk: Desk, person: Person, args: RemoveFromList) -> dict[str, object]:
    with campaigns.said():
        async with desk.store.begin() as tx:
            await choosing.remove(tx, args.entry, args.reason, by=_who(person), now=desk.clock())
    await campaigns.show_all(desk)
    return {}


async def import_list(desk: Desk, person: Person, args: ImportList) -> dict[str, object]:
    company = desk.settings.company
    plan = importer.ImportPlan(
        region=company.region, time_zone=company.time_zone, currency=company.currency,
        source="import:campaign", unknown=args.unknown)
    try:
        with campaigns.said():
            done = await importer.import_sheet(
                desk.store, args.campaign, debtor_rows.read(args.text.encode()), plan,
                by=_who(person), at=desk.clock())
    except debtor_rows.UnreadableList as exc:
        raise Refused("list_unreadable", "This is no list of debtors.", str(exc), 422) from exc
    finally:
        await campaigns.show_all(desk)
    return {"listed": done.listed, "joined": done.joined, "clients_made": done.clients_made,
            "problems": [asdict(one) for one in done.problems]}


def _conditions(shapes: list[ConditionShape]) -> list[Condition]:
    return [Condition(one.field, one.op, one.value) for one in shapes]


async def _source(desk: Desk) -> Source:
    async with desk.store.read() as tx:
        fields = await custom_fields.defined(tx)
    return Source({one.key: one.kind for one in fields}, desk.settings.company.time_zone)


def _invalid(exc: SelectionInvalid) -> Refused:
    return Refused("condition_invalid", "This condition cannot be read.", str(exc), 422)
