"""Who saw and changed what, and who was forgotten."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm_store.base import Json, Utc, Whole

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_UNSEALED = sa.text("hash is null")
# Of a row, only the seal may come, the facts may go, and a cut lets the oldest part go.
_SQLITE = (
    """create trigger audit_is_append_only before update on audit
    when new.id <> old.id or new.at <> old.at or new."by" <> old."by" or new.what <> old.what
      or new.client_id is not old.client_id or new.facts_hash <> old.facts_hash
      or (new.facts is not null and new.facts is not old.facts)
      or (new.salt is not null and new.salt is not old.salt)
      or (old.hash is not null and (new.hash is not old.hash or new.place is not old.place))
    begin select raise(abort, 'an audit row is never changed'); end""",
    """create trigger audit_is_not_deleted before delete on audit
    when old.place is null or old.place > coalesce((select max(place) from audit_cuts), 0)
    begin select raise(abort, 'an audit row is never deleted'); end""",
)
_POSTGRESQL = (
    """create function audit_is_append_only() returns trigger language plpgsql as $$
    begin
      if tg_op = 'DELETE' then
        if old.place is null
           or old.place > coalesce((select max(place) from audit_cuts), 0) then
          raise exception 'an audit row is never deleted' using errcode = '23514';
        end if;
        return old;
      end if;
      if new.id <> old.id or new.at <> old.at or new."by" <> old."by" or new.what <> old.what
         or new.client_id is distinct from old.client_id or new.facts_hash <> old.facts_hash
         or (new.facts is not null and new.facts is distinct from old.facts)
         or (new.salt is not null and new.salt is distinct from old.salt)
         or (old.hash is not null
             and (new.hash is distinct from old.hash or new.place is distinct from old.place))
      then raise exception 'an audit row is never changed' using errcode = '23514';
      end if;
      return new;
    end $$""",
    """create trigger audit_is_append_only before update or delete on audit
    for each row execute function audit_is_append_only()""",
)


def upgrade() -> None:
    _audit()
    _erasures()
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in _POSTGRESQL if is_postgresql else _SQLITE:
        op.execute(statement)


def downgrade() -> None:
    for table in ("erasures", "audit_cuts", "audit"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("drop function audit_is_append_only")


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("client_id", Whole),
        sa.Column("facts", sa.Text()),
        sa.Column("salt", sa.LargeBinary()),
        sa.Column("facts_hash", sa.LargeBinary(), nullable=False),
        sa.Column("place", Whole),
        sa.Column("hash", sa.LargeBinary()),
        sa.CheckConstraint("(place is null) = (hash is null)", name=op.f("ck_audit_sealed")),
        sa.CheckConstraint("(facts is null) = (salt is null)", name=op.f("ck_audit_forgotten")),
        sa.UniqueConstraint("place", name=op.f("uq_audit_place")),
    )
    for columns in (["client_id", "at"], ["by", "at"], ["what", "at"], ["at"]):
        op.create_index(f"ix_audit_{'_'.join(columns)}", "audit", columns)
    op.create_index("ix_audit_unsealed", "audit", ["id"],
                    sqlite_where=_UNSEALED, postgresql_where=_UNSEALED)


def _erasures() -> None:
    op.create_table(
        "audit_cuts",
        sa.Column("place", Whole, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
    )
    op.create_table(
        "erasures",
        sa.Column("client_id", Whole, primary_key=True, autoincrement=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("started_at", Utc(), nullable=False),
        sa.Column("finished_at", Utc()),
        sa.Column("done", Json, nullable=False),
    )
