"""Imports that can be resumed and undone."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from crm_store.base import Bytewise, Json, Utc, Whole

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_STATES = "state in ('draft', 'running', 'stopped', 'failed', 'done', 'undoing', 'undone')"
_COUNTS = ("position", "created", "updated", "unchanged", "refused", "suspects", "gone",
           "restored", "stayed")


def upgrade() -> None:
    _imports()
    op.create_table(
        "import_rows",
        *_row_of_import(),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("client_id", Whole, nullable=False),
        sa.Column("bumps", Whole, nullable=False),
        sa.Column("did", Json, nullable=False),
        sa.Column("undone", sa.Text()),
        sa.Column("why", sa.Text()),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_import_rows_client_id_import_id", "import_rows",
                    ["client_id", "import_id"])
    op.create_table(
        "import_problems",
        *_row_of_import(),
        sa.Column("cells", Json, nullable=False),
        sa.Column("reasons", Json, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "import_maps",
        sa.Column("name", Bytewise, primary_key=True),
        sa.Column("columns", Json, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sqlite_with_rowid=False,
    )
    # Who deletes clients and accounts asks every table that points at them.
    op.create_index("ix_client_choices_client_id", "client_choices", ["client_id"])
    op.create_index("ix_requests_account_id", "requests", ["account_id"])


def downgrade() -> None:
    op.drop_index("ix_requests_account_id", "requests")
    op.drop_index("ix_client_choices_client_id", "client_choices")
    for table in ("import_maps", "import_problems", "import_rows", "imports"):
        op.drop_table(table)


def _row_of_import() -> tuple[sa.Column[Any], sa.Column[Any]]:
    return (sa.Column("import_id", Whole, sa.ForeignKey("imports.id"), primary_key=True),
            sa.Column("row", Whole, primary_key=True))


def _imports() -> None:
    op.create_table(
        "imports",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("size", Whole, nullable=False),
        sa.Column("sha256", Bytewise, nullable=False),
        sa.Column("headers", Json, nullable=False),
        sa.Column("plan", Json, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("rows", Whole),
        *(sa.Column(name, Whole, nullable=False) for name in _COUNTS),
        sa.Column("runner", sa.Text()),
        sa.Column("beat_at", Utc()),
        sa.Column("error", sa.Text()),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("started_at", Utc()),
        sa.Column("ended_at", Utc()),
        sa.Column("undone_by", sa.Text()),
        sa.Column("undone_at", Utc()),
        sa.CheckConstraint(_STATES, name="state"),
    )
    op.create_index("ix_imports_sha256", "imports", ["sha256"])
