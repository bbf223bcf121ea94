"""Alembic, run from the package: no alembic.ini, no command line of its own."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

_FOLDER = Path(__file__).parent / "migrations"
_POSTGRES_LOCK = 7_246_001      # any number that is ours: two servers starting take turns


def upgrade(connection: Connection, revision: str = "head") -> str:
    """Every step up to `revision`, inside the connection's transaction; the revision reached."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _POSTGRES_LOCK})
    command.upgrade(_config(connection), revision)
    return current(connection) or ""


def downgrade(connection: Connection, revision: str) -> None:
    command.downgrade(_config(connection), revision)


def current(connection: Connection) -> str | None:
    """The revision of this database, None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
