"""Stretches without sight of Asterisk, and how far its tape has become rows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.base import Base


class Gaps(Base):
    """The link to one Asterisk was down. `mended`: calls told from its own records since;
    `unknown`: those whose end nobody knows yet. `settled_at`: nothing is left to look for."""
    __tablename__ = "gaps"
    __table_args__ = (
        UniqueConstraint("pbx", "since_at"),
        Index(None, "since_at"),
        CheckConstraint("why in ('link', 'server', 'asterisk')", name="why"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    pbx: Mapped[str]
    since_at: Mapped[datetime]
    until_at: Mapped[datetime | None]
    why: Mapped[str]
    calls_lost: Mapped[int]
    calls_found: Mapped[int]
    mended: Mapped[int]
    unknown: Mapped[int]
    settled_at: Mapped[datetime | None]


class JournalPlaces(Base):
    """The place on one Asterisk's tape up to which every change is in the base: written in the
    commit of the changes themselves."""
    __tablename__ = "journal_places"
    pbx: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[str]        # the part of the tape
    offset: Mapped[int]     # bytes in it
