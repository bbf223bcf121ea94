"""Changing a card, and who changed what."""

from __future__ import annotations

from collections.abc import Iterable

from crm_store import clients, consents, custom_fields, editing, errors
from crm_store.base import Tx
from crm_store.custom_values import Field
from workstation import card_edits, card_views
from workstation.actions.clients import is_masked
from workstation.background import card_view
from workstation.desk import Desk
from workstation.errors import NotAllowed, Refused, Unreadable
from workstation.policy import Person
from workstation.protocol import CardView, ChangeClient, ClientEdit, ClientHistory

VERSIONS_A_PAGE = 50


async def change(desk: Desk, person: Person, args: ChangeClient) -> dict[str, object]:
    """Save an edit upon the version it was made on; every screen that shows the card follows."""
    masked = is_masked(desk, person, args.client_id)
    try:
        async with desk.store.begin() as tx:
            await save(tx, desk, person, args, masked=masked)
    except errors.Stale as stale:
        raise await _stale(desk, args.client_id, stale, masked=masked) from stale
    shown = await _card(desk, args.client_id, masked=masked)
    await show(desk, args.client_id)
    return {"card": shown}


async def save(tx: Tx, desk: Desk, person: Person, args: ChangeClient, *, masked: bool) -> int:
    """In a transaction that is open; the new version. Raises what `editing.change` raises."""
    fields = await custom_fields.defined(tx)
    _check_hidden(args.changes, fields, masked=masked)
    changes = card_edits.read(args.changes, fields, desk.settings.company.region)
    try:
        return await editing.change(tx, args.client_id, version=args.version, changes=changes,
                                    by=person.operator or person.login, at=desk.clock())
    except errors.NotFound as exc:
        if any(str(one.other_id) in exc.detail for one in changes.relations if one.other_id):
            raise card_edits.Wrong({"relations": "no_client"}) from exc
        raise


async def history(desk: Desk, person: Person, args: ClientHistory) -> dict[str, object]:
    """Newest first; `cursor` is the version where the last page ended."""
    before = _version(args.cursor)
    masked = is_masked(desk, person, args.client_id)
    async with desk.store.read() as tx:
        await clients.card(tx, args.client_id)
        rows = await editing.history(tx, args.client_id, before=before, limit=VERSIONS_A_PAGE)
        fields = await custom_fields.defined(tx, with_retired=True)
        given = await consents.history(tx, args.client_id) if before is None else []
    versions = {row.version for row in rows}
    return {"changes": card_views.changes(rows, fields, masked=masked),
            "cursor": str(min(versions)) if len(versions) == VERSIONS_A_PAGE else None,
            "consents": [card_views.consent(one) for one in given]}


def _version(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    if not cursor.isascii() or not cursor.isdecimal() or len(cursor) > 18:
        raise Unreadable("unknown cursor")
    return int(cursor)


def _check_hidden(edit: ClientEdit, fields: Iterable[Field], *, masked: bool) -> None:
    """What one may not see one does not overwrite."""
    hidden = {field.key for field in fields if card_views.is_secret(field)} if masked else set()
    if hidden & set(edit.custom):
        raise NotAllowed("tick the identity first: " + ", ".join(hidden & set(edit.custom)))


async def _stale(desk: Desk, client_id: int, stale: errors.Stale, *, masked: bool) -> Refused:
    """What the second one is told: what changed, by whom, when; and the card as it is now."""
    since = [one for one in stale.since if isinstance(one, editing.Changed)]
    async with desk.store.read() as tx:
        fields = await custom_fields.defined(tx, with_retired=True)
    told = card_views.changes(since, fields, masked=masked)
    names = ", ".join(sorted({one.field for one in told}))
    return Refused(
        "stale", "Somebody else saved this card meanwhile.", names, 409,
        {"version": stale.stored_version, "changes": told,
         "card": await _card(desk, client_id, masked=masked)})


async def _card(desk: Desk, client_id: int, *, masked: bool) -> CardView:
    async with desk.store.read() as tx:
        return await card_view(tx, client_id, [], masked=masked)


async def show(desk: Desk, client_id: int) -> None:
    """The card as it is now, in every conversation that shows it."""
    for view in desk.conversations.everything():
        if view.client_id != client_id or view.card is None:
            continue
        async with desk.store.read() as tx:
            shown = await card_view(tx, client_id, view.candidates, masked=view.card.masked)
        now = desk.conversations.of_call(view.operator, view.call)
        if now is not None and now.client_id == client_id:
            changed = desk.conversations.change(view.operator, view.call, card=shown)
            if changed is not None:
                desk.pops.remember(changed)


