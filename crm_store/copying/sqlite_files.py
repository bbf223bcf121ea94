"""SQLite files that grow beside their place and take it in one step, and those put aside."""

# ruff: noqa: S608  names come from the database's own catalogue, and are quoted
from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

from crm_store import errors
from crm_store.copying.sqlite_end import SqliteEnd, connect, in_words, quoted, table_names
from crm_store.store import Store

_SIDES = ("-wal", "-shm", "-journal")
_RESERVE_BYTES = 16 << 20           # beside what is written: side files, and others' writing


@contextmanager
def growing(path: Path) -> Iterator[Path]:
    """An empty file beside `path`, for our eyes only; what is left of it at the end goes."""
    part = path.with_name(path.name + ".part")
    _remove(part)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.touch(mode=0o600)
    except OSError as exc:
        raise errors.Unreachable(f"({part}: {exc.strerror})") from exc
    try:
        yield part
    finally:
        _remove(part)


@asynccontextmanager
async def filling(part: Path, revision: str) -> AsyncIterator[SqliteEnd]:
    """The new file `part`, with the tables of `revision`, to be filled; then whole on the disk."""
    store = Store.at(part)
    try:
        await store.migrate(revision)
    finally:
        await store.close()
    with in_words():
        raw = await asyncio.to_thread(_open_to_fill, part)
    try:
        yield SqliteEnd(raw)
        with in_words():
            await asyncio.to_thread(settle, raw)
    finally:
        raw.close()


def settle(raw: sqlite3.Connection) -> None:
    """One file without side files."""
    raw.execute("pragma journal_mode=delete")


def take_place(part: Path, path: Path, aside: Path | None) -> None:
    """`part` becomes `path`; who is there goes to `aside`, or away. Durable when it returns."""
    with part.open("rb") as file:
        os.fsync(file.fileno())
    if aside is not None:
        path.rename(aside)
    try:
        part.replace(path)
    except OSError:
        if aside is not None:
            aside.rename(path)
        raise
    for side in _SIDES:
        path.with_name(path.name + side).unlink(missing_ok=True)
    _sync_folder(path.parent)


def release(path: Path) -> None:
    """Make the base at `path` one file that nobody uses. Raises `InUse`."""
    if not path.is_file():
        return
    with in_words():
        raw = connect(path, "rw")
        try:
            settle(raw)
        except sqlite3.OperationalError as exc:
            if "locked" not in str(exc):
                raise
            raise errors.InUse(f"({path})") from exc
        finally:
            raw.close()


def has_rows(path: Path) -> bool:
    """Whether there is a base with anything in it."""
    if not path.is_file() or not path.stat().st_size:
        return False
    with in_words():
        raw = connect(path, "rw")
        try:
            return any(raw.execute(f"select exists (select 1 from {quoted(name)})")
                       .fetchone()[0] for name in table_names(raw))
        finally:
            raw.close()


def size_of(path: Path) -> int:
    """Bytes of a base with its log."""
    wal = path.with_name(path.name + "-wal")
    return path.stat().st_size + (wal.stat().st_size if wal.exists() else 0)


def refuse_without_room(folder: Path, needed: int) -> None:
    """Raises `Full` before anything is written."""
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if free < needed + _RESERVE_BYTES:
        raise errors.Full(f"({folder}: {_mib(needed)} are needed and {_mib(free)} are free)")


def _mib(size: int) -> str:
    return f"{size / (1 << 20):,.0f} MiB"


def _open_to_fill(part: Path) -> sqlite3.Connection:
    """Without a journal: what breaks off is thrown away as a whole."""
    raw = connect(part, "rw")
    settle(raw)
    raw.execute("pragma journal_mode=off")
    raw.execute("pragma synchronous=off")
    return raw


def _remove(part: Path) -> None:
    for name in ("", *_SIDES):
        with suppress(OSError):
            part.with_name(part.name + name).unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
