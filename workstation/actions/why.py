"""Why is this client not called? By the dialler's own rules, asked now."""

from __future__ import annotations

from campaigns import by_hand, steering
from campaigns.rule_files import RuleFileError
from crm_store import restraints, why_called
from workstation.desk import Desk
from workstation.errors import Refused
from workstation.policy import Person
from workstation.protocol.why import EntryWhyView, NumberWhyView, WhyNotCalled
from workstation.views import moment_or_none, number_label


async def not_called(desk: Desk, person: Person, args: WhyNotCalled) -> dict[str, object]:
    async with desk.store.read() as tx:
        found = await restraints.phones_of_client(tx, args.client_id)
        try:
            verdicts = {number: await by_hand.refused(tx, by_hand.Wish(
                e164=number, client_id=args.client_id, queue="", law=desk.settings.dialling.law,
                zone=desk.settings.company.time_zone, now=desk.clock())) for number in found}
        except RuleFileError as exc:
            raise Refused("unlawful", "The rules of dialling.law cannot be read.", str(exc),
                          503) from exc
        entries = [EntryWhyView(
            campaign=one.campaign, running=one.campaign_state == "running", state=one.state,
            sentence=await steering.why_not_called(tx, one.entry))
            for one in await why_called.entries(tx, args.client_id)]
    numbers = [NumberWhyView(
        number=number, label=number_label(number), why=verdict.why if verdict else "",
        facts=dict(verdict.facts) if verdict else {},
        until=moment_or_none(verdict.until_at) if verdict else None)
        for number, verdict in verdicts.items()]
    return {"numbers": numbers, "entries": entries}
