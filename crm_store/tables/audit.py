"""Who saw, changed and took away what: rows that are only ever added, and chained by hashes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.base import Base, Json

_UNSEALED = text("hash is null")


class Audit(Base):
    """One deed. `place` and `hash` come when it is sealed, see `crm_store.audit`; `facts` and
    `salt` may be forgotten (a person's right), `facts_hash` stays and the chain holds.

    No foreign key: a deed stays when its client is gone. Triggers refuse any other change.
    """
    __tablename__ = "audit"
    __table_args__ = (
        CheckConstraint("(place is null) = (hash is null)", name="sealed"),
        CheckConstraint("(facts is null) = (salt is null)", name="forgotten"),
        Index(None, "client_id", "at"),
        Index(None, "by", "at"),
        Index(None, "what", "at"),
        Index(None, "at"),
        Index("ix_audit_unsealed", "id", sqlite_where=_UNSEALED, postgresql_where=_UNSEALED),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str]                         # operator id, or login of who has no phone
    what: Mapped[str]                       # area.verb
    client_id: Mapped[int | None]
    facts: Mapped[str | None]               # JSON, as it was hashed
    salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    facts_hash: Mapped[bytes] = mapped_column(LargeBinary)
    place: Mapped[int | None] = mapped_column(unique=True)
    hash: Mapped[bytes | None] = mapped_column(LargeBinary)


class AuditCuts(Base):
    """Where the chain begins after its oldest part was let go: the last row that went."""
    __tablename__ = "audit_cuts"
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]


class Erasures(Base):
    """A client being erased, step by step; `done` holds each step's counts, no name, no number.

    What was started is finished by whoever runs next: no client stays half erased.
    """
    __tablename__ = "erasures"
    client_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reason: Mapped[str]
    by: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    done: Mapped[dict[str, Any]] = mapped_column(Json)
