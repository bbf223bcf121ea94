"""The voice menu's versions and switches, PINs of clients, messages and answers of callers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm_store.base import Bytewise, Utc, Whole

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_UNSETTLED = sa.text("settled_at is null")


def upgrade() -> None:
    _menus()
    _identity()
    _contacts()


def _menus() -> None:
    op.create_table(
        "menu_versions",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("menu", Bytewise, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
    )
    op.create_index("ix_menu_versions_menu_id", "menu_versions", ["menu", "id"])
    op.create_table(
        "menu_uses",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("menu", Bytewise, nullable=False),
        sa.Column("version_id", Whole, sa.ForeignKey("menu_versions.id")),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
    )
    op.create_index("ix_menu_uses_menu_id", "menu_uses", ["menu", "id"])
    op.create_table(
        "menu_switches",
        sa.Column("name", Bytewise, primary_key=True),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
    )


def _identity() -> None:
    op.create_table(
        "menu_guesses",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("subject", Bytewise, nullable=False),
        sa.Column("at", Utc(), nullable=False),
    )
    op.create_index("ix_menu_guesses_subject_at", "menu_guesses", ["subject", "at"])
    op.create_index("ix_menu_guesses_at", "menu_guesses", ["at"])
    op.create_table(
        "client_pins",
        sa.Column("client_id", Whole, sa.ForeignKey("clients.id"), primary_key=True),
        sa.Column("pin_hash", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
    )


def _contacts() -> None:
    op.create_table(
        "voicemails",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("call_id", Bytewise, nullable=False),
        sa.Column("sound", Bytewise, nullable=False),
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("interaction_id", Whole, sa.ForeignKey("interactions.id")),
        sa.Column("settled_at", Utc()),
        sa.UniqueConstraint("sound", name="uq_voicemails_sound"),
    )
    op.create_index("ix_voicemails_interaction_id", "voicemails", ["interaction_id"])
    op.create_index("ix_voicemails_unsettled", "voicemails", ["id"],
                    sqlite_where=_UNSETTLED, postgresql_where=_UNSETTLED)
    op.create_table(
        "survey_answers",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("call_id", Bytewise, nullable=False),
        sa.Column("menu", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", Whole, nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("interaction_id", Whole, sa.ForeignKey("interactions.id")),
        sa.Column("operator", sa.Text()),
        sa.Column("settled_at", Utc()),
        sa.UniqueConstraint("call_id", "menu", "question",
                            name="uq_survey_answers_call_id_menu_question"),
    )
    op.create_index("ix_survey_answers_interaction_id", "survey_answers", ["interaction_id"])
    op.create_index("ix_survey_answers_at", "survey_answers", ["at"])
    op.create_index("ix_survey_answers_unsettled", "survey_answers", ["id"],
                    sqlite_where=_UNSETTLED, postgresql_where=_UNSETTLED)


def downgrade() -> None:
    for table in ("survey_answers", "voicemails", "client_pins", "menu_guesses", "menu_switches",
                  "menu_uses", "menu_versions"):
        op.drop_table(table)
