"""Imports of tables: what was brought in, how far it is, what it did to which client."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.base import Base, Bytewise, Json


class Imports(Base):
    """One file. `plan` holds map, region, currency, encoding, separator, see `imports/runs.py`.

    `position` is the count of records whose fate is committed: going on begins behind it. Whoever
    writes rows holds `runner`; when somebody else took it, the former stops.
    """
    __tablename__ = "imports"
    __table_args__ = (
        CheckConstraint("state in ('draft', 'running', 'stopped', 'failed', 'done', 'undoing',"
                        " 'undone')", name="state"),
        Index(None, "sha256"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]                       # as the person's file is called
    file: Mapped[str]                       # ours, in the folder of imports; "" when it is gone
    kind: Mapped[str]                       # csv, xlsx, xls, ods
    size: Mapped[int]                       # bytes
    sha256: Mapped[str] = mapped_column(Bytewise)
    headers: Mapped[list[str]] = mapped_column(Json)
    plan: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[str]
    rows: Mapped[int | None]                # as far as the file says before it is read
    position: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    suspects: Mapped[int] = mapped_column(default=0)    # created, but somebody like them is there
    gone: Mapped[int] = mapped_column(default=0)        # by undoing: created ones deleted,
    restored: Mapped[int] = mapped_column(default=0)    # updated ones put back,
    stayed: Mapped[int] = mapped_column(default=0)      # rows left as they are
    runner: Mapped[str | None]
    beat_at: Mapped[datetime | None]        # the runner's last sign of life
    error: Mapped[str | None]
    by: Mapped[str]
    made_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    undone_by: Mapped[str | None]
    undone_at: Mapped[datetime | None]


class ImportRows(Base):
    """What one row did, so that it can be undone; rows that changed nothing are not here.

    No foreign key to the client: the trace stays when undoing deleted him. `bumps` counts the
    versions of the client that this row made.
    """
    __tablename__ = "import_rows"
    __table_args__ = (
        Index(None, "client_id", "import_id"),
        {"sqlite_with_rowid": False},
    )
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)      # as the file counts: header 1
    outcome: Mapped[str]                    # created, updated
    client_id: Mapped[int]
    bumps: Mapped[int]
    did: Mapped[list[Any]] = mapped_column(Json)            # see imports.deeds
    undone: Mapped[str | None]              # gone, restored, stayed
    why: Mapped[str | None]                 # why it stayed


class ImportProblems(Base):
    """A row that was refused: its cells as they were read, and every reason."""
    __tablename__ = "import_problems"
    __table_args__ = ({"sqlite_with_rowid": False},)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    cells: Mapped[list[str]] = mapped_column(Json)
    reasons: Mapped[list[Any]] = mapped_column(Json)        # [field, code, value]


class ImportMaps(Base):
    """Columns mapped by hand, kept under a name."""
    __tablename__ = "import_maps"
    __table_args__ = ({"sqlite_with_rowid": False},)
    name: Mapped[str] = mapped_column(Bytewise, primary_key=True)
    columns: Mapped[dict[str, str]] = mapped_column(Json)   # field → header
    by: Mapped[str]
    at: Mapped[datetime]
