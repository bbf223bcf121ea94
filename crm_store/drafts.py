"""Drafts: what an operator typed and has not finished, safe on the server as he types."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, update

from crm_store import errors
from crm_store.base import JSON, Tx
from crm_store.tables.contacts import Drafts


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
    if version == 0:
        statement = tx.insert(Drafts).values(
            interaction_id=interaction_id, operator=operator, version=1, content=content,
            updated_at=at,
        ).on_conflict_do_nothing(index_elements=["interaction_id", "operator"]).returning(*_ALL)
        row = (await tx.run(statement)).first()
    else:
        row = (await tx.run(
            update(Drafts).where(*_his(interaction_id, operator), Drafts.version == version)
            .values(version=version + 1, content=content, updated_at=at, finished_at=None)
            .returning(*_ALL))).first()
    if row is None:
        stored = await load(tx, interaction_id, operator)
        raise errors.Stale(stored.version if stored else 0)
    return Draft(*row)


async def load(tx: Tx, interaction_id: int, operator: str) -> Draft | None:
    """The draft, finished or not."""
    row = await tx.first(select(*_ALL).where(*_his(interaction_id, operator)))
    return Draft(*row) if row else None


async def unfinished(tx: Tx, operator: str) -> list[Draft]:
    """All of the operator's open drafts, oldest first."""
    rows = await tx.all(
        select(*_ALL).where(Drafts.operator == operator, Drafts.finished_at.is_(None))
        .order_by(Drafts.id))
    return [Draft(*row) for row in rows]


async def finish(tx: Tx, interaction_id: int, operator: str, *, at: datetime) -> None:
    """It became a disposition, a note or a request. A missing draft is nothing."""
    await tx.run(update(Drafts).where(*_his(interaction_id, operator)).values(finished_at=at))


def _his(interaction_id: int, operator: str) -> tuple[ColumnElement[bool], ...]:
    return Drafts.interaction_id == interaction_id, Drafts.operator == operator


_ALL = (Drafts.interaction_id, Drafts.operator, Drafts.version, Drafts.content,
        Drafts.updated_at, Drafts.finished_at)
