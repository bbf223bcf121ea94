"""The operator's own conversations: whose it is, identity, draft, outcome."""

from __future__ import annotations

import asyncio
from typing import Any

from crm_store import (
    clients,
    duplicates,
    identity,
    interactions,
    phones,
)
from workstation.background import Wanted
from workstation.desk import Desk
from workstation.errors import NotThere, Refused
from workstation.policy import Person
from workstation.protocol import (
    ChooseClient,
    ConversationView,
    NewClient,
)

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
    await show_client(desk, person, view, args.client_id, interaction=interaction)
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
    await show_client(desk, person, view, client_id, interaction=interaction)
    return {"client_id": client_id}


async def show_client(desk: Desk, person: Person, view: ConversationView, client_id: int | None,
                      *, identity_is: str = "", interaction: int | None = None) -> None:
    """Put a client's card and timeline into a conversation, masked until identity is ticked.
    What counts of his identity is read, unless it is known (`identity_is`)."""
    wanted = Wanted(call=view.call, operator=person.operator, language=person.locale,
                    number=view.number, queue=view.queue or None, hint=None, attempt=None,
                    now=desk.clock(), entry=_entry_of(desk, view), menu_path=view.menu_path,
                    campaign=view.campaign, interaction=interaction)
    fields: dict[str, Any] = {"identity": identity_is} if identity_is else {}
    async with desk.store.read() as tx:
        if not identity_is:
            said = None if client_id is None else await identity.standing(
                tx, client_id, number_of(desk, view), interaction_id=interaction,
                since=desk.background.counts_since(wanted.now))
            fields = desk.background.identity(said, wanted)
        fields |= await desk.background.of_client(
            tx, client_id, view.candidates, wanted, masked=fields["identity"] != "confirmed")
    changed = desk.conversations.change(person.operator, view.call, **fields)
    if changed is not None:
        desk.pops.remember(changed)


def _entry_of(desk: Desk, view: ConversationView) -> str:
    live = desk.floor.calls.get(view.call)
    return (live.entry if live is not None else None) or ""


def number_of(desk: Desk, view: ConversationView) -> str | None:
    """The other party's number in E.164, None for a hidden one."""
    return phones.normalise(view.number, region=desk.settings.company.region).e164
