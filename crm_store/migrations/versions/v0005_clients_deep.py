"""What a card holds beyond names and numbers: mail, addresses, relations, consents, own fields."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from crm_store.base import Bytewise, Json, Utc, Whole

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_KIND = "kind in ('text', 'number', 'date', 'choice', 'money', 'reference')"
_TABLES = ("client_emails", "client_addresses", "client_relations", "consents", "client_changes",
           "custom_words", "custom_fields")


def upgrade() -> None:
    op.add_column("clients", sa.Column("custom", Json, nullable=False, server_default="{}"))
    op.add_column("addresses", sa.Column("postcode", sa.Text()))
    _client_emails()
    _client_addresses()
    _client_relations()
    _consents()
    _client_changes()
    _custom_fields()


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)
    op.drop_column("addresses", "postcode")
    op.drop_column("clients", "custom")


def _client(name: str = "client_id", **kwargs: Any) -> sa.Column[Any]:
    return sa.Column(name, Whole, sa.ForeignKey("clients.id"), nullable=False, **kwargs)


def _link() -> list[sa.schema.SchemaItem]:
    """What every link of a client to a way of reaching him knows of itself."""
    return [
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("label", sa.Text()),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("trust", Whole, nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("confirmed_at", Utc()),
        sa.Column("confirmed_by", sa.Text()),
        sa.CheckConstraint("trust between 0 and 100", name="trust"),
    ]


def _client_emails() -> None:
    op.create_table(
        "client_emails",
        sa.Column("email", Bytewise, primary_key=True),
        _client(primary_key=True),
        sa.Column("original", sa.Text(), nullable=False),
        *_link(),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_client_emails_client_id", "client_emails", ["client_id"])


def _client_addresses() -> None:
    op.create_table(
        "client_addresses",
        sa.Column("id", Whole, primary_key=True),
        _client(),
        sa.Column("address_id", Whole, sa.ForeignKey("addresses.id"), nullable=False),
        *_link(),
        sa.UniqueConstraint("client_id", "address_id"),
    )
    op.create_index("ix_client_addresses_address_id", "client_addresses", ["address_id"])


def _client_relations() -> None:
    op.create_table(
        "client_relations",
        sa.Column("id", Whole, primary_key=True),
        _client(), _client("other_id"),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("trust", Whole, nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("confirmed_at", Utc()),
        sa.Column("confirmed_by", sa.Text()),
        sa.CheckConstraint("client_id <> other_id", name="two"),
        sa.CheckConstraint("trust between 0 and 100", name="trust"),
        sa.UniqueConstraint("client_id", "other_id", "role"),
    )
    op.create_index("ix_client_relations_other_id", "client_relations", ["other_id"])


def _consents() -> None:
    op.create_table(
        "consents",
        sa.Column("id", Whole, primary_key=True),
        _client(),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("is_given", sa.Boolean(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("interaction_id", Whole, sa.ForeignKey("interactions.id")),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
    )
    op.create_index("ix_consents_client_id_kind_id", "consents", ["client_id", "kind", "id"])


def _client_changes() -> None:
    op.create_table(
        "client_changes",
        sa.Column("id", Whole, primary_key=True),
        _client(),
        sa.Column("version", Whole, nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("before", Json),
        sa.Column("after", Json),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
    )
    op.create_index("ix_client_changes_client_id_version", "client_changes",
                    ["client_id", "version"])


def _custom_fields() -> None:
    op.create_table(
        "custom_fields",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("key", Bytewise, unique=True, nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("choices", Json, nullable=False),
        sa.Column("currency", sa.Text()),
        sa.Column("refers_to", sa.Text()),
        sa.Column("is_searchable", sa.Boolean(), nullable=False),
        sa.Column("is_sensitive", sa.Boolean(), nullable=False),
        sa.Column("place", Whole, nullable=False),
        sa.Column("version", Whole, nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("retired_at", Utc()),
        sa.CheckConstraint(_KIND, name="kind"),
    )
    op.create_table(
        "custom_words",
        sa.Column("word", Bytewise, primary_key=True),
        sa.Column("field_id", Whole, sa.ForeignKey("custom_fields.id"), primary_key=True),
        _client(primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_custom_words_client_id", "custom_words", ["client_id"])
