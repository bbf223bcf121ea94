"""What somebody changes on a card, as values ○. A field left at None stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from crm_store.base import JSON
from crm_store.custom_values import Value

ClientKind = Literal["person", "organisation"]
FLAGS = ("vip", "do_not_call", "deceased", "in_court")
ROLES = ("son", "daughter", "child", "parent", "spouse", "relative", "guardian", "representative",
         "tenant", "landlord", "neighbour", "bookkeeper", "director", "employee", "lawyer",
         "other")        # known ones, with words in every language; others are free words
CONSENTS = ("calls", "messages", "mail", "recording", "data", "sharing",
            "recorded_calls")
CHANNELS = ("phone", "paper", "web", "mail", "import")


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneEdit:
    """A link to a number, made where there is none. `is_confirmed`: `by` vouches for it."""
    e164: str
    original: str = ""              # as it was typed; the number itself when left out
    label: str | None = None        # "" takes it away
    is_primary: bool | None = None
    is_confirmed: bool = False
    is_removed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailEdit:
    """The same for an address of mail, in lower case."""
    email: str
    original: str = ""
    label: str | None = None
    is_primary: bool | None = None
    is_confirmed: bool = False
    is_removed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    city: str
    street: str
    house: str
    flat: str | None = None
    postcode: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressEdit:
    """`id` is the link's; None makes a new one, which needs a `place`."""
    id: int | None = None
    place: Place | None = None
    label: str | None = None
    is_primary: bool | None = None
    is_confirmed: bool = False
    is_removed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationEdit:
    """`calls_for`: the card's client calls for `other_id` as his `role`; else the other way
    round. `id` names one that is there already."""
    id: int | None = None
    other_id: int = 0
    role: str = "other"
    calls_for: bool = True
    note: str | None = None
    is_confirmed: bool = False
    is_removed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentEdit:
    """A consent given or withdrawn now."""
    kind: str
    is_given: bool
    channel: str = "phone"
    note: str | None = None
    interaction_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientChanges:
    """`language` and `time_zone`: "" takes them away. `custom`: values as `custom_fields.parse`
    gives them, None takes one away."""
    name: str | None = None
    kind: ClientKind | None = None
    language: str | None = None
    time_zone: str | None = None
    tags: tuple[str, ...] | None = None
    flags: tuple[str, ...] | None = None
    custom: Mapping[str, Value] = field(default_factory=dict)
    phones: tuple[PhoneEdit, ...] = ()
    emails: tuple[EmailEdit, ...] = ()
    addresses: tuple[AddressEdit, ...] = ()
    relations: tuple[RelationEdit, ...] = ()
    consents: tuple[ConsentEdit, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """One field before and after. `field`: name kind language time_zone tags flags
    custom.KEY phone:NUMBER email:ADDRESS address:ID relation:ID consent:KIND."""
    field: str
    before: JSON
    after: JSON


@dataclass(frozen=True, slots=True)
class Changed:
    """A stored difference: who made it, when, and the version of the client it made."""
    version: int
    field: str
    before: JSON
    after: JSON
    by: str
    at: datetime
