"""Fields that administrators define: there for everybody at the next look at a card."""

from __future__ import annotations

from crm_store import custom_fields
from crm_store.errors import Conflict, ValueInvalid
from workstation import card_views
from workstation.card_edits import Wrong
from workstation.desk import Desk
from workstation.errors import Refused
from workstation.policy import Person
from workstation.protocol import AlterField, DefineField, FieldShape, ListFields, RetireField

# where a code that the store gives belongs in the form
_PLACES = {"bad_key": "key", "label_missing": "label", "choices_missing": "choices",
           "too_many_choices": "choices", "no_currency": "currency", "target_missing": "refers_to",
           "kind_fixed": "kind", "too_many_fields": "label"}


async def listing(desk: Desk, person: Person, args: ListFields) -> dict[str, object]:
    async with desk.store.read() as tx:
        fields = await custom_fields.defined(tx, with_retired=args.retired)
    return {"fields": [card_views.field(one) for one in fields]}


async def define(desk: Desk, person: Person, args: DefineField) -> dict[str, object]:
    key = args.key.strip() or custom_fields.key_of(args.shape.label)
    try:
        async with desk.store.begin() as tx:
            made = await custom_fields.define(
                tx, key, shape_of(args.shape, desk.settings.company.currency),
                by=person.operator or person.login, at=desk.clock())
    except ValueInvalid as exc:
        raise wrong(exc) from exc
    except Conflict as exc:
        raise Wrong({"key": "key_taken"}) from exc
    return {"field": card_views.field(made)}


async def alter(desk: Desk, person: Person, args: AlterField) -> dict[str, object]:
    try:
        async with desk.store.begin() as tx:
            made = await custom_fields.alter(
                tx, args.key, shape_of(args.shape, desk.settings.company.currency),
                version=args.version, by=person.operator or person.login, at=desk.clock())
    except ValueInvalid as exc:
        raise wrong(exc) from exc
    return {"field": card_views.field(made)}


async def retire(desk: Desk, person: Person, args: RetireField) -> dict[str, object]:
    async with desk.store.begin() as tx:
        await custom_fields.retire(tx, args.key, version=args.version,
                                   by=person.operator or person.login, at=desk.clock())
    return {}


def shape_of(asked: FieldShape, currency: str) -> custom_fields.Shape:
    """`currency` is the company's, for sums where no other was chosen."""
    choices = tuple(" ".join(choice.split()) for choice in asked.choices)
    return custom_fields.Shape(
        label=" ".join(asked.label.split()), kind=asked.kind,
        choices=tuple(choice for choice in choices if choice),
        currency=asked.currency.strip().upper() or currency, refers_to=asked.refers_to or None,
        is_searchable=asked.searchable, is_sensitive=asked.sensitive,
        place=max(-10_000, min(10_000, asked.place)))


def wrong(error: ValueInvalid) -> Refused:
    return Wrong({_PLACES.get(error.code, "label"): error.code})
