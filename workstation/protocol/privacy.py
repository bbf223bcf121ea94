"""The audit and a person's rights: for administrators."""

from __future__ import annotations

from typing import Any, Literal

from workstation.protocol.args import Args, RowId
from workstation.protocol.views import View

ErasureReason = Literal["asked", "objected", "unlawful", "not_needed", "court"]


class AuditEntryView(View, frozen=True, kw_only=True):
    """One deed. `by` is an operator id or a login; `facts` null: forgotten with the person;
    `place` null: not chained yet."""
    id: int
    at: str
    by: str
    what: str               # client.seen, client.changed, person.exported …
    client_id: int | None
    client_name: str
    facts: dict[str, Any] | None
    place: int | None


class ChainView(View, frozen=True, kw_only=True):
    """What the last walk along the chain found. `fault` "": it is whole; else the first row that
    is not as it was: row_missing row_changed facts_changed facts_missing cut_unknown end_missing
    anchor_differs. `checked_at` "": not walked since the server started."""
    checked_at: str
    rows: int
    head: int
    head_hash: str
    waiting: int
    forgotten: int
    fault: str
    broken_place: int | None
    broken_row: int | None


class ObstacleView(View, frozen=True, kw_only=True):
    kind: str               # attempt contact debt promise request task
    ref: int


class OtherView(View, frozen=True, kw_only=True):
    client_id: int
    name: str


class PersonView(View, frozen=True, kw_only=True):
    """Everything of a person, counted: `rows` by table. `others` share a number with him."""
    client_id: int
    client_ids: list[int]
    name: str
    rows: dict[str, int]
    others: list[OtherView]
    obstacles: list[ObstacleView]
    erased_at: str | None


class ErasedView(View, frozen=True, kw_only=True):
    """The proof: `rows` by table that were changed or deleted, `numbers` as keyed hashes."""
    client_ids: list[int]
    reason: str
    by: str
    started_at: str
    finished_at: str
    rows: dict[str, int]
    numbers: list[str]


class RetainedView(View, frozen=True, kw_only=True):
    """`rows` of a kind that are (or were) older than `before`; `keep_days` 0: for ever."""
    kind: str
    keep_days: int
    before: str
    rows: int
    digest: str


class AuditList(Args, frozen=True, kw_only=True):
    """`audit.list`, administrators: result {"entries": [AuditEntryView], "cursor": str | None,
    "kinds": [str], "chain": ChainView}. `what` may be an area: `client.`"""
    by: str = ""
    client_id: RowId | None = None
    what: str = ""
    since: str = ""         # RFC 3339
    until: str = ""
    cursor: str | None = None


class AuditVerify(Args, frozen=True, kw_only=True):
    """`audit.verify`, administrators: walks the chain; result {"chain": ChainView}. A long one
    goes on by itself: the problem `too_slow` then, and the next `audit.list` tells the end."""


class FindPerson(Args, frozen=True, kw_only=True):
    """`person.find`, administrators: result {"person": PersonView}."""
    client_id: RowId


class ErasePerson(Args, frozen=True, kw_only=True):
    """`person.erase`, administrators: result {"proof": ErasedView}. `name` must be the client's
    name as the card shows it. Problems `erasure_waits` (facts {"obstacles": [ObstacleView]}),
    `name_differs`."""
    client_id: RowId
    name: str
    reason: ErasureReason


class ListErased(Args, frozen=True, kw_only=True):
    """`person.erased`, administrators: result {"proofs": [ErasedView]}, the latest first."""


class PlanRetention(Args, frozen=True, kw_only=True):
    """`retention.plan`, administrators: what a run would do now; result {"kinds": [RetainedView],
    "at": "03:30", "runs": [AuditEntryView], "tapes": RetainedView}."""


class RunRetention(Args, frozen=True, kw_only=True):
    """`retention.run`, administrators: result {"kinds": [RetainedView], "tapes": RetainedView}."""
