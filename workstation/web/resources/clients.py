"""Cards changed and their history, and the fields an administrator defines."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from workstation import protocol
from workstation.actions import client_edits, fields
from workstation.policy import Who
from workstation.web.routes import Asked, Query, Route


class Changes(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`version`: that of the card it is made upon; 409 with what changed since, if it is old."""
    version: int
    changes: protocol.ClientEdit


class History(Query, frozen=True):
    cursor: str | None = None


class ChangesPage(msgspec.Struct, frozen=True, kw_only=True):
    items: list[protocol.ChangedView]
    consents: list[protocol.ConsentView]
    cursor: str | None


class FieldsQuery(Query, frozen=True):
    retired: bool = False


class FieldPage(msgspec.Struct, frozen=True, kw_only=True):
    items: list[protocol.FieldView]
    cursor: str | None = None


class NewField(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Without a key it is made of the label."""
    shape: protocol.FieldShape
    key: str = ""


class ChangedField(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    version: int
    shape: protocol.FieldShape


class Version(Query, frozen=True):
    version: Annotated[int, msgspec.Meta(ge=1, le=10**15)]


async def change(asked: Asked) -> Any:
    args = protocol.ChangeClient(client_id=asked.number("id"), version=asked.body.version,
                                 changes=asked.body.changes)
    async with asked.desk.turn(asked.person):
        return (await client_edits.change(asked.desk, asked.person, args))["card"]


async def history(asked: Asked) -> Any:
    args = protocol.ClientHistory(client_id=asked.number("id"), cursor=asked.query.cursor)
    found = await client_edits.history(asked.desk, asked.person, args)
    return {"items": found["changes"], "consents": found["consents"], "cursor": found["cursor"]}


async def list_fields(asked: Asked) -> Any:
    args = protocol.ListFields(retired=asked.query.retired)
    return {"items": (await fields.listing(asked.desk, asked.person, args))["fields"],
            "cursor": None}


async def define(asked: Asked) -> Any:
    args = protocol.DefineField(key=asked.body.key, shape=asked.body.shape)
    return (await fields.define(asked.desk, asked.person, args))["field"]


async def alter(asked: Asked) -> Any:
    args = protocol.AlterField(key=asked.path["key"], version=asked.body.version,
                               shape=asked.body.shape)
    return (await fields.alter(asked.desk, asked.person, args))["field"]


async def retire(asked: Asked) -> Any:
    args = protocol.RetireField(key=asked.path["key"], version=asked.query.version)
    return await fields.retire(asked.desk, asked.person, args)


ROUTES: tuple[Route, ...] = (
    Route(method="PATCH", path="/clients/{id}", who=Who.SIGNED_IN, answer=change, body=Changes,
          result=protocol.CardView,
          says="Change a card upon a version; what is left out stays as it is."),
    Route(method="GET", path="/clients/{id}/changes", who=Who.SIGNED_IN, answer=history,
          query=History, result=ChangesPage, says="Who changed what, newest first."),
    Route(method="GET", path="/fields", who=Who.SIGNED_IN, answer=list_fields,
          query=FieldsQuery, result=FieldPage, says="The fields that administrators defined."),
    Route(method="POST", path="/fields", who=Who.ADMINISTRATORS, answer=define, body=NewField,
          result=protocol.FieldView, status=201, says="Define a field; it is there at once."),
    Route(method="PUT", path="/fields/{key}", who=Who.ADMINISTRATORS, answer=alter,
          body=ChangedField, result=protocol.FieldView,
          says="Change a field; a retired one comes back."),
    Route(method="DELETE", path="/fields/{key}", who=Who.ADMINISTRATORS, answer=retire,
          query=Version, status=204, says="Retire a field; its values stay."),
)
