"""What Alembic runs for each command; the connection comes from `crm_store.migrate`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from alembic import context
from alembic.runtime.migration import MigrationContext, MigrationInfo

import crm_store.tables  # noqa: F401  completes the metadata
from crm_store.base import Base


def _told(ctx: MigrationContext, step: MigrationInfo, heads: Collection[Any],
          run_args: Mapping[str, Any]) -> None:
    """To who looks on at each step, see `crm_store.migrate`."""
    on_step = context.config.attributes.get("on_step")
    if on_step is not None:
        on_step(step.up_revision_id)


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    compare_type=True,
    transactional_ddl=True,
    on_version_apply=_told,
)
with context.begin_transaction():
    context.run_migrations()
