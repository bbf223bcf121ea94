"""Drafts: what an operator typed and has not finished, safe on the server as he types."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crm_store.base import JSON, Tx


@dataclass(frozen=True, slots=True)
class Draft:
    """`version` counts the saves; give it back with the next save."""
    interaction_id: int
    operator: str
    version: int
    content: dict[str, JSON]
    updated_at: datetime
    finished_at: datetime | None


async def save(
    tx: Tx, interaction_id: int, operator: str, *, version: int, content: dict[str, JSON],
    at: datetime,
) -> Draft:
    """Save over `version` (0: there is none yet); the draft has `version + 1` then.

    Raises `Stale(stored_version)` when another screen saved meanwhile: load and merge.
    A finished draft that is saved again is open again.
    """
    raise NotImplementedError


async def load(tx: Tx, interaction_id: int, operator: str) -> Draft | None:
    """The draft, finished or not."""
    raise NotImplementedError


async def unfinished(tx: Tx, operator: str) -> list[Draft]:
    """All of the operator's open drafts, oldest first."""
    raise NotImplementedError


async def finish(tx: Tx, interaction_id: int, operator: str, *, at: datetime) -> None:
    """It became a disposition, a note or a request. A missing draft is nothing."""
    raise NotImplementedError
