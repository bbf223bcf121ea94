"""Drafts: what an operator typed and has not finished, safe on the server as he types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, select, update

from crm_store import errors
from crm_store.base import JSON, Tx, Utc, Whole, insert_into
from crm_store.prepared import Prepared
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
    typed = {"interaction_id": interaction_id, "operator": operator, "content": content, "at": at}
    if version == 0:
        rows = await tx.fetch(_FIRST, **typed)
    else:
        rows = await tx.fetch(_NEXT, **typed, version=version)
    if not rows:
        stored = await load(tx, interaction_id, operator)
        raise errors.Stale(stored.version if stored else 0)
    return Draft(*rows[0])


async def load(tx: Tx, interaction_id: int, operator: str) -> Draft | None:
    """The draft, finished or not."""
    rows = await tx.fetch(HIS, interaction_id=interaction_id, operator=operator)
    return Draft(*rows[0]) if rows else None


async def unfinished(tx: Tx, operator: str) -> list[Draft]:
    """All of the operator's open drafts, oldest first."""
    rows = await tx.all(
        select(*_ALL).where(Drafts.operator == operator, Drafts.finished_at.is_(None))
        .order_by(Drafts.id))
    return [Draft(*row) for row in rows]


def told_apart(rows: Sequence[Any], operator: str) -> tuple[Draft | None, Draft | None]:
    """Of the rows of OF_CONTACT: this operator's, and the newest of anybody else."""
    found = [Draft(*row) for row in rows]
    others = sorted((one for one in found if one.operator != operator),
                    key=lambda one: one.updated_at)
    return (next((one for one in found if one.operator == operator), None),
            others[-1] if others else None)


async def finish(tx: Tx, interaction_id: int, operator: str, *, at: datetime) -> None:
    """It became a disposition, a note or a request. A missing draft is nothing."""
    await tx.fetch(_FINISH, interaction_id=interaction_id, operator=operator, at=at)


_ALL = (Drafts.interaction_id, Drafts.operator, Drafts.version, Drafts.content,
        Drafts.updated_at, Drafts.finished_at)
_INTERACTION = bindparam("interaction_id", type_=Whole)
_OPERATOR: BindParameter[str] = bindparam("operator")
_IS_HIS = Drafts.interaction_id == _INTERACTION, Drafts.operator == _OPERATOR
_CONTENT, _AT = bindparam("content", type_=Drafts.content.type), bindparam("at", type_=Utc)
_SEEN = bindparam("version", type_=Whole)
HIS = Prepared(select(*_ALL).where(*_IS_HIS))
OF_CONTACT = Prepared(select(*_ALL).where(Drafts.interaction_id == _INTERACTION))
_FIRST = Prepared(lambda dialect: insert_into(dialect, Drafts).values(
    interaction_id=_INTERACTION, operator=_OPERATOR, version=1, content=_CONTENT, updated_at=_AT,
).on_conflict_do_nothing(index_elements=["interaction_id", "operator"]).returning(*_ALL))
_NEXT = Prepared(
    update(Drafts).where(*_IS_HIS, Drafts.version == _SEEN)
    .values(version=_SEEN + 1, content=_CONTENT, updated_at=_AT, finished_at=None)
    .returning(*_ALL))
_FINISH = Prepared(update(Drafts).where(*_IS_HIS).values(finished_at=_AT))
