"""Editing a card, its history, and the fields an administrator defines.

Of an edit, what is left out stays as it is.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from workstation.protocol.args import Args, RowId
from workstation.protocol.views import View


class PhoneEdit(View, frozen=True, kw_only=True):
    """`number` in any spelling names the link, or makes it. `confirmed`: I vouch for it."""
    number: str
    name: str | None = None
    primary: bool | None = None
    confirmed: bool = False
    removed: bool = False


class EmailEdit(View, frozen=True, kw_only=True):
    email: str
    name: str | None = None
    primary: bool | None = None
    confirmed: bool = False
    removed: bool = False


class AddressEdit(View, frozen=True, kw_only=True):
    """Without `id` a new one. With a street it is written anew, whole."""
    id: RowId | None = None
    city: str = ""
    street: str = ""
    house: str = ""
    flat: str = ""
    postcode: str = ""
    name: str | None = None
    primary: bool | None = None
    confirmed: bool = False
    removed: bool = False


class RelationEdit(View, frozen=True, kw_only=True):
    """`calls_for`: this client calls for `client_id` as his `role`; false: the other way round."""
    id: RowId | None = None
    client_id: RowId | None = None
    role: str = ""
    calls_for: bool = True
    note: str | None = None
    confirmed: bool = False
    removed: bool = False


class ConsentEdit(View, frozen=True, kw_only=True):
    kind: Literal["calls", "messages", "mail", "recording", "data", "sharing",
                  "recorded_calls"]
    given: bool
    channel: Literal["phone", "paper", "web", "mail", "import"] = "phone"
    note: str = ""


class ClientEdit(View, frozen=True, kw_only=True):
    """`language` (BCP 47), `time_zone` (IANA): "" takes them away. `custom`: field key → value or
    text as one types it; null or "" takes it away."""
    name: str | None = None
    kind: Literal["person", "organisation"] | None = None
    language: str | None = None
    time_zone: str | None = None
    tags: list[str] | None = None
    flags: list[Literal["vip", "do_not_call", "deceased", "in_court"]] | None = None
    custom: dict[str, Any] = msgspec.field(default_factory=dict)
    phones: list[PhoneEdit] = msgspec.field(default_factory=list)
    emails: list[EmailEdit] = msgspec.field(default_factory=list)
    addresses: list[AddressEdit] = msgspec.field(default_factory=list)
    relations: list[RelationEdit] = msgspec.field(default_factory=list)
    consents: list[ConsentEdit] = msgspec.field(default_factory=list)


class ChangedView(View, frozen=True, kw_only=True):
    """One field that somebody changed: name kind language time_zone tags flags custom.KEY
    phone:NUMBER email:ADDRESS address relation:CLIENT consent:KIND. `label` is a custom field's.

    Values that identity hides are null, and `hidden` says so.
    """
    version: int
    field: str
    label: str
    before: Any
    after: Any
    hidden: bool
    by: str
    at: str


class ChangeClient(Args, frozen=True, kw_only=True):
    """`client.change`, anybody signed in: result {"card": CardView}.

    Problem `stale` when somebody saved meanwhile: nothing is written; its facts are {"version",
    "changes": [ChangedView], "card": CardView}. Problem `fields_invalid`: facts {"fields": {name:
    code}}, a name being `name`, `custom.KEY`, `phones.0.number` …
    """
    client_id: RowId
    version: int
    changes: ClientEdit


class ClientHistory(Args, frozen=True, kw_only=True):
    """`client.history`, anybody signed in: result {"changes": [ChangedView], "cursor": str | None,
    "consents": [ConsentView]}, newest first. Consents come with the first page, all of them."""
    client_id: RowId
    cursor: str | None = None


class ListFields(Args, frozen=True, kw_only=True):
    """`field.list`, anybody signed in: result {"fields": [FieldView]}; `retired`: those too."""
    retired: bool = False


class FieldShape(View, frozen=True, kw_only=True):
    label: str
    kind: Literal["text", "number", "date", "choice", "money", "reference"]
    choices: list[str] = msgspec.field(default_factory=list)
    currency: str = ""
    refers_to: Literal["", "client", "account", "request"] = ""
    searchable: bool = True
    sensitive: bool = False
    place: int = 0


class DefineField(Args, frozen=True, kw_only=True):
    """`field.define`, administrators: result {"field": FieldView}. Without a key it is made of
    the label. Problems `fields_invalid`, `conflict` (the key is taken)."""
    shape: FieldShape
    key: str = ""


class AlterField(Args, frozen=True, kw_only=True):
    """`field.alter`, administrators: result {"field": FieldView}; a retired one comes back."""
    key: str
    version: int
    shape: FieldShape


class RetireField(Args, frozen=True, kw_only=True):
    """`field.retire`, administrators: nobody sees it any more, its values stay. Result {}."""
    key: str
    version: int
