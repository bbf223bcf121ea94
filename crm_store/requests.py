"""Requests: what a client wants done, by when, and who is responsible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from crm_store.base import JSON, Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRequest:
    type: str
    group: str                      # groups.id; must be there, see `ensure_groups`
    deadline_at: datetime
    form: dict[str, JSON]
    by: str
    at: datetime
    stage: str = "new"
    client_id: int | None = None
    account_id: int | None = None
    interaction_id: int | None = None
    responsible: str | None = None  # operator id


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRow:
    """A request as it stands; `id` is its number."""
    id: int
    type: str
    client_id: int | None
    client_name: str | None
    account_id: int | None
    account_number: str | None
    interaction_id: int | None
    stage: str
    group: str
    group_name: str
    responsible: str | None
    deadline_at: datetime
    form: dict[str, JSON]
    filed_by: str
    filed_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestEvent:
    kind: str                       # filed, moved, assigned
    from_stage: str | None
    to_stage: str | None
    note: str
    by: str
    at: datetime


async def ensure_groups(tx: Tx, groups: Mapping[str, str]) -> None:
    """Groups by id with their names; those in the table and not here stay."""
    raise NotImplementedError


async def file(tx: Tx, new: NewRequest) -> RequestRow:
    """Store it, with its first event and its place in the timeline.

    Raises `Conflict` when the group, client, account or interaction does not exist.
    """
    raise NotImplementedError


async def one(tx: Tx, request_id: int) -> RequestRow:
    """Raises `NotFound`."""
    raise NotImplementedError


async def listing(
    tx: Tx, *, group: str | None = None, operator: str | None = None, client_id: int | None = None,
    open_only: bool = True, limit: int = 200,
) -> list[RequestRow]:
    """By deadline, the earliest first. `operator` is the responsible one."""
    raise NotImplementedError


async def move(
    tx: Tx, request_id: int, stage: str, by: str, at: datetime, note: str = "", *,
    closes: bool = False,
) -> RequestRow:
    """To another stage; `closes` says that it is a last one. Raises `NotFound`."""
    raise NotImplementedError


async def assign(
    tx: Tx, request_id: int, *, group: str, responsible: str | None, by: str, at: datetime,
    note: str = "",
) -> RequestRow:
    """To another group or person. Raises `NotFound`, `Conflict`."""
    raise NotImplementedError


async def events(tx: Tx, request_id: int) -> list[RequestEvent]:
    """In order."""
    raise NotImplementedError
