"""A base goes up or down to a revision, and says before what the way down would lose."""

from __future__ import annotations

import asyncio

from sqlalchemy import Connection, text
from sqlalchemy.engine import URL

from crm_store import errors, migrate
from crm_store.copying import sqlite_files
from crm_store.migrate import Walk
from crm_store.store import Store

_OTHERS = text("""select count(*) from pg_stat_activity where datname = current_database()
    and pid <> pg_backend_pid() and application_name = 'deskline'""")


async def plan(url: str | URL, revision: str = migrate.HEAD) -> Walk:
    """What `walk` would do; nothing is made or changed."""
    store = Store(url)
    try:
        if store.path is not None and not store.path.is_file():
            return Walk(None, migrate.end_of(revision))
        return await store.alter(migrate.plan, revision)
    finally:
        await store.close()


async def walk(url: str | URL, revision: str = migrate.HEAD, *, force: bool = False) -> Walk:
    """Raises `NoSuchRevision`, `TooNew`; on the way down also `WouldLose` without `force`, and
    `InUse`: a server of today's version cannot work with yesterday's tables."""
    planned = await plan(url, revision)
    store = Store(url)
    try:
        if migrate.is_down(planned):
            if store.path is not None:
                await asyncio.to_thread(sqlite_files.release, store.path)
            else:
                await store.alter(_refuse_in_use, store.shown)
        return await store.alter(_walk, revision, force)
    finally:
        await store.close()


def _walk(connection: Connection, revision: str, force: bool) -> Walk:
    return migrate.walk(connection, revision, force=force)


def _refuse_in_use(connection: Connection, shown: str) -> None:
    if connection.execute(_OTHERS).scalar_one():
        raise errors.InUse(f"({shown})")
