"""What a screen, an integrator or the command line wrote on a card, read into values.

All that is wrong is told at once, each beside its field, by a code that the texts know.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar
from zoneinfo import available_timezones

from crm_store import editing, phones
from crm_store.client_edits import ROLES
from crm_store.custom_values import Field, Value, parse
from crm_store.errors import ValueInvalid
from workstation import protocol
from workstation.errors import Refused

NAME_LIMIT, LABEL_LIMIT, NOTE_LIMIT, PART_LIMIT = 200, 40, 500, 120
TAGS_LIMIT, TAG_LIMIT, PARTS_LIMIT = 50, 60, 100
_LANGUAGE = re.compile(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")
_EMAIL = re.compile(r"^[^\s@<>\"(),:;\\\[\]]{1,64}@[^\s@<>\"(),:;\\\[\]]{1,190}\.[^\s@.]{2,63}$")
T = TypeVar("T")
Made = TypeVar("Made")


class Wrong(Refused):
    """Some fields are not right; `facts["fields"]`: name → code."""

    def __init__(self, fields: dict[str, str]) -> None:
        told = ", ".join(f"{name}: {code}" for name, code in sorted(fields.items()))
        super().__init__("fields_invalid", "Some fields are not right.", told[:500], 422,
                         {"fields": fields})


def read(edit: protocol.ClientEdit, fields: Sequence[Field], region: str) -> editing.ClientChanges:
    """Raises `Wrong`. `region` completes local numbers."""
    reader = _Reader(region)
    changes = editing.ClientChanges(
        name=reader.one("name", edit.name, _name), kind=edit.kind,
        language=reader.one("language", edit.language, _language),
        time_zone=reader.one("time_zone", edit.time_zone, _time_zone),
        tags=reader.one("tags", edit.tags, _tags),
        flags=None if edit.flags is None else tuple(edit.flags),
        custom=_custom(reader, edit, fields),
        phones=reader.each("phones", edit.phones, reader.phone),
        emails=reader.each("emails", edit.emails, reader.email),
        addresses=reader.each("addresses", edit.addresses, reader.address),
        relations=reader.each("relations", edit.relations, reader.relation),
        consents=reader.each("consents", edit.consents, reader.consent))
    if reader.wrong:
        raise Wrong(reader.wrong)
    return changes


class _Reader:
    """Collects what is wrong while it reads."""

    def __init__(self, region: str) -> None:
        self.region = region
        self.wrong: dict[str, str] = {}

    def one(self, name: str, raw: T | None, make: Callable[[T], Made]) -> Made | None:
        """None stays None: nothing is changed."""
        if raw is None:
            return None
        try:
            return make(raw)
        except ValueInvalid as exc:
            self.wrong[name] = exc.code
            return None

    def each(self, name: str, raw: Sequence[T], make: Callable[[str, T], Made]
             ) -> tuple[Made, ...]:
        if len(raw) > PARTS_LIMIT:
            self.wrong[name] = "too_many"
            return ()
        made = []
        for place, item in enumerate(raw):
            try:
                made.append(make(f"{name}.{place}", item))
            except ValueInvalid as exc:
                self.wrong.setdefault(f"{name}.{place}", exc.code)
        return tuple(made)

    def fail(self, name: str, code: str) -> None:
        self.wrong[name] = code

    def phone(self, name: str, item: protocol.PhoneEdit) -> editing.PhoneEdit:
        number = phones.normalise(item.number, region=self.region)
        if number.e164 is None:
            raise ValueInvalid("internal_phone" if number.kind == "internal" else "no_phone")
        return editing.PhoneEdit(
            e164=number.e164, original=number.original, label=_label(item.name),
            is_primary=item.primary, is_confirmed=item.confirmed, is_removed=item.removed)

    def email(self, name: str, item: protocol.EmailEdit) -> editing.EmailEdit:
        written = item.email.strip()
        if not _EMAIL.match(written) or ".." in written:
            raise ValueInvalid("no_email")
        return editing.EmailEdit(
            email=written.casefold(), original=written, label=_label(item.name),
            is_primary=item.primary, is_confirmed=item.confirmed, is_removed=item.removed)

    def address(self, name: str, item: protocol.AddressEdit) -> editing.AddressEdit:
        parts = {part: " ".join(getattr(item, part).split())
                 for part in ("city", "street", "house", "flat", "postcode")}
        is_written = any(parts.values())
        if (is_written or item.id is None) and not item.removed:
            for part, text in parts.items():
                if len(text) > PART_LIMIT:
                    self.fail(f"{name}.{part}", "too_long")
                elif not text and part in ("city", "street", "house"):
                    self.fail(f"{name}.{part}", "missing")
        place = editing.Place(
            city=parts["city"], street=parts["street"], house=parts["house"],
            flat=parts["flat"] or None, postcode=parts["postcode"] or None)
        return editing.AddressEdit(
            id=item.id, place=place if is_written else None, label=_label(item.name),
            is_primary=item.primary, is_confirmed=item.confirmed, is_removed=item.removed)

    def relation(self, name: str, item: protocol.RelationEdit) -> editing.RelationEdit:
        role = " ".join(item.role.split())
        if item.id is None and item.client_id is None:
            self.fail(f"{name}.client_id", "missing")
        if item.id is None and not role:
            self.fail(f"{name}.role", "missing")
        if len(role) > LABEL_LIMIT:
            self.fail(f"{name}.role", "too_long")
        return editing.RelationEdit(
            id=item.id, other_id=item.client_id or 0, role=_known_role(role),
            calls_for=item.calls_for, note=_note(item.note), is_confirmed=item.confirmed,
            is_removed=item.removed)

    def consent(self, name: str, item: protocol.ConsentEdit) -> editing.ConsentEdit:
        return editing.ConsentEdit(kind=item.kind, is_given=item.given, channel=item.channel,
                                   note=_note(item.note) or None)


def _custom(reader: _Reader, edit: protocol.ClientEdit,
            fields: Sequence[Field]) -> dict[str, Value]:
    known = {field.key: field for field in fields}
    values: dict[str, Value] = {}
    for key, raw in edit.custom.items():
        if key not in known:
            reader.fail(f"custom.{key[:40]}", "no_field")
            continue
        if isinstance(raw, list | bool):
            reader.fail(f"custom.{key}", "no_text")
            continue
        try:
            values[key] = parse(known[key], raw)
        except ValueInvalid as exc:
            reader.fail(f"custom.{key}", exc.code)
    return values


def _name(raw: str) -> str:
    name = " ".join(raw.split())
    if not name:
        raise ValueInvalid("name_missing")
    if len(name) > NAME_LIMIT:
        raise ValueInvalid("too_long")
    return name


def _language(raw: str) -> str:
    if raw and not _LANGUAGE.match(raw.strip()):
        raise ValueInvalid("no_language")
    return raw.strip()


def _time_zone(raw: str) -> str:
    if raw.strip() and raw.strip() not in available_timezones():
        raise ValueInvalid("no_zone")
    return raw.strip()


def _tags(raw: Iterable[str]) -> tuple[str, ...]:
    tags = tuple(tag for tag in (" ".join(one.split()) for one in raw) if tag)
    if len(tags) > TAGS_LIMIT:
        raise ValueInvalid("too_many")
    if any(len(tag) > TAG_LIMIT for tag in tags):
        raise ValueInvalid("too_long")
    return tags


def _label(raw: str | None) -> str | None:
    if raw is not None and len(raw.strip()) > LABEL_LIMIT:
        raise ValueInvalid("too_long")
    return None if raw is None else " ".join(raw.split())


def _note(raw: str | None) -> str | None:
    if raw is not None and len(raw.strip()) > NOTE_LIMIT:
        raise ValueInvalid("too_long")
    return None if raw is None else raw.strip()


def _known_role(role: str) -> str:
    """A known role by its id whatever its case; others as they were typed."""
    return role.casefold() if role.casefold() in ROLES else role or "other"
