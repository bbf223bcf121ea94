"""What was recorded of a contact; the sound itself is in files beside the store."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.base import Base, Bytewise, Json

_IS_OPEN = text("state = 'open'")
# The same as a condition of statements: written out, or no engine uses the partial index.
IS_OPEN = text("recordings.state = 'open'")


class Recordings(Base):
    """One stretch of sound, the client on the left channel and who speaks with him on the right.

    `state`: `open` while Asterisk writes, `kept` with its `file` (a name below the folder of
    recordings), `gone` when only the fact is left, `why` being the reason. `marks` are the
    stretches with sound, [from, to] in seconds after `started_at`, the last one without an end
    while it is open; between them it was paused, and the file is silent. `peaks` is the waveform:
    base64 of two rows of bytes, one for each channel.
    """
    __tablename__ = "recordings"
    __table_args__ = (
        CheckConstraint("state in ('open', 'kept', 'gone')", name="state"),
        CheckConstraint("(state = 'kept') = (file is not null)", name="file"),
        Index(None, "interaction_id"),
        Index(None, "started_at"),
        Index("ix_recordings_open", "id", sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    interaction_id: Mapped[int] = mapped_column(ForeignKey("interactions.id"))
    leg: Mapped[str] = mapped_column(Bytewise, unique=True)     # Asterisk's Uniqueid
    state: Mapped[str]
    why: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    file: Mapped[str | None]
    channels: Mapped[int]
    rate: Mapped[int | None]
    seconds: Mapped[float | None]
    size: Mapped[int | None]
    marks: Mapped[list[list[float | None]]] = mapped_column(Json)
    peaks: Mapped[str | None]
