"""What billing that lives elsewhere said last."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.base import Base, Bytewise, Json


class SourceAnswers(Base):
    """A copy for when the source is slow or dead; nothing is lost when a row is deleted.

    `source` is its id in the settings, `key` what it was asked by (an account's number, a
    client's id, a phone); `said` as `crm_store.sources.values.Said.facts`.
    """
    __tablename__ = "source_answers"
    __table_args__ = (
        Index(None, "client_id"), Index(None, "said_at"), {"sqlite_with_rowid": False})
    source: Mapped[str] = mapped_column(Bytewise, primary_key=True)
    key: Mapped[str] = mapped_column(Bytewise, primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id"), primary_key=True)
    said: Mapped[dict[str, Any]] = mapped_column(Json)
    said_at: Mapped[datetime]
