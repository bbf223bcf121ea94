"""A card as rows of a form in the terminal, and what of them differs ○."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from workstation.protocol import (
    AddressEdit,
    CardView,
    ClientEdit,
    ConsentEdit,
    EmailEdit,
    PhoneEdit,
    RelationEdit,
)
from workstation.terminal.workplace import Workplace

FLAGS = ("vip", "do_not_call", "deceased", "in_court")
CONSENTS: tuple[Literal["calls", "messages", "mail", "recording", "data", "sharing"], ...] = (
    "calls", "messages", "mail", "recording", "data", "sharing")
KEPT = "keep"


@dataclass(frozen=True, slots=True)
class FieldRow:
    """`name` is the field's place as the server names it; a row with choices is a pick."""
    name: str
    label: str
    value: str
    choices: tuple[tuple[str, str], ...] = ()


def rows(desk: Workplace, card: CardView) -> list[FieldRow]:
    words = desk.words
    yes_no = (("", words("terminal.no")), ("yes", words("terminal.yes")))
    kinds = tuple((kind, words(f"kind.{kind}")) for kind in ("person", "organisation"))
    found = [
        FieldRow("name", words("edit.name"), card.name),
        FieldRow("kind", words("unknown.kind"), card.kind, kinds),
        *(FieldRow(f"flag.{flag}", desk.coded("flag", flag), "yes" if flag in card.flags else "",
                   yes_no) for flag in FLAGS),
        FieldRow("tags", words("edit.tags"), ", ".join(card.tags)),
        FieldRow("language", words("edit.language"), card.language),
        FieldRow("time_zone", words("edit.time_zone"), card.time_zone)]
    found += _reach(desk, card)
    for one in card.custom:
        if not one.hidden:
            choices = tuple((choice, choice or "–") for choice in ("", *one.field.choices))
            found.append(FieldRow(f"custom.{one.field.key}", one.field.label, one.text,
                                  choices if one.field.kind == "choice" else ()))
    said = {one.kind: "given" if one.given else "withdrawn" for one in card.consents}
    states = tuple((state, words(f"consent_is.{state or 'none'}"))
                   for state in ("", "given", "withdrawn"))
    consent = words("event.consent")
    found += [FieldRow(f"consent.{kind}", f"{consent}: {desk.coded('consent', kind)}",
                       said.get(kind, ""), states) for kind in CONSENTS]
    return found


def _reach(desk: Workplace, card: CardView) -> list[FieldRow]:
    """What hangs on the client: kept, vouched for, preferred or taken away; and a new one."""
    words = desk.words
    fates = ((KEPT, words("edit.keep")), ("confirm", words("edit.confirm")),
             ("primary", words("edit.primary")), ("remove", words("edit.remove")))
    plain = tuple(fate for fate in fates if fate[0] != "primary")
    return [
        *(FieldRow(f"phone.{one.e164}", one.label, KEPT, fates) for one in card.phones),
        FieldRow("phones", words("edit.add_phones"), ""),
        *(FieldRow(f"email.{one.email}", one.email, KEPT, fates) for one in card.emails),
        FieldRow("emails", words("edit.add_emails"), ""),
        *(FieldRow(f"address.{one.id}", one.text, KEPT, fates) for one in card.addresses),
        FieldRow("addresses", words("terminal.add_address"), ""),
        *(FieldRow(f"relation.{one.id}", f"{one.name}, {desk.coded('role', one.role)}", KEPT,
                   plain) for one in card.relations),
        FieldRow("relations", words("terminal.add_relation"), "")]


def edit_of(before: Sequence[FieldRow], values: Mapping[str, str]) -> ClientEdit:
    """What differs from the rows as they were."""
    changed = {row.name: values[row.name] for row in before
               if values.get(row.name, row.value) != row.value}
    plain: dict[str, Any] = {name: changed[name] for name in (
        "name", "kind", "language", "time_zone") if name in changed}
    if "tags" in changed:
        plain["tags"] = [tag.strip() for tag in changed["tags"].split(",") if tag.strip()]
    if any(name.startswith("flag.") for name in changed):
        plain["flags"] = [flag for flag in FLAGS if _now(before, values, f"flag.{flag}")]
    return ClientEdit(
        **plain, phones=_phones(changed), emails=_emails(changed), addresses=_addresses(changed),
        relations=_relations(changed),
        custom={name.removeprefix("custom."): value for name, value in changed.items()
                if name.startswith("custom.")},
        consents=[ConsentEdit(kind=kind, given=changed[f"consent.{kind}"] == "given")
                  for kind in CONSENTS if changed.get(f"consent.{kind}")])


def _now(before: Sequence[FieldRow], values: Mapping[str, str], name: str) -> str:
    return values.get(name, next((row.value for row in before if row.name == name), ""))


def _fates(changed: Mapping[str, str], kind: str) -> list[tuple[str, dict[str, Any]]]:
    marks: dict[str, dict[str, Any]] = {
        "confirm": {"confirmed": True}, "primary": {"primary": True}, "remove": {"removed": True}}
    return [(name.removeprefix(f"{kind}."), marks[fate]) for name, fate in changed.items()
            if name.startswith(f"{kind}.")]


def _phones(changed: Mapping[str, str]) -> list[PhoneEdit]:
    new = [PhoneEdit(number=changed["phones"])] if changed.get("phones") else []
    return [*(PhoneEdit(number=key, **fate) for key, fate in _fates(changed, "phone")), *new]


def _emails(changed: Mapping[str, str]) -> list[EmailEdit]:
    new = [EmailEdit(email=changed["emails"])] if changed.get("emails") else []
    return [*(EmailEdit(email=key, **fate) for key, fate in _fates(changed, "email")), *new]


def _addresses(changed: Mapping[str, str]) -> list[AddressEdit]:
    """A new one is typed as `city, street, house, flat`."""
    made = [AddressEdit(id=int(key), **fate) for key, fate in _fates(changed, "address")]
    if changed.get("addresses"):
        parts = [part.strip() for part in changed["addresses"].split(",")] + [""] * 4
        made.append(AddressEdit(city=parts[0], street=parts[1], house=parts[2], flat=parts[3]))
    return made


def _relations(changed: Mapping[str, str]) -> list[RelationEdit]:
    """A new one is typed as `number of the client, role`."""
    made = [RelationEdit(id=int(key), **fate) for key, fate in _fates(changed, "relation")]
    if changed.get("relations"):
        number, _, role = changed["relations"].partition(",")
        digits = number.strip().lstrip("#№")
        is_number = digits.isascii() and digits.isdigit() and 0 < len(digits) <= 18
        made.append(RelationEdit(client_id=int(digits) if is_number and int(digits) else None,
                                 role=role.strip()))
    return made


def row_of(place: str, edit: ClientEdit) -> str:
    """The row that an error of the server belongs to: `phones.1` → `phones`."""
    group, _, rest = place.partition(".")
    singular = {"phones": "phone", "emails": "email", "addresses": "address",
                "relations": "relation"}
    if group not in singular or not rest:
        return place
    item = getattr(edit, group)[int(rest.partition(".")[0])]
    key = getattr(item, "id", None)
    return f"{singular[group]}.{key}" if key else group
