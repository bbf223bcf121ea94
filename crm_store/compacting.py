"""What was deleted leaves the files of the base too.

SQLite keeps old pages in its log until it is folded back, and remains of cells in pages until
they are written anew; PostgreSQL keeps dead rows until VACUUM.
"""

from __future__ import annotations

import asyncio
import sqlite3

import asyncpg

from crm_store.sqlite import BUSY_MS
from crm_store.store import Store
from crm_store.translate import translated

_LIMIT_S = 6 * 3_600.0


async def fold_log(store: Store) -> None:
    """SQLite's log back into the file and emptied; nothing to do on PostgreSQL.

    Quick. A reader in mid-transaction keeps it from being emptied; the next time does it.
    """
    if store.url.get_backend_name() == "sqlite":
        await asyncio.to_thread(_sqlite, store.url.database or "", ())


async def compact(store: Store) -> None:
    """The whole base written anew: minutes for a large one, during which others wait to write.

    Raises `StoreError`.
    """
    if store.url.get_backend_name() == "sqlite":
        await asyncio.to_thread(_sqlite, store.url.database or "", ("vacuum",))
    else:
        await _postgres(store)


def _sqlite(path: str, statements: tuple[str, ...]) -> None:
    connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_MS / 1000)
    try:
        for statement in (*statements, "pragma wal_checkpoint(truncate)"):
            connection.execute(statement).fetchall()
    except sqlite3.Error as exc:
        raise translated(exc) from exc
    finally:
        connection.close()


async def _postgres(store: Store) -> None:
    url = store.url.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        connection = await asyncpg.connect(url, timeout=10)
        try:
            await connection.execute("vacuum", timeout=_LIMIT_S)
        finally:
            await connection.close()
    except (asyncpg.PostgresError, OSError, TimeoutError) as exc:
        raise translated(exc) from exc
