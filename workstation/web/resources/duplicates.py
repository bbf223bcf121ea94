"""`/duplicates`, `/merges`, `/clients/{id}/merge` and `/unmerge`: two clients who are one."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from crm_store import merges
from workstation.actions import duplicates
from workstation.errors import NotThere, Unreadable
from workstation.policy import Who
from workstation.protocol import duplicates as asked_for
from workstation.protocol.args import RowId
from workstation.web import shapes
from workstation.web.api import Paged
from workstation.web.routes import Asked, Route


class PairQuery(Paged, frozen=True):
    state: Literal["open", "later", "same", "different"] = "open"


class MergeQuery(Paged, frozen=True):
    client_id: RowId | None = None


class Decision(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`keep` left out: the pair's own; `take`: fields of the other one that win."""
    decision: Literal["same", "different", "later", "open"]
    keep: RowId | None = None
    take: asked_for.Taken = msgspec.field(default_factory=list)


class Absorb(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`absorbed` becomes a part of the client of the path; `take`: fields of his that win."""
    absorbed: RowId
    take: asked_for.Taken = msgspec.field(default_factory=list)
    reason: asked_for.Text = ""


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which merge; left out: the last one into, or of, the client of the path."""
    merge: RowId | None = None


class Merged(shapes.Shape, frozen=True):
    """`merge` is null unless the two were merged."""
    merge: int | None


class Parted(shapes.Shape, frozen=True):
    merge: int


class Suspects(shapes.Shape, frozen=True):
    suspects: list[asked_for.SuspectView]


class NewOne(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is known of somebody who is about to be created."""
    name: asked_for.Text = ""
    kind: Literal["person", "organisation"] = "person"
    phone: asked_for.Text = ""
    email: asked_for.Text = ""
    account: asked_for.Text = ""


async def check(asked: Asked) -> Any:
    wish = asked_for.CheckDuplicates(**msgspec.structs.asdict(asked.body))
    return await duplicates.check(asked.desk, asked.person, wish)


async def find(asked: Asked) -> Any:
    wish = asked_for.ListDuplicates(state=asked.query.state, cursor=asked.query.cursor)
    items, cursor = await duplicates.page(asked.desk, wish, limit=asked.query.size)
    return {"items": items, "cursor": cursor}


async def one(asked: Asked) -> Any:
    wish = asked_for.CompareDuplicates(id=asked.number("id"))
    return await duplicates.compare(asked.desk, asked.person, wish)


async def decide(asked: Asked) -> Any:
    body = asked.body
    return await duplicates.decide(asked.desk, asked.person, asked_for.DecideDuplicates(
        id=asked.number("id"), decision=body.decision, keep=body.keep, take=body.take))


async def merge(asked: Asked) -> Any:
    body = asked.body
    return await duplicates.merge(asked.desk, asked.person, asked_for.MergeClients(
        kept=asked.number("id"), absorbed=body.absorbed, take=body.take, reason=body.reason))


async def unmerge(asked: Asked) -> Any:
    merge_id = asked.body.merge or await _last(asked, asked.number("id"))
    await _check_whose(asked, merge_id)
    await duplicates.unmerge(asked.desk, asked.person,
                             asked_for.UnmergeClients(merge=merge_id))
    return {"merge": merge_id}


async def _last(asked: Asked, client_id: int) -> int:
    async with asked.desk.store.read() as tx:
        found = await merges.listing(tx, client_id=client_id, standing_only=True, limit=1)
    if not found:
        raise NotThere("merge of this client")
    return found[0].id


async def _check_whose(asked: Asked, merge_id: int) -> None:
    async with asked.desk.store.read() as tx:
        found = await merges.one(tx, merge_id)
    if asked.number("id") not in (found.kept_id, found.absorbed_id):
        raise NotThere("merge of this client")


async def list_merges(asked: Asked) -> Any:
    cursor = asked.query.cursor
    if cursor is not None and not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 19):
        raise Unreadable("unknown cursor")
    wish = asked_for.ListMerges(client_id=asked.query.client_id,
                                cursor=int(cursor) if cursor else None)
    items, following = await duplicates.merge_page(asked.desk, wish, limit=asked.query.size)
    return {"items": items, "cursor": None if following is None else str(following)}


GET, POST, LEADS = "GET", "POST", Who.SUPERVISORS
TAGS = ("duplicates",)
ROUTES: tuple[Route, ...] = (
    Route(method=POST, path="/duplicates/check", who=Who.SIGNED_IN, answer=check, body=NewOne,
          result=Suspects, tags=TAGS,
          says="Who is there already like somebody about to be created; nothing is written."),
    Route(method=GET, path="/duplicates", who=LEADS, answer=find, query=PairQuery, tags=TAGS,
          result=shapes.Listed[asked_for.PairView],
          says="Pairs of clients who may be one, the likeliest first."),
    Route(method=GET, path="/duplicates/{id}", who=LEADS, answer=one, tags=TAGS,
          result=asked_for.ComparedView, says="A pair with both cards and what must be chosen."),
    Route(method=POST, path="/duplicates/{id}/decide", who=LEADS, answer=decide, body=Decision,
          result=Merged, tags=TAGS,
          says="The same (merges them), different (never asked again), later, or open again."),
    Route(method=POST, path="/clients/{id}/merge", who=LEADS, answer=merge, body=Absorb,
          result=Merged, tags=TAGS, says="Another client becomes a part of this one."),
    Route(method=POST, path="/clients/{id}/unmerge", who=LEADS, answer=unmerge, body=Part,
          result=Parted, tags=TAGS,
          says="Undo a merge: both as they were, and what came since to whom it belongs."),
    Route(method=GET, path="/merges", who=LEADS, answer=list_merges, query=MergeQuery, tags=TAGS,
          result=shapes.Listed[asked_for.MergeView], says="Merges, the newest first."),
)
