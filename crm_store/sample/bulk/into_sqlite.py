"""The bulk into SQLite: each chunk becomes a small file in some process, one process joins them.

The base is made beside its place and put there when it is whole: a broken run leaves nothing.
Only the joining is one after another; it copies rows without looking at them. What is kept by a
key of no order (words, numbers) is gathered in a side file and written sorted, at the end.
"""

from __future__ import annotations

import gc
import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from crm_store.naming import dictionary
from crm_store.sample.bulk.layout import COLUMNS, SQLITE, UNSORTED
from crm_store.sample.bulk.making import Maker, Plan
from crm_store.sample.bulk.pool import each_in_order

_CACHE_KIB = 120_000         # and sorting takes some times that
_QUICK = ("journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE", "temp_store=FILE",
          "foreign_keys=OFF", "threads=2", f"cache_size=-{_CACHE_KIB}")


def build(
    path: Path, plan: Plan, groups: dict[str, str], done: Callable[[int], None]
) -> Counter[str]:
    """Fill the migrated base at `path`, which nobody has open and which has no clients; rows by
    table. `done` is told the chunks that are in, and then the last steps one by one."""
    half, loose = _beside(path, "building"), _beside(path, "loose")
    try:
        _away(half, loose)
        shutil.copy(path, half)             # with its rights: for our eyes only
        with closing(_open(half)) as base:
            base.execute("ATTACH ? AS loose", (str(loose),))
            for pragma in ("journal_mode=OFF", "synchronous=OFF"):
                base.execute(f"PRAGMA loose.{pragma}")
            indexes = _drop_indexes(base)
            counts = _join(base, path, plan, done)
            _finish(base, indexes, groups, done)
        _keep(half, path)
        return counts
    finally:
        _away(half, loose)


def steps() -> int:
    """How many times `done` is called after the chunks, about."""
    return len(UNSORTED) + 30


def _open(path: Path) -> sqlite3.Connection:
    base = sqlite3.connect(path, isolation_level=None)
    for pragma in _QUICK:
        base.execute(f"PRAGMA {pragma}")
    return base


def _drop_indexes(base: sqlite3.Connection) -> list[str]:
    """They are built at the end, sorted; what made them."""
    found = base.execute("select name, sql from sqlite_master where type = 'index' and sql is not"
                         " null").fetchall()
    for name, _ in found:
        base.execute(f'DROP INDEX "{name}"')
    return [sql for _, sql in found]


def _join(
    base: sqlite3.Connection, path: Path, plan: Plan, done: Callable[[int], None]
) -> Counter[str]:
    for table in UNSORTED:
        base.execute(f"CREATE TABLE loose.{table} ({_named(table)})")
    counts: Counter[str] = Counter()
    jobs = ((plan, index, str(_beside(path, f"part{index}"))) for index in plan.chunks())
    with _parts_away(path):
        for number, (part, counted) in enumerate(each_in_order(make_part, jobs), start=1):
            _take(base, part)
            counts.update(counted)
            done(number)
    return counts


def make_part(plan: Plan, index: int, path: str) -> tuple[str, dict[str, int]]:
    """In some process: a chunk's rows as a file."""
    rows = _maker(plan).chunk(index)
    with closing(sqlite3.connect(path, isolation_level=None)) as part:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE"):
            part.execute(f"PRAGMA {pragma}")
        part.execute("BEGIN")
        for table, columns in COLUMNS.items():
            part.execute(f"CREATE TABLE {table} ({_named(table)})")
            part.executemany(                                   # our own names
                f"INSERT INTO {table} VALUES ({','.join('?' * len(columns))})",     # noqa: S608
                rows[table])
        part.execute("COMMIT")
    return path, {table: len(found) for table, found in rows.items()}


_makers: dict[Plan, Maker] = {}


def _maker(plan: Plan) -> Maker:
    """Made once in each process; with millions of short-lived rows the collector only costs."""
    if plan not in _makers:
        gc.disable()
        _makers[plan] = Maker(plan, SQLITE)
    return _makers[plan]


def _take(base: sqlite3.Connection, part: str) -> None:
    base.execute("ATTACH ? AS part", (part,))
    base.execute("BEGIN")
    for table in COLUMNS:
        where = f"loose.{table}" if table in UNSORTED else f"main.{table}"
        base.execute(f"INSERT INTO {where} ({_named(table)}) "      # noqa: S608  our own names
                     f"SELECT {_named(table)} FROM part.{table}")
    base.execute("COMMIT")
    base.execute("DETACH part")
    Path(part).unlink()


def _finish(
    base: sqlite3.Connection, indexes: list[str], groups: dict[str, str],
    done: Callable[[int], None],
) -> None:
    told = 0
    for table, key in UNSORTED.items():
        base.execute(f"INSERT INTO main.{table} ({_named(table)}) "     # noqa: S608  our own
                     f"SELECT {_named(table)} FROM loose.{table} ORDER BY {key}")
        done(-(told := told + 1))
    known, pieces = dictionary(row[0] for row in base.execute(
        "select distinct word from main.client_words union "
        "select distinct word from main.address_words"))
    base.executemany("INSERT INTO known_words (word, stem) VALUES (:word, :stem)", known)
    base.executemany("INSERT INTO word_pieces (piece, stem) VALUES (:piece, :stem)", pieces)
    base.executemany("INSERT OR IGNORE INTO groups (id, name) VALUES (?, ?)", groups.items())
    for sql in indexes:
        base.execute(sql)
        done(-(told := told + 1))


def _keep(half: Path, path: Path) -> None:
    """On the disk for good, then in its place."""
    with closing(sqlite3.connect(half, isolation_level=None)) as base:
        base.execute("PRAGMA journal_mode=WAL")
    with half.open("rb") as file:
        os.fsync(file.fileno())
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    half.replace(path)


def _named(table: str) -> str:
    return ", ".join(f'"{column}"' for column in COLUMNS[table])


def _beside(path: Path, what: str) -> Path:
    return path.with_name(f"{path.name}.{what}")


@contextmanager
def _parts_away(path: Path) -> Iterator[None]:
    try:
        yield
    finally:
        _away(*path.parent.glob(f"{path.name}.part*"))


def _away(*paths: Path) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
