"""A frozen list may take somebody more where its size was raised for him in the same step."""

from __future__ import annotations

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_FULL = ("(select size from campaigns where id = new.campaign_id) <= "
         "(select count(*) from campaign_entries where campaign_id = new.campaign_id)")
_FROZEN = "(select frozen_at from campaigns where id = new.campaign_id) is not null"
_SQLITE = """create trigger campaign_list_is_frozen_insert before insert on campaign_entries
    when {when}
    begin select raise(abort, 'the list of this campaign is frozen'); end"""
_POSTGRES = """create or replace function campaign_list_is_frozen() returns trigger
    language plpgsql as $$
    begin
        if (select frozen_at from campaigns
            where id = coalesce(new.campaign_id, old.campaign_id)) is not null {unless} then
            raise exception 'the list of this campaign is frozen'
                using errcode = 'integrity_constraint_violation';
        end if;
        if tg_op = 'DELETE' then return old; end if;
        return new;
    end $$"""


def upgrade() -> None:
    """The sum of the states still equals the size, at every commit."""
    _put(f"{_FROZEN} and {_FULL}", f"and (tg_op = 'DELETE' or {_FULL})")


def downgrade() -> None:
    _put(_FROZEN, "")


def _put(when: str, unless: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_POSTGRES.format(unless=unless))
        return
    op.execute("drop trigger campaign_list_is_frozen_insert")
    op.execute(_SQLITE.format(when=when))
