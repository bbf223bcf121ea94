"""Ways to reach a client: numbers, mail, addresses; each a link with source, trust, voucher."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import and_, delete, insert, select, update

from crm_store import errors, naming
from crm_store.base import JSON, Tx
from crm_store.client_edits import AddressEdit, Difference, EmailEdit, PhoneEdit, Place
from crm_store.folding import fold
from crm_store.phones import normalise
from crm_store.tables.billing import Addresses
from crm_store.tables.client_facts import ClientAddresses, ClientEmails
from crm_store.tables.clients import ClientPhones, Phones

Edit: TypeAlias = PhoneEdit | EmailEdit | AddressEdit
_TRUST = {"billing": 70, "operator": 60, "sample": 60, "import": 50, "call": 30}


def trust_of(source: str, *, confirmed: bool = False) -> int:
    """How far a link is believed, 0..100: a confirmed one most, then by where it came from."""
    if confirmed:
        return 95
    return _TRUST.get(source.partition(":")[0], 40)


async def edit_phone(
    tx: Tx, client_id: int, edit: PhoneEdit, *, by: str, at: datetime,
) -> list[Difference]:
    if not edit.is_removed:
        kind = normalise(edit.e164, region="ZZ").kind
        await tx.run(tx.insert(Phones).values(
            e164=edit.e164, kind=kind, reversed=edit.e164[::-1]).on_conflict_do_nothing())
    key = and_(ClientPhones.client_id == client_id, ClientPhones.e164 == edit.e164)
    new = {"e164": edit.e164, "original": edit.original or edit.e164}
    return await _edit(tx, ClientPhones, key, new, client_id, f"phone:{edit.e164}", edit, by, at)


async def edit_email(
    tx: Tx, client_id: int, edit: EmailEdit, *, by: str, at: datetime,
) -> list[Difference]:
    key = and_(ClientEmails.client_id == client_id, ClientEmails.email == edit.email)
    new = {"email": edit.email, "original": edit.original or edit.email}
    return await _edit(tx, ClientEmails, key, new, client_id, f"email:{edit.email}", edit, by, at)


async def edit_address(
    tx: Tx, client_id: int, edit: AddressEdit, *, by: str, at: datetime,
) -> list[Difference]:
    """Another text is another address: the old one may be somebody else's too. Raises
    `NotFound` for a link that is not this client's."""
    if edit.id is None and edit.place is None:
        raise errors.NotFound("address without a place")
    before = await _place_of(tx, client_id, edit.id)
    new: dict[str, Any] = {}
    if edit.place is not None and edit.place != before and not edit.is_removed:
        new["address_id"] = await make_address(tx, edit.place)
    key = and_(ClientAddresses.client_id == client_id, ClientAddresses.id == (edit.id or 0))
    made = await _edit(tx, ClientAddresses, key, new, client_id, "address", edit, by, at)
    return [Difference("address", _with_place(one.before, before),
                       _with_place(one.after, edit.place or before)) for one in made]


async def make_address(tx: Tx, place: Place) -> int:
    """A new address, found by search; its id."""
    facts = {"city": place.city, "street": place.street, "house": place.house, "flat": place.flat}
    key = fold(" ".join(part for part in facts.values() if part))
    made = int(await tx.scalar(insert(Addresses).values(
        **facts, postcode=place.postcode, search_key=key).returning(Addresses.id)))
    await naming.index_addresses(tx, [{"id": made, **facts}])
    return made


async def _place_of(tx: Tx, client_id: int, link_id: int | None) -> Place | None:
    if link_id is None:
        return None
    row = await tx.first(
        select(Addresses.city, Addresses.street, Addresses.house, Addresses.flat,
               Addresses.postcode)
        .join(ClientAddresses, ClientAddresses.address_id == Addresses.id)
        .where(ClientAddresses.id == link_id, ClientAddresses.client_id == client_id))
    if row is None:
        raise errors.NotFound(f"address {link_id}")
    return Place(city=row.city, street=row.street, house=row.house, flat=row.flat,
                 postcode=row.postcode)


def _with_place(facts: JSON, place: Place | None) -> JSON:
    if not isinstance(facts, dict) or place is None:
        return facts
    parts = (place.postcode, place.city, place.street, place.house, place.flat)
    return {"address": ", ".join(part for part in parts if part), **facts}


# ── what links of every kind have in common ──────────────────────────────────────────────────
_TARGETS: dict[Any, Any] = {        # where a link leads to; once a client
    ClientPhones: ClientPhones.e164, ClientEmails: ClientEmails.email,
    ClientAddresses: ClientAddresses.address_id}


async def _edit(
    tx: Tx, table: Any, key: Any, new: dict[str, Any], client_id: int, name: str, edit: Edit,
    by: str, at: datetime,
) -> list[Difference]:
    """Make, change or take away one link; what is different then."""
    target = _TARGETS[table]
    old = await tx.first(select(
        target.label("target"), table.label, table.is_primary, table.source, table.trust,
        table.confirmed_at, table.confirmed_by).where(key))
    if edit.is_removed:
        return await _remove(tx, table, key, client_id, name, old)
    if old is None:
        values = new | await _first_values(tx, table, client_id, edit, by, at)
        await tx.run(insert(table).values(client_id=client_id, **values))
        before, after = None, _facts(values)
    else:
        values = _next_values(old, edit, by, at)
        if target.key in new and new[target.key] != old.target:
            values[target.key] = new[target.key]
        if not values:
            return []
        await tx.run(update(table).where(key).values(**values))
        before, after = _facts(old._asdict()), _facts(old._asdict() | values)
    if values.get("is_primary"):
        here = values.get(target.key, None if old is None else old.target)
        await tx.run(update(table).where(table.client_id == client_id, target != here)
                     .values(is_primary=False))
    return [Difference(name, before, after)]


async def _remove(tx: Tx, table: Any, key: Any, client_id: int, name: str,
                  old: Any) -> list[Difference]:
    """The best of the others becomes the first one, where the first one went."""
    if old is None:
        return []
    await tx.run(delete(table).where(key))
    target = _TARGETS[table]
    if old.is_primary:
        best = await tx.scalar(select(target).where(table.client_id == client_id)
                               .order_by(table.trust.desc(), target).limit(1))
        if best is not None:
            await tx.run(update(table).where(table.client_id == client_id, target == best)
                         .values(is_primary=True))
    return [Difference(name, _facts(old._asdict()), None)]


async def _first_values(tx: Tx, table: Any, client_id: int, edit: Edit, by: str,
                        at: datetime) -> dict[str, Any]:
    is_first = await tx.scalar(
        select(table.client_id).where(table.client_id == client_id).limit(1)) is None
    return {
        "is_primary": is_first if edit.is_primary is None else edit.is_primary,
        "label": edit.label or None, "source": "operator",
        "trust": trust_of("operator", confirmed=edit.is_confirmed), "created_at": at,
        "confirmed_at": at if edit.is_confirmed else None,
        "confirmed_by": by if edit.is_confirmed else None}


def _next_values(old: Any, edit: Edit, by: str, at: datetime) -> dict[str, Any]:
    """Only what is different."""
    values: dict[str, Any] = {}
    if edit.label is not None and (edit.label or None) != old.label:
        values["label"] = edit.label or None
    if edit.is_primary is not None and edit.is_primary != bool(old.is_primary):
        values["is_primary"] = edit.is_primary
    if edit.is_confirmed:
        values |= {"confirmed_at": at, "confirmed_by": by,
                   "trust": trust_of(old.source, confirmed=True)}
    return values


def _facts(values: dict[str, Any]) -> dict[str, JSON]:
    """What a person is told about a link."""
    facts: dict[str, JSON] = {"is_primary": bool(values.get("is_primary"))}
    for name in ("label", "confirmed_by"):
        if values.get(name):
            facts[name] = str(values[name])
    return facts
