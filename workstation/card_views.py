"""A card's parts, its changes and its fields as the protocol's pictures ○."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crm_store.belongings import AddressLink, EmailLink, LatestConsent, PhoneLink, Relation
from crm_store.cards import Account, Card, CustomValue
from crm_store.client_edits import Changed, Place
from crm_store.consents import Consent
from crm_store.custom_values import Field, written
from workstation import protocol
from workstation.views import day_or_none, moment, moment_or_none, number_label


def card(row: Card, others: Sequence[protocol.CandidateView], *,
         masked: bool) -> protocol.CardView:
    return protocol.CardView(
        client_id=row.client_id, kind="organisation" if row.kind == "organisation" else "person",
        name=row.name, language=row.language or "", flags=list(row.flags), tags=list(row.tags),
        phones=[_phone(phone) for phone in row.phones],
        accounts=[_account(account, masked) for account in row.accounts],
        debt_minor=0 if masked else row.debt_minor,
        debt_since=None if masked else day_or_none(row.oldest_debt_on),
        currency=row.currency or "", masked=masked,
        others_on_number=list(others), version=row.version, time_zone=row.time_zone or "",
        source=row.source, merged_into=row.merged_into,
        emails=[email(link) for link in row.emails],
        addresses=[address(link) for link in row.addresses],
        relations=[relation(one) for one in row.relations],
        consents=[consent(one) for one in row.consents],
        custom=[custom(one, masked=masked) for one in row.custom])


def _phone(phone: PhoneLink) -> protocol.PhoneView:
    return protocol.PhoneView(
        e164=phone.e164, label=number_label(phone.e164), source=phone.source,
        confirmed_at=moment_or_none(phone.confirmed_at), confirmed_by=phone.confirmed_by,
        name=phone.label or "", primary=phone.is_primary, trust=phone.trust)


def _account(account: Account, masked: bool) -> protocol.AccountView:
    meters = [protocol.MeterView(
        number=meter.number,
        last_reading=None if meter.last_reading is None else round(meter.last_reading),
        last_read_at=moment_or_none(meter.last_read_at)) for meter in account.meters]
    return protocol.AccountView(
        id=account.id, number=account.number, address=account.address or "", meters=meters,
        balance_minor=0 if masked else account.balance_minor, currency=account.currency)


def email(link: EmailLink) -> protocol.EmailView:
    return protocol.EmailView(
        email=link.email, name=link.label or "", primary=link.is_primary, source=link.source,
        trust=link.trust, confirmed_at=moment_or_none(link.confirmed_at),
        confirmed_by=link.confirmed_by)


def address(link: AddressLink) -> protocol.AddressView:
    place = link.place
    return protocol.AddressView(
        id=link.id, text=in_one_line(place), city=place.city, street=place.street,
        house=place.house, flat=place.flat or "", postcode=place.postcode or "",
        name=link.label or "", primary=link.is_primary, source=link.source, trust=link.trust,
        confirmed_at=moment_or_none(link.confirmed_at), confirmed_by=link.confirmed_by)


def in_one_line(place: Place) -> str:
    parts = (place.postcode, place.city, place.street, place.house, place.flat)
    return ", ".join(part for part in parts if part)


def relation(row: Relation) -> protocol.RelationView:
    return protocol.RelationView(
        id=row.id, client_id=row.client_id, name=row.name, role=row.role,
        calls_for=row.calls_for, note=row.note or "",
        confirmed_at=moment_or_none(row.confirmed_at), confirmed_by=row.confirmed_by)


def consent(row: LatestConsent | Consent) -> protocol.ConsentView:
    return protocol.ConsentView(kind=row.kind, given=row.is_given, channel=row.channel,
                                note=row.note or "", by=row.by, at=moment(row.at))


def custom(row: CustomValue, *, masked: bool) -> protocol.CustomView:
    """A sensitive value or a sum is left out while identity is not ticked."""
    hidden = masked and is_secret(row.field)
    return protocol.CustomView(
        field=field(row.field), value=None if hidden else row.value,
        text="" if hidden else written(row.field, row.value), hidden=hidden)


def is_secret(row: Field) -> bool:
    return row.is_sensitive or row.kind == "money"


def field(row: Field) -> protocol.FieldView:
    return protocol.FieldView(
        key=row.key, label=row.label, kind=row.kind, choices=list(row.choices),
        currency=row.currency or "", refers_to=row.refers_to or "",
        searchable=row.is_searchable, sensitive=row.is_sensitive, place=row.place,
        version=row.version, retired=row.is_retired)


def changes(rows: Sequence[Changed], fields: Sequence[Field], *,
            masked: bool) -> list[protocol.ChangedView]:
    known = {f"custom.{one.key}": one for one in fields}
    return [_changed(row, known, masked=masked) for row in rows]


def _changed(row: Changed, known: Mapping[str, Field], *, masked: bool) -> protocol.ChangedView:
    about = known.get(row.field)
    hidden = masked and about is not None and is_secret(about)
    return protocol.ChangedView(
        version=row.version, field=row.field, label=about.label if about else "",
        before=None if hidden else _told(about, row.before),
        after=None if hidden else _told(about, row.after), hidden=hidden, by=row.by,
        at=moment(row.at))


def _told(about: Field | None, value: Any) -> Any:
    """A custom value as people write it; everything else as it is."""
    return value if about is None or value is None else written(about, value)
