"""Clients who may be one, merges, and what each merge did to which row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.base import Base, Json

_STANDING = text("undone_at is null")


class DuplicatePairs(Base):
    """Two clients who may be one, a pair once. `different` is a person's word and final.

    `reasons` are codes and points, see `matching.py`; nothing personal. Put off until
    `not_before`. `merge_id`: made while that merge stands, from a pair of the absorbed client.
    """
    __tablename__ = "duplicate_pairs"
    __table_args__ = (
        CheckConstraint("low_id < high_id", name="order"),
        CheckConstraint("state in ('open', 'same', 'different')", name="state"),
        UniqueConstraint("low_id", "high_id"),
        Index(None, "high_id"),
        Index(None, "merge_id"),
        Index(None, "state", "score", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    low_id: Mapped[int] = mapped_column(ForeignKey("clients.id"))
    high_id: Mapped[int] = mapped_column(ForeignKey("clients.id"))
    score: Mapped[int]                      # 0..100
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    state: Mapped[str]
    found_by: Mapped[str]                   # search, import:…, operator
    found_at: Mapped[datetime]
    not_before: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    merge_id: Mapped[int | None] = mapped_column(ForeignKey("merges.id"))


class DuplicateRuns(Base):
    """A search through the whole base; `stage` and `place` are where it goes on after a break."""
    __tablename__ = "duplicate_runs"
    id: Mapped[int] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]               # its last sign of life
    ended_at: Mapped[datetime | None]
    stage: Mapped[str]
    place: Mapped[str]
    counts: Mapped[dict[str, int]] = mapped_column(Json)


class Merges(Base):
    """One client absorbed by another; undone, never deleted."""
    __tablename__ = "merges"
    __table_args__ = (
        CheckConstraint("kept_id <> absorbed_id", name="two"),
        Index(None, "kept_id"),
        Index(None, "absorbed_id"),
        Index("ix_merges_standing", "absorbed_id", unique=True,
              sqlite_where=_STANDING, postgresql_where=_STANDING),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kept_id: Mapped[int] = mapped_column(ForeignKey("clients.id"))
    absorbed_id: Mapped[int] = mapped_column(ForeignKey("clients.id"))
    at: Mapped[datetime]
    by: Mapped[str]
    reason: Mapped[str]
    newest: Mapped[dict[str, int]] = mapped_column(Json)    # table → its last id at that moment
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None]


class MergeRows(Base):
    """What a merge did to one row.

    moved: it went to the kept client; `before` and `after` hold columns that changed besides.
    displaced: it contradicted a row of the kept client; `before` is all of it.
    changed: a row that stayed where it was; `before` and `after` hold what changed.
    """
    __tablename__ = "merge_rows"
    __table_args__ = (
        CheckConstraint("deed in ('moved', 'displaced', 'changed')", name="deed"),
        Index(None, "merge_id", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    merge_id: Mapped[int] = mapped_column(ForeignKey("merges.id"))
    table_name: Mapped[str]
    column_name: Mapped[str]                # which of its columns names the client
    deed: Mapped[str]
    key: Mapped[list[Any]] = mapped_column(Json)            # its primary key before the merge
    before: Mapped[dict[str, Any]] = mapped_column(Json)
    after: Mapped[dict[str, Any]] = mapped_column(Json)
