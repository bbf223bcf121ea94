"""A backup is one file: a SQLite base that opens by itself, with a manifest and other files in it.

SQLite is copied page by page within one reading transaction, so that it stays one moment however
busy the base is; PostgreSQL is copied row by row within one snapshot (no pg_dump of the right
version is needed), and either can be restored to either. A backup counts only when its integrity
is checked and every table has the source's count and checksum.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL

from crm_store import backup_file, copying, errors
from crm_store.backup_file import Manifest
from crm_store.copying import Progress, silent, sqlite_files
from crm_store.copying.postgres_end import PostgresEnd
from crm_store.copying.sqlite_end import SqliteEnd, connect, in_words
from crm_store.copying.tally import Tally
from crm_store.store import Store

_PAGES = 2_000          # copied between two words to the one who waits


@dataclass(frozen=True, slots=True)
class Restored:
    """`aside`: where the base went that was there, or "". `revision`: after migrating."""
    manifest: Manifest
    revision: str
    aside: str


async def make(
    url: str | URL, file: Path, *, now: datetime, version: str,
    parts: Mapping[str, bytes] | None = None, facts: Mapping[str, str] | None = None,
    progress: Progress = silent,
) -> Manifest:
    """A verified backup of the base at `url` in `file`, which appears only when it is whole.

    `parts` are files that go along, by name; `facts` are words for who restores. The base may be
    in use. Raises `NotMigrated`, `Full`, `NotTheSame`, and what else the store raises.
    """
    store = Store(url)
    try:
        with sqlite_files.growing(file) as part:
            async with asyncio.timeout(copying.LIMIT_S), copying.reading(url) as here:
                revision = await here.revision()
                if revision is None:
                    raise errors.NotMigrated()
                tables = await _take(here, part, revision, progress)
            manifest = Manifest(
                made_at=now, version=version, revision=revision, tables=tables,
                engine=store.url.get_backend_name(), facts=dict(facts or {}))
            with in_words():
                await asyncio.to_thread(backup_file.seal, part, manifest, parts or {})
                await asyncio.to_thread(sqlite_files.take_place, part, file, None)
            return manifest
    finally:
        await store.close()


async def _take(
    here: SqliteEnd | PostgresEnd, part: Path, revision: str, progress: Progress
) -> dict[str, Tally]:
    if isinstance(here, PostgresEnd):
        async with sqlite_files.filling(part, revision) as there:
            tables = await copying.fill(here, there, progress)
    else:
        await here.run(lambda raw: copy_pages(raw, part, progress, "copying"))
        shapes = list((await here.shapes()).values())
        tables = await copying.tally_all(here, shapes, progress, "reading")
    await verify(part, tables, progress)
    return tables


async def verify(file: Path, tables: Mapping[str, Tally], progress: Progress) -> None:
    """The structure of the base in `file`, and every table. Raises `Damaged`, `NotTheSame`."""
    progress("integrity", 0, None)
    async with SqliteEnd.opened(file, frozen=True) as end:
        broken = await end.run(lambda raw: raw.execute("pragma integrity_check(1)").fetchone())
        if broken[0] != "ok":
            raise errors.Damaged(f"({str(broken[0])[:200]})")
        shapes = [shape for name, shape in (await end.shapes()).items() if name in tables]
        copying.compare(tables, await copying.tally_all(end, shapes, progress))


async def examine(file: Path, *, progress: Progress = silent) -> Manifest:
    """The manifest of a backup that is whole. Raises `NoBackup`, `TooNew`, `Damaged`."""
    manifest = await asyncio.to_thread(backup_file.manifest_of, file)
    try:
        await verify(file, manifest.tables, progress)
    except errors.NotTheSame as exc:
        raise errors.Damaged(exc.detail) from exc
    except errors.StoreError as exc:
        if isinstance(exc, errors.Damaged):
            raise
        raise errors.Damaged(f"({exc})") from exc
    return manifest


async def restore(
    file: Path, url: str | URL, *, now: datetime, force: bool = False,
    progress: Progress = silent,
) -> Restored:
    """The base in the backup becomes the base at `url`, brought to this version's tables.

    A base with rows that is there is refused without `force` and kept aside with it. Raises
    `NoBackup`, `TooNew`, `Damaged`, `NotEmpty`, `InUse`, `Full`; the base is then as it was.
    """
    store = Store(url)
    try:
        async with asyncio.timeout(copying.LIMIT_S):
            stamp = f"before-restore-{now:%Y%m%dT%H%M%SZ}"
            if store.path is not None:
                return await _to_file(file, store.path, stamp, force=force, progress=progress)
            return await _to_database(file, store, stamp.replace("-", "_").lower(), force=force,
                                      progress=progress)
    finally:
        await store.close()


async def _to_file(
    file: Path, path: Path, stamp: str, *, force: bool, progress: Progress
) -> Restored:
    is_filled = sqlite_files.has_rows(path)
    if is_filled and not force:
        raise errors.NotEmpty(f"({path}; --force puts it aside)")
    manifest = await asyncio.to_thread(backup_file.manifest_of, file)
    sqlite_files.release(path)
    with sqlite_files.growing(path) as part:
        await asyncio.to_thread(_unpack, file, part, progress)
        await _as_damage(part, manifest, progress)
        progress("migrating", 0, None)
        migrated = Store.at(part)
        try:
            revision = await migrated.migrate()
        finally:
            await migrated.close()
        aside = path.with_name(f"{path.name}.{stamp}") if is_filled else None
        with in_words():
            await asyncio.to_thread(sqlite_files.release, part)
            await asyncio.to_thread(sqlite_files.take_place, part, path, aside)
    return Restored(manifest, revision, str(aside or ""))


async def _as_damage(part: Path, manifest: Manifest, progress: Progress) -> None:
    try:
        await verify(part, manifest.tables, progress)
    except errors.NotTheSame as exc:
        raise errors.Damaged(exc.detail) from exc


async def _to_database(
    file: Path, store: Store, schema: str, *, force: bool, progress: Progress
) -> Restored:
    manifest = await examine(file, progress=progress)
    async with SqliteEnd.opened(file, frozen=True) as here, PostgresEnd.filling(store) as there:
        is_filled = await there.has_rows()
        if is_filled and not force:
            raise errors.NotEmpty(f"({store.shown}; --force puts it aside)")
        if await there.is_in_use():
            raise errors.InUse(f"({store.shown})")
        await there.set_aside(schema)
        if not is_filled:
            await there.forget(schema)
        await there.migrate(manifest.revision)
        copying.compare(manifest.tables, await copying.fill(here, there, progress))
        revision = await there.migrate()
    return Restored(manifest, revision, f"schema {schema}" if is_filled else "")


def copy_pages(raw: sqlite3.Connection, part: Path, progress: Progress, stage: str) -> None:
    """Every page as `raw`'s reading transaction sees it: nobody's writing starts it again."""
    pages, size = (int(raw.execute(f"pragma {name}").fetchone()[0])
                   for name in ("page_count", "page_size"))
    sqlite_files.refuse_without_room(part.parent, pages * size)
    with closing(connect(part, "rw")) as target:
        raw.backup(target, pages=_PAGES, sleep=0,
                   progress=lambda _, left, of: progress(stage, of - left, of))
        sqlite_files.settle(target)


def _unpack(file: Path, part: Path, progress: Progress) -> None:
    try:
        with in_words(), closing(connect(file, "ro", immutable=True)) as raw:
            raw.execute("begin")
            raw.execute("select 1 from sqlite_master").fetchone()
            copy_pages(raw, part, progress, "copying")
        with in_words(), closing(connect(part, "rw")) as raw:
            backup_file.unseal(raw)
    except errors.StoreError as exc:
        if "malformed" in str(exc) or "not a database" in str(exc):
            raise errors.Damaged(f"({file.name} is cut short or overwritten)") from exc
        raise
