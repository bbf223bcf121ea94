"""Cards before calls on the operators' screens: shown, dialled, skipped."""

from __future__ import annotations

from campaigns import picking, previewing, settling
from campaigns.previewing import CardGone
from campaigns.rules import Verdict
from crm_store import campaigns as rows
from crm_store import claims
from crm_store import dial_cards as stored
from cti.errors import CommandRefused, CtiError, LinkDown, NotSendable
from workstation.actions import campaigns
from workstation.desk import Desk
from workstation.errors import Refused
from workstation.policy import Person
from workstation.protocol.dial_cards import DialCard, PreviewView, SkipCard
from workstation.views import moment, moment_or_none, number_label

NOTE_LEAST = 3          # letters of a reason that is none of ours
_OF_CARD = frozenset({"card_gone", "campaign_rests"})


async def show_all(desk: Desk) -> None:
    """Each card on its operator's screens, and nobody else's."""
    async with desk.board_turns["previews"]:
        async with desk.store.read() as tx:
            held = await stored.held(tx)
        desk.board.replace_own("previews", [
            (card.operator, str(card.attempt), _view(card)) for card in held])


def _view(card: stored.DialCard) -> PreviewView:
    return PreviewView(
        id=card.attempt, campaign=card.campaign, client_id=card.client_id,
        client_name=card.client_name, number=card.e164, number_label=number_label(card.e164),
        debt_minor=card.debt_minor, currency=card.currency, tries=card.tries,
        last=card.last or "", since=moment(card.since), until=moment(card.until),
        asked=card.is_asked)


async def dial(desk: Desk, person: Person, args: DialCard) -> dict[str, object]:
    live = desk.operator(person)
    if live is not None and live.call is not None:
        raise Refused("in_a_call", "You are in a call.")
    if live is None or not live.registered:
        raise Refused("phone_unreachable", "Your phone cannot be reached.")
    attempt = await _taken(desk, person, args.card)
    desk.pops.dialled[(person.operator, attempt.e164)] = attempt.client_id
    try:
        await desk.commands.dial_card(desk.interface(person.operator), attempt.id,
                                      attempt.channel_id, attempt.e164)
    except (CommandRefused, LinkDown, NotSendable):
        desk.pops.dialled.pop((person.operator, attempt.e164), None)
        await _give_back(desk, attempt)
        raise
    except CtiError:        # unclear: its time decides, unless the gate is asked meanwhile
        desk.pops.dialled.pop((person.operator, attempt.e164), None)
        raise
    await show_all(desk)
    return {}


async def _taken(desk: Desk, person: Person, card: int) -> claims.AttemptRow:
    """Committed as his to dial. Raises Refused; what the law said is in the ledger then."""
    now = desk.clock()
    try:
        with campaigns.said():
            async with desk.store.begin() as tx:
                return await previewing.dial(tx, card, person.operator, now=now)
    except CardGone as gone:
        if gone.why not in _OF_CARD:
            await _turn_down(desk, card, gone)
        await show_all(desk)
        raise _refusal(gone) from gone


async def _turn_down(desk: Desk, card: int, gone: CardGone) -> None:
    now = desk.clock()
    async with desk.store.begin() as tx:
        attempt = await claims.locked(tx, card)
        if not await claims.void(tx, card, f"law_{gone.why}", now=now):
            return
        entry = await rows.entry(tx, attempt.entry_id)
        if entry.state == "being_tried":
            await picking.turn_down(
                tx, entry, Verdict(False, gone.why, gone.until_at, gone.facts), now)


def _refusal(gone: CardGone) -> Refused:
    if gone.why in _OF_CARD:
        return Refused("card_gone", "This card is not yours any more.", gone.why, 409)
    facts = {**gone.facts, "why": gone.why, "until": moment_or_none(gone.until_at)}
    return Refused("unlawful", "The law does not allow this call now.", gone.why, 409, facts)


async def _give_back(desk: Desk, attempt: claims.AttemptRow) -> None:
    async with desk.store.begin() as tx:
        await settling.give_back(tx, attempt, "never_dialled", now=desk.clock())


async def skip(desk: Desk, person: Person, args: SkipCard) -> dict[str, object]:
    note = " ".join(args.note.split())
    if args.reason == "other" and len(note) < NOTE_LEAST:
        raise Refused("note_missing", "Say why, in a few words.", "", 422,
                      {"needed": NOTE_LEAST, "letters": len(note)})
    try:
        async with desk.store.begin() as tx:
            await previewing.skip(tx, args.card, person.operator, args.reason, note,
                                  now=desk.clock())
    except CardGone as gone:
        raise _refusal(gone) from gone
    finally:
        await show_all(desk)
    return {}
