"""The supervisors' floor: its thresholds, when they were crossed, links of wall screens."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.base import Base, Json

_OPEN = text("ended_at is null")


class ThresholdSets(Base):
    """All thresholds as somebody saved them upon the set before (0: those of the settings);
    the newest counts. It never changes."""
    __tablename__ = "threshold_sets"
    id: Mapped[int] = mapped_column(primary_key=True)
    upon: Mapped[int] = mapped_column(unique=True)
    rules: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    by: Mapped[str]
    at: Mapped[datetime]


class ThresholdCrossings(Base):
    """A figure of a queue was past its bound from `at` until `ended_at`."""
    __tablename__ = "threshold_crossings"
    __table_args__ = (
        CheckConstraint("level in ('amber', 'red')", name="level"),
        Index(None, "at"),
        Index("ix_threshold_crossings_open", "queue", "figure", sqlite_where=_OPEN,
              postgresql_where=_OPEN),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    queue: Mapped[str]
    figure: Mapped[str]
    level: Mapped[str]
    bound: Mapped[float]
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class WallLinks(Base):
    """A big screen's way in: it reads figures of these queues (none: of all), nothing else."""
    __tablename__ = "wall_links"
    __table_args__ = (Index(None, "token_hash", unique=True),)
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str]
    name: Mapped[str]
    queues: Mapped[list[str]] = mapped_column(Json)
    shows_callers: Mapped[bool]
    by: Mapped[str]
    at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None]
    revoked_at: Mapped[datetime | None]
