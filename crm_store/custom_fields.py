"""Fields an administrator defines: read by everything that shows, finds, imports or exports a
client, from the table and at once; nothing of them is kept in a process."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from anyascii import anyascii
from sqlalchemy import ColumnElement, and_, delete, func, select, update

from crm_store import audit, errors
from crm_store.base import JSON, Tx
from crm_store.custom_values import (
    Field,
    FieldKind,
    Target,
    Value,
    decimals,
    found_by,
    parse,
    written,
)
from crm_store.errors import ValueInvalid
from crm_store.folding import words
from crm_store.prepared import Prepared
from crm_store.tables.billing import Accounts
from crm_store.tables.client_facts import CustomFields, CustomWords
from crm_store.tables.clients import Clients
from crm_store.tables.requests import Requests

__all__ = [
    "KEY", "Field", "FieldKind", "Found", "Shape", "Target", "Value", "alter", "decimals",
    "define", "defined", "find", "key_of", "one", "parse", "put_words", "retire", "word_rows",
    "written",
]

KEY = re.compile(r"^[a-z][a-z0-9_]{0,39}$")
_LAST_SIGN = "\U0010ffff"       # sorts after every other character, bytewise
_MOST = 200                     # fields; a card with more is no card
LABEL_LIMIT, CHOICE_LIMIT, CHOICES_LIMIT = 80, 120, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What an administrator says of a field. `key` and `kind` cannot change once there are
    values; the others can."""
    label: str
    kind: FieldKind
    choices: tuple[str, ...] = ()
    currency: str | None = None
    refers_to: Target | None = None
    is_searchable: bool = True
    is_sensitive: bool = False
    place: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """A client found by a custom value."""
    client_id: int
    name: str
    kind: str
    label: str
    matched: str


_COLUMNS = (
    CustomFields.id, CustomFields.key, CustomFields.label, CustomFields.kind,
    CustomFields.choices, CustomFields.currency, CustomFields.refers_to,
    CustomFields.is_searchable, CustomFields.is_sensitive, CustomFields.place,
    CustomFields.version, CustomFields.retired_at)
DEFINED = Prepared(
    select(*_COLUMNS).where(CustomFields.retired_at.is_(None))
    .order_by(CustomFields.place, CustomFields.id).limit(_MOST))


def of_row(row: Any) -> Field:
    return Field(
        id=row.id, key=row.key, label=row.label, kind=row.kind, choices=tuple(row.choices),
        currency=row.currency, refers_to=row.refers_to, is_searchable=bool(row.is_searchable),
        is_sensitive=bool(row.is_sensitive), place=row.place, version=row.version,
        is_retired=row.retired_at is not None)


async def defined(tx: Tx, *, with_retired: bool = False) -> tuple[Field, ...]:
    """The fields, in the order the card shows them."""
    if not with_retired:
        return tuple(of_row(row) for row in await tx.fetch(DEFINED))
    rows = await tx.all(select(*_COLUMNS).order_by(
        CustomFields.retired_at.is_not(None), CustomFields.place, CustomFields.id))
    return tuple(of_row(row) for row in rows)


async def one(tx: Tx, key: str) -> Field:
    """Raises `NotFound`."""
    row = await tx.first(select(*_COLUMNS).where(CustomFields.key == key))
    if row is None:
        raise errors.NotFound(f"field {key}")
    return of_row(row)


async def define(tx: Tx, key: str, shape: Shape, *, by: str, at: datetime) -> Field:
    """A new field. Raises `Conflict` when the key is taken (a retired field keeps its key),
    `ValueInvalid` for a shape that cannot be."""
    if not KEY.match(key):
        raise ValueInvalid("bad_key")
    _check(shape)
    if await tx.scalar(select(CustomFields.id).where(CustomFields.key == key)) is not None:
        raise errors.Conflict(f"there is a field {key} already")
    number = await tx.scalar(
        select(func.count()).select_from(CustomFields).where(CustomFields.retired_at.is_(None)))
    if number >= _MOST:
        raise ValueInvalid("too_many_fields", str(_MOST))
    await tx.run(tx.insert(CustomFields).values(
        key=key, kind=shape.kind, version=1, created_at=at, created_by=by, **_values(shape)))
    await audit.record(tx, by=by, at=at, what="field.defined", facts={
        "key": key, "kind": shape.kind, "label": shape.label})
    return await one(tx, key)


async def alter(
    tx: Tx, key: str, shape: Shape, *, version: int, by: str, at: datetime,
) -> Field:
    """The field as `shape` says; a retired one comes back. Raises `NotFound`, `Stale`,
    `ValueInvalid` (also for another kind while clients have values)."""
    _check(shape)
    known = await _locked(tx, key, version)
    if shape.kind != known.kind and await _is_used(tx, known):
        raise ValueInvalid("kind_fixed")
    await tx.run(update(CustomFields).where(CustomFields.key == key).values(
        kind=shape.kind, version=version + 1, retired_at=None, **_values(shape)))
    await audit.record(tx, by=by, at=at, what="field.changed", facts={
        "key": key, "kind": shape.kind, "label": shape.label})
    return await one(tx, key)


async def retire(tx: Tx, key: str, *, version: int, by: str, at: datetime) -> None:
    """Nobody sees the field any more; its values stay, and `alter` brings it back. Raises
    `NotFound`, `Stale`."""
    await _locked(tx, key, version)
    await tx.run(update(CustomFields).where(CustomFields.key == key).values(
        version=version + 1, retired_at=at))
    await audit.record(tx, by=by, at=at, what="field.retired", facts={"key": key})


async def _locked(tx: Tx, key: str, version: int) -> Field:
    row = await tx.first(select(*_COLUMNS).where(CustomFields.key == key).with_for_update())
    if row is None:
        raise errors.NotFound(f"field {key}")
    if row.version != version:
        raise errors.Stale(row.version)
    return of_row(row)


async def _is_used(tx: Tx, field: Field) -> bool:
    """Whether any client ever had a word of it; sums have none, so money counts as used."""
    return field.kind == "money" or await tx.scalar(
        select(CustomWords.client_id).where(CustomWords.field_id == field.id).limit(1)
    ) is not None


def _check(shape: Shape) -> None:
    if not 1 <= len(shape.label.strip()) <= LABEL_LIMIT:
        raise ValueInvalid("label_missing")
    if shape.kind == "choice":
        different = {choice.casefold() for choice in shape.choices}
        if not shape.choices or len(different) != len(shape.choices) or not all(
                1 <= len(choice) <= CHOICE_LIMIT for choice in shape.choices):
            raise ValueInvalid("choices_missing")
        if len(shape.choices) > CHOICES_LIMIT:
            raise ValueInvalid("too_many_choices", str(CHOICES_LIMIT))
    if shape.kind == "money" and shape.currency and not re.match(r"^[A-Z]{3}$", shape.currency):
        raise ValueInvalid("no_currency")
    if shape.kind == "reference" and shape.refers_to is None:
        raise ValueInvalid("target_missing")


def _values(shape: Shape) -> dict[str, Any]:
    return {
        "label": shape.label.strip(), "place": shape.place,
        "choices": [*shape.choices] if shape.kind == "choice" else [],
        "currency": shape.currency if shape.kind == "money" else None,
        "refers_to": shape.refers_to if shape.kind == "reference" else None,
        "is_searchable": shape.is_searchable, "is_sensitive": shape.is_sensitive}


def key_of(label: str) -> str:
    """A key made of a label in any alphabet; "" when nothing of it can be read."""
    latin = anyascii(label[:LABEL_LIMIT]).casefold().replace("'", "")
    key = "_".join(re.findall(r"[a-z0-9]+", latin))[:40].strip("_")
    return key if KEY.match(key) else f"f_{key}"[:40] if key else ""


# ── values ───────────────────────────────────────────────────────────────────────────────────
async def check_reference(tx: Tx, field: Field, value: Value) -> None:
    """That the client, account or request is there. Raises `ValueInvalid`."""
    asked = {"client": select(Clients.id).where(Clients.id == value),
             "account": select(Accounts.id).where(Accounts.number == value),
             "request": select(Requests.id).where(Requests.id == value)}
    if field.kind != "reference" or value is None:
        return
    if await tx.scalar(asked[field.refers_to or "client"]) is None:
        raise ValueInvalid("no_reference", str(value), f"custom.{field.key}")


def word_rows(
    fields: Sequence[Field], client_id: int, values: Mapping[str, JSON],
) -> list[dict[str, Any]]:
    """The rows of `CustomWords` for a client's values, for those who write many clients."""
    return [{"word": word, "field_id": field.id, "client_id": client_id}
            for field in fields
            for word in sorted(found_by(field, _value(values.get(field.key))))]


def _value(value: JSON) -> Value:
    return value if isinstance(value, str | int | float) else None


async def put_words(tx: Tx, client_id: int, values: Mapping[str, JSON]) -> None:
    """Rewrite what a client is found by, after his custom values changed."""
    await tx.run(delete(CustomWords).where(CustomWords.client_id == client_id))
    rows = word_rows(await defined(tx, with_retired=True), client_id, values)
    if rows:
        await tx.run(tx.insert(CustomWords), rows)


async def find(tx: Tx, text: str, *, limit: int = 20) -> list[Found]:
    """Clients one of whose searchable values begins with every word of `text`."""
    typed = sorted(set(words(text)), key=len, reverse=True)
    if not typed:
        return []
    wanted = (
        select(Clients.id, Clients.name, Clients.kind, Clients.custom, CustomFields.key,
               CustomFields.label)
        .select_from(CustomWords)
        .join(CustomFields, CustomFields.id == CustomWords.field_id)
        .join(Clients, Clients.id == CustomWords.client_id)
        .where(_begins(CustomWords.word, typed[0]), CustomFields.is_searchable,
               CustomFields.is_sensitive.is_(False), CustomFields.retired_at.is_(None),
               Clients.merged_into.is_(None)))
    for word in typed[1:]:
        other = CustomWords.__table__.alias()
        wanted = wanted.where(select(other.c.word).where(
            _begins(other.c.word, word), other.c.field_id == CustomWords.field_id,
            other.c.client_id == CustomWords.client_id).exists())
    rows = await tx.all(wanted.order_by(CustomWords.word, Clients.id).limit(limit))
    return list({row.id: Found(row.id, row.name, row.kind, row.label,
                               str(row.custom.get(row.key, ""))[:120]) for row in rows}.values())


def _begins(column: Any, start: str) -> ColumnElement[bool]:
    return and_(column >= start, column < start + _LAST_SIGN)
