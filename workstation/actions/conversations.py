"""The operator's own conversations: whose it is, identity, draft, outcome."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from campaigns import steering
from crm_store import (
    audit,
    clients,
    drafts,
    duplicates,
    identity,
    interactions,
    phones,
)
from crm_store.base import Tx
from crm_store.card_numbers import masked
from crm_store.interactions import SegmentFacts
from workstation import views
from workstation.background import Wanted
from workstation.desk import Desk
from workstation.errors import NotThere, Refused
from workstation.policy import Person
from workstation.protocol import (
    ChooseClient,
    ConfirmIdentity,
    ConversationView,
    ExtendWrapUp,
    Finish,
    NewClient,
)
from workstation.wrap_up import Wish

NOTE_LIMIT = 20_000
NAME_LIMIT = 200
STORED_WITHIN_S = 10.0


def own(desk: Desk, person: Person, conversation: int) -> ConversationView:
    """His conversation. Raises NotThere, also for other people's."""
    view = desk.conversations.find(person.operator, conversation)
    if view is None:
        raise NotThere("conversation")
    return view


async def interaction_of(desk: Desk, view: ConversationView) -> int:
    """The stored contact of his conversation; its row may be some milliseconds behind the pop.
    Raises Refused when the journal cannot store it for now."""
    try:
        async with asyncio.timeout(STORED_WITHIN_S):
            return await desk.journal.interaction(view.call)
    except TimeoutError:
        raise Refused("not_stored", "The call is not stored yet; try again.",
                      desk.journal.failing, 503) from None


def his_call(desk: Desk, person: Person, conversation: int) -> ConversationView:
    """The same, of a call he has or had: one he missed is a colleague's by now."""
    view = own(desk, person, conversation)
    if view.state == "missed":
        raise Refused("missed", "You missed this call; it is a colleague's.", "", 409)
    return view


async def choose(desk: Desk, person: Person, args: ChooseClient) -> dict[str, object]:
    view = his_call(desk, person, args.conversation)
    interaction = await interaction_of(desk, view)
    async with desk.store.begin() as tx:
        if args.client_id is not None:
            await clients.card(tx, args.client_id)
        await interactions.choose_client(tx, interaction, args.client_id, by=person.operator,
                                         at=desk.clock())
    await show_client(desk, person, view, args.client_id, identity_is="unknown")
    return {}


async def new_client(desk: Desk, person: Person, args: NewClient) -> dict[str, object]:
    view = his_call(desk, person, args.conversation)
    name = " ".join(args.name.split())
    if not 1 <= len(name) <= NAME_LIMIT:
        raise Refused("name_missing", "A client needs a name.", "1 to 200 letters", 422)
    interaction = await interaction_of(desk, view)
    now = desk.clock()
    async with desk.store.begin() as tx:
        client_id = await clients.create(
            tx, name=name, kind=args.kind, number=number_of(desk, view), by=person.operator,
            at=now, time_zone=desk.settings.company.time_zone)
        await duplicates.look_at(tx, [client_id], found_by="operator", at=now)
        await interactions.choose_client(tx, interaction, client_id, by=person.operator, at=now)
    await show_client(desk, person, view, client_id, identity_is="unknown")
    return {"client_id": client_id}


async def confirm_identity(desk: Desk, person: Person, args: ConfirmIdentity) -> dict[str, object]:
    view = his_call(desk, person, args.conversation)
    if view.client_id is None:
        raise Refused("no_client", "Choose the client first.", "", 409)
    if args.confirmed:
        interaction = await interaction_of(desk, view)
        async with desk.store.begin() as tx:
            await identity.confirm(tx, view.client_id, number_of(desk, view), by=person.operator,
                                   at=desk.clock(), interaction_id=interaction)
    await show_client(desk, person, view, view.client_id,
                      identity_is="confirmed" if args.confirmed else "refused")
    return {}


async def finish(desk: Desk, person: Person, args: Finish) -> dict[str, object]:
    view = his_call(desk, person, args.conversation)
    if view.state != "wrap_up":
        raise Refused("still_talking", "The call is not over yet.", "", 409)
    _check_outcome(view, args)
    interaction = await interaction_of(desk, view)
    now = desk.clock()

    async def work(tx: Tx) -> None:
        attempt = await interactions.set_disposition(
            tx, interaction, outcome_id=args.disposition, note=masked(args.note),
            by=person.operator, at=now)
        await drafts.finish(tx, interaction, person.operator, at=now)
        await _add_wrap_up(tx, desk, view, interaction, now)
        await audit.record(tx, by=person.operator, at=now, what="contact.outcome",
                           client_id=view.client_id,
                           facts={"contact": interaction, "outcome": args.disposition})
        if attempt is not None:
            await steering.record_disposition(tx, attempt, args.disposition,
                                              by=person.operator, at=now)

    await desk.store.write(work)
    desk.conversations.change(person.operator, view.call, state="done")
    counting = desk.wrap_up.counting(person.operator)
    reason = desk.settings.pause_reasons[0] if desk.settings.pause_reasons else "paused"
    wish = Wish(True, reason) if args.then == "paused" else None
    if counting is not None and counting.call == view.call:
        await desk.wrap_up.finish(person.operator, wish)
    elif wish is not None:      # its time is over already
        await desk.wrap_up.want(person.operator, wish)
    return {}


async def extend(desk: Desk, person: Person, args: ExtendWrapUp) -> dict[str, object]:
    view = own(desk, person, args.conversation)
    until, again = desk.wrap_up.extend(person.operator, view.call), None
    if until is None and view.state == "wrap_up":
        again = desk.wrap_up.begin_again(person.operator, view.call)
        until = again.until if again is not None else None
    if until is None:
        raise Refused("no_wrap_up", "No wrap-up is being counted for this call.")
    desk.conversations.change(person.operator, view.call, wrap_up_until=views.moment(until))
    if again is not None:
        await desk.wrap_up.hold(person.operator, again)
    return {"until": views.moment(until)}


async def show_client(desk: Desk, person: Person, view: ConversationView, client_id: int | None,
                      *, identity_is: str) -> None:
    """Put a client's card and timeline into a conversation, masked until identity is ticked."""
    wanted = Wanted(call=view.call, operator=person.operator, language=person.locale,
                    number=view.number, queue=view.queue or None, hint=None, attempt=None,
                    now=desk.clock(), entry=_entry_of(desk, view), menu_path=view.menu_path,
                    campaign=view.campaign)
    async with desk.store.read() as tx:
        fields: dict[str, Any] = await desk.background.of_client(
            tx, client_id, view.candidates, wanted, masked=identity_is != "confirmed")
    changed = desk.conversations.change(person.operator, view.call, identity=identity_is,
                                        **fields)
    if changed is not None:
        desk.pops.remember(changed)


def _entry_of(desk: Desk, view: ConversationView) -> str:
    live = desk.floor.calls.get(view.call)
    return (live.entry if live is not None else None) or ""


def number_of(desk: Desk, view: ConversationView) -> str | None:
    """The other party's number in E.164, None for a hidden one."""
    return phones.normalise(view.number, region=desk.settings.company.region).e164


def _check_outcome(view: ConversationView, args: Finish) -> None:
    chosen = next((item for item in view.dispositions if item.id == args.disposition), None)
    if chosen is None:
        raise Refused("outcome_missing", "Choose an outcome.", args.disposition, 422)
    if chosen.needs_note and not args.note.strip():
        raise Refused("note_missing", "This outcome needs a note.", chosen.name, 422)
    if len(args.note) > NOTE_LIMIT:
        raise Refused("too_long", "This is too long to be kept.", f"{NOTE_LIMIT} letters", 422)


async def _add_wrap_up(tx: Tx, desk: Desk, view: ConversationView, interaction: int,
                       now: datetime) -> None:
    counting = desk.wrap_up.counting(view.operator)
    if counting is not None and counting.call == view.call and counting.began_at < now:
        await interactions.add_segments(tx, interaction, (SegmentFacts(
            kind="wrap_up", started_at=counting.began_at, ended_at=now, who=view.operator),))
