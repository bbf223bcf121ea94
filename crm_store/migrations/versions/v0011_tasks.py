"""Tasks with their reminders, and what billing elsewhere said last."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm_store.base import Bytewise, Json, Utc, Whole

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_IS_OPEN, _IS_UNTOLD = sa.text("done_at is null"), sa.text("told_at is null")


def upgrade() -> None:
    _tasks()
    _task_reminders()
    _task_events()
    _source_answers()


def downgrade() -> None:
    for table in ("source_answers", "task_events", "task_reminders", "tasks"):
        op.drop_table(table)


def _tasks() -> None:
    op.create_table(
        "tasks",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("client_id", Whole, sa.ForeignKey("clients.id")),
        sa.Column("request_id", Whole, sa.ForeignKey("requests.id")),
        sa.Column("interaction_id", Whole, sa.ForeignKey("interactions.id")),
        sa.Column("operator", sa.Text()),
        sa.Column("group_id", sa.Text(), sa.ForeignKey("groups.id")),
        sa.Column("due_at", Utc(), nullable=False),
        sa.Column("remind", Json, nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("done_at", Utc()),
        sa.Column("told_at", Utc()),
        sa.Column("late_at", Utc()),
        sa.CheckConstraint("operator is not null or group_id is not null",
                           name="ck_tasks_somebody"),
    )
    op.create_index("ix_tasks_due_at_id", "tasks", ["due_at", "id"], sqlite_where=_IS_OPEN,
                    postgresql_where=_IS_OPEN)
    op.create_index("ix_tasks_operator_done_at", "tasks", ["operator", "done_at"])
    op.create_index("ix_tasks_group_id_done_at", "tasks", ["group_id", "done_at"])
    op.create_index("ix_tasks_client_id", "tasks", ["client_id"])
    op.create_index("ix_tasks_request_id", "tasks", ["request_id"])


def _task_reminders() -> None:
    op.create_table(
        "task_reminders",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("task_id", Whole, sa.ForeignKey("tasks.id"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("due_at", Utc(), nullable=False),
        sa.Column("told_at", Utc()),
    )
    op.create_index("ix_task_reminders_due_at", "task_reminders", ["due_at"],
                    sqlite_where=_IS_UNTOLD, postgresql_where=_IS_UNTOLD)
    op.create_index("ix_task_reminders_task_id", "task_reminders", ["task_id"])


def _task_events() -> None:
    op.create_table(
        "task_events",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("task_id", Whole, sa.ForeignKey("tasks.id"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("operator", sa.Text()),
        sa.Column("group_id", sa.Text()),
        sa.Column("due_at", Utc(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
    )
    op.create_index("ix_task_events_task_id_id", "task_events", ["task_id", "id"])


def _source_answers() -> None:
    op.create_table(
        "source_answers",
        sa.Column("source", Bytewise, primary_key=True),
        sa.Column("key", Bytewise, primary_key=True),
        sa.Column("client_id", Whole, sa.ForeignKey("clients.id"), primary_key=True),
        sa.Column("said", Json, nullable=False),
        sa.Column("said_at", Utc(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_source_answers_client_id", "source_answers", ["client_id"])
    op.create_index("ix_source_answers_said_at", "source_answers", ["said_at"])
