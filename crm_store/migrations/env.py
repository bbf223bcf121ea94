"""What Alembic runs for each command; the connection comes from `crm_store.migrate`."""

from __future__ import annotations

from alembic import context

import crm_store.tables  # noqa: F401  completes the metadata
from crm_store.base import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    compare_type=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
