"""Whether a number may be dialled by hand, and which number its owner sees then."""

from __future__ import annotations

from dataclasses import dataclass

from campaigns import by_hand
from campaigns.rule_files import RuleFileError
from campaigns.rules import Verdict
from crm_store import by_hand as stored
from crm_store import phones
from crm_store.base import Tx
from workstation.desk import Desk
from workstation.errors import NotThere, Refused
from workstation.policy import Person
from workstation.protocol import ConversationView
from workstation.protocol.dialling import (
    AskDialling,
    Dial,
    DiallingView,
    OwnerView,
    ShownView,
)
from workstation.views import moment_or_none, number_label


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is wished, with what the store says of it."""
    e164: str
    owners: list[tuple[int, str]]
    verdict: Verdict | None
    shown: list[ShownView]
    is_strange: bool        # no client has it, and nobody called from it just now


async def preview(desk: Desk, person: Person, args: AskDialling) -> dict[str, object]:
    asked = await _look(desk, person, args, e164_of(desk, args.number))
    refused = asked.verdict
    return {"dialling": DiallingView(
        number=asked.e164, label=number_label(asked.e164), retype=_is_retyped(desk, asked),
        owners=[OwnerView(client_id=key, name=name) for key, name in asked.owners],
        why=refused.why if refused else "", facts=dict(refused.facts) if refused else {},
        until=moment_or_none(refused.until_at) if refused else None, shown=asked.shown)}


async def allowed(desk: Desk, person: Person, args: Dial, e164: str) -> str:
    """The number to show. Raises Refused with the reason."""
    asked = await _look(desk, person, args, e164)
    if asked.verdict is not None:
        raise _refusal(asked.verdict)
    if _is_retyped(desk, asked):
        _check_retyped(desk, args.retyped, e164)
    return asked.shown[0].number


def e164_of(desk: Desk, text: str) -> str:
    """Raises Refused."""
    found = phones.normalise(text, region=desk.settings.company.region)
    if found.e164 is None:
        raise Refused("no_number", "This is no number that can be dialled.", text[:40], 422)
    return found.e164


def _check_retyped(desk: Desk, text: str, e164: str) -> None:
    if not text.strip():
        raise Refused("retype_needed", "No client has this number: type it once more.",
                      number_label(e164), 409)
    again = phones.normalise(text, region=desk.settings.company.region)
    if again.e164 != e164:
        raise Refused("retype_differs", "The numbers differ.", text[:40], 422)


def _refusal(verdict: Verdict) -> Refused:
    facts = dict(verdict.facts) | {"why": verdict.why,
                                   "until": moment_or_none(verdict.until_at)}
    if verdict.why == "suppressed":
        return Refused("suppressed", "This person or number must not be called.",
                       str(verdict.facts.get("because", "")), 409, facts)
    rule = verdict.facts.get("rule", "")
    until = f", allowed from {facts['until']}" if verdict.until_at else ""
    return Refused("unlawful", "The law does not allow this call now.",
                   f"{verdict.why} {rule}{until}".strip(), 409, facts)


def _is_retyped(desk: Desk, asked: _Asked) -> bool:
    policy = desk.settings.dialling.retype
    return policy == "always" or (policy == "unknown" and asked.is_strange)


async def _look(desk: Desk, person: Person, args: AskDialling | Dial, e164: str) -> _Asked:
    view = _conversation(desk, person, args.conversation)
    queue = args.queue or (view.queue if view is not None else "")
    if queue and queue not in desk.queues:
        raise NotThere("queue")
    wish = by_hand.Wish(
        e164=e164, client_id=args.client_id, queue=queue, law=desk.settings.dialling.law,
        zone=desk.settings.company.time_zone, now=desk.clock())
    async with desk.store.read() as tx:
        owners = await stored.owners(tx, e164)
        try:
            verdict = await by_hand.refused(tx, wish)
        except RuleFileError as exc:
            raise Refused("unlawful", "The rules of dialling.law cannot be read.", str(exc),
                          503) from exc
        shown = await _shown(tx, desk, person, queue, view)
    called = {one.number for one in desk.conversations.of(person.operator)}
    return _Asked(e164, owners, verdict, shown, not owners and e164 not in called)


def _conversation(desk: Desk, person: Person,
                  conversation: int | None) -> ConversationView | None:
    """His own. Raises NotThere."""
    if conversation is None:
        return None
    view = desk.conversations.find(person.operator, conversation)
    if view is None:
        raise NotThere("conversation")
    return view


async def _shown(tx: Tx, desk: Desk, person: Person, queue: str,
                 view: ConversationView | None) -> list[ShownView]:
    """The one that is taken first, then the others he may choose."""
    settings, names = desk.settings, desk.queues
    own = ShownView(queue="", name=settings.company.name,
                    number=desk.sites.of_operator(person.operator).pbx.caller_id)
    of_queues = {key: ShownView(queue=key, name=names[key].name, number=number)
                 for key, number in settings.dialling.shown.items() if key in names}
    first = of_queues.get(queue, own)
    if view is not None and view.campaign and (
            number := await stored.shown_by_campaign(tx, view.campaign)):
        first = ShownView(queue=queue, name=view.campaign, number=number)
    his = [one for key, one in of_queues.items() if key in person.queues]
    return [first, *(one for one in (own, *his) if one.number != first.number)]
