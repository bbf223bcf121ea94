"""Backups: taken while calls are written, checked, and put back; what is broken stays out."""

# ruff: noqa: ASYNC240  files of a test are small
from __future__ import annotations

import asyncio
import os
import resource
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from crm_store import backup, backup_file, clients, copying, errors, migrate
from crm_store.store import Store
from crm_store.tables.clients import Clients
from crm_store.tables.contacts import Notes
from tests.crm_store import awkward

NOW = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
SECRET = bytes(range(32))


async def _make(url: str, file: Path, **parts: bytes) -> backup_file.Manifest:
    return await backup.make(url, file, now=NOW, version="0.1.0", parts=parts, facts={"a": "b"})


async def _count(url: str) -> int:
    store = Store(url)
    try:
        async with store.read() as tx:
            return int(await tx.scalar(select(func.count()).select_from(Clients)))
    finally:
        await store.close()


async def _add(url: str, name: str) -> None:
    store = Store(url)
    async with store.begin() as tx:
        await clients.create(tx, name=name, by="101", at=NOW)
    await store.close()


@pytest.fixture
def awkward_url(store_url: str, tmp_path: Path, sqlite_template: Path,
                      request: pytest.FixtureRequest) -> str:
    """Every table filled, on each engine."""
    if store_url.startswith("sqlite"):
        awkward.fill(Path(store_url.removeprefix("sqlite:///")))
        return store_url
    path = tmp_path / "source.db"
    path.write_bytes(sqlite_template.read_bytes())
    awkward.fill(path)
    target: str = request.getfixturevalue("postgres_empty")
    asyncio.run(copying.copy(f"sqlite:///{path}", target))
    return target


async def test_a_backup_comes_back_whole(awkward_url: str, empty_url: str, tmp_path: Path) -> None:
    """From either engine, to either engine; and the base beside it is the same again."""
    file = tmp_path / "b.backup"
    made = await _make(awkward_url, file, secret=SECRET)
    assert file.stat().st_mode & 0o777 == 0o600
    assert not list(tmp_path.glob("*.part*"))
    seen = await backup.examine(file)
    assert (seen, backup_file.files_of(file)) == (made, {"secret": SECRET})
    done = await backup.restore(file, empty_url, now=NOW)
    assert (done.aside, done.revision) == ("", migrate.steps()[-1].revision)
    again = tmp_path / "again.backup"
    assert (await _make(empty_url, again)).tables == made.tables
    await _add(empty_url, "work goes on")


async def test_a_backup_is_one_moment_while_the_base_is_written(
    store: Store, store_url: str, tmp_path: Path
) -> None:
    done = asyncio.Event()
    written = 0

    async def write() -> None:
        nonlocal written
        while not done.is_set():
            async with store.begin() as tx:
                client_id = await clients.create(tx, name=f"n{written}", by="101", at=NOW)
                await tx.run(insert(Notes).values(client_id=client_id, text="", by="1", at=NOW))
            written += 1

    async def backups() -> None:
        try:
            for turn in range(3):
                seen = written
                made = await _make(store_url, tmp_path / f"b{turn}")
                assert made.tables["clients"].rows == made.tables["notes"].rows >= seen
                await backup.examine(tmp_path / f"b{turn}")
        finally:
            done.set()

    async with asyncio.timeout(120), asyncio.TaskGroup() as group:
        group.create_task(write())
        group.create_task(backups())
    assert written > 3


async def test_a_base_with_data_is_kept_aside_and_only_with_force(
    store_url: str, tmp_path: Path
) -> None:
    await _add(store_url, "old")
    file = tmp_path / "b.backup"
    await _make(store_url, file)
    await _add(store_url, "new")
    with pytest.raises(errors.NotEmpty):
        await backup.restore(file, store_url, now=NOW)
    assert await _count(store_url) == 2
    done = await backup.restore(file, store_url, now=NOW, force=True)
    assert await _count(store_url) == 1
    assert await _count_aside(store_url, done.aside) == 2


async def _count_aside(url: str, aside: str) -> int:
    if url.startswith("sqlite"):
        return await _count(f"sqlite:///{aside}")
    store = Store(url)
    schema = aside.removeprefix("schema ")
    found = await store.alter(lambda connection: connection.exec_driver_sql(
        f"select count(*) from {schema}.clients").scalar_one())
    await store.alter(lambda connection: connection.exec_driver_sql(
        f"drop schema {schema} cascade"))
    await store.close()
    return int(found)


async def test_a_base_in_use_is_not_replaced(store: Store, store_url: str, tmp_path: Path) -> None:
    async with store.begin() as tx:
        await clients.create(tx, name="old", by="101", at=NOW)
    file = tmp_path / "b.backup"
    await _make(store_url, file)
    async with store.read() as tx:
        await tx.scalar(select(func.count()).select_from(Clients))
        with pytest.raises(errors.InUse):
            await backup.restore(file, store_url, now=NOW, force=True)
    assert await _count(store_url) == 1


async def test_an_older_backup_is_brought_to_this_version(empty_url: str, tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/old.db")
    await store.migrate("0004")
    await store.alter(lambda connection: connection.exec_driver_sql(
        "insert into groups values ('g', 'G')"))
    await store.close()
    file = tmp_path / "b"
    assert (await _make(f"sqlite:///{tmp_path}/old.db", file)).revision == "0004"
    done = await backup.restore(file, empty_url, now=NOW)
    assert done.revision == migrate.steps()[-1].revision
    assert await _count(empty_url) == 0


def _spoil_half(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def _spoil_to_nothing(file: Path) -> None:
    os.truncate(file, 0)


def _spoil_head(file: Path) -> None:
    file.write_bytes(b"\0" * 4096 + file.read_bytes()[4096:])


def _spoil_row(file: Path) -> None:
    """As a disk does: one letter of one name, with every structure intact."""
    content = file.read_bytes()
    assert content.count(b"Untouched name") >= 1
    file.write_bytes(content.replace(b"Untouched name", b"Untouched nama"))


def _spoil_page(file: Path) -> None:
    content = bytearray(file.read_bytes())
    for start in range(8192, len(content) - 4096, 4096):
        content[start:start + 64] = b"\xff" * 64
    file.write_bytes(content)


def _spoil_manifest(file: Path) -> None:
    _run(file, "update deskline_backup set manifest = replace(manifest, '0.1.0', '0.1.1')")


def _spoil_secret(file: Path) -> None:
    _run(file, "update deskline_backup_files set content = x'00'")


def _other_base(file: Path) -> None:
    _run(file, "drop table deskline_backup")


def _from_the_future(file: Path) -> None:
    with sqlite3.connect(file) as raw:
        told = raw.execute("select manifest from deskline_backup").fetchone()[0]
        told = told.replace(f'"revision": "{migrate.steps()[-1].revision}"', '"revision": "9999"')
        raw.execute("update deskline_backup set manifest = ?, sha256 = ?",
                    (told, backup_file._sha256(told.encode())))
    raw.close()


def _run(file: Path, said: str) -> None:
    with sqlite3.connect(file) as raw:
        raw.execute(said)
    raw.close()


@pytest.mark.parametrize(("spoil", "problem"), [
    (_spoil_half, errors.Damaged), (_spoil_to_nothing, errors.NoBackup),
    (_spoil_head, errors.NoBackup), (_spoil_row, errors.Damaged), (_spoil_page, errors.Damaged),
    (_spoil_manifest, errors.Damaged), (_other_base, errors.NoBackup),
    (_from_the_future, errors.TooNew),
])
async def test_a_bad_file_is_refused_and_the_data_stays(
    store_url: str, tmp_path: Path, spoil: object, problem: type[errors.StoreError]
) -> None:
    await _add(store_url, "Untouched name")
    file = tmp_path / "b.backup"
    await _make(store_url, file, secret=SECRET)
    spoil(file)         # type: ignore[operator]
    with pytest.raises(problem):
        await backup.examine(file)
    with pytest.raises(problem):
        await backup.restore(file, store_url, now=NOW, force=True)
    assert await _count(store_url) == 1
    assert sorted(path.name for path in tmp_path.glob("*.part*")) == []


async def test_a_secret_that_changed_on_the_way_is_refused(
    store_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "b"
    await _make(store_url, file, secret=SECRET)
    _spoil_secret(file)
    with pytest.raises(errors.Damaged, match="secret"):
        backup_file.files_of(file)


async def test_no_tables_are_no_backup(empty_url: str, tmp_path: Path) -> None:
    with pytest.raises((errors.NotMigrated, errors.Unreachable)):
        await _make(empty_url, tmp_path / "b")
    assert not (tmp_path / "b").exists()


# A disk that fills: no file may grow past the limit.
FULL = """
import asyncio, resource, sys
from datetime import UTC, datetime
from pathlib import Path
from crm_store import backup, errors
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[4]), resource.RLIM_INFINITY))
now = datetime(2026, 11, 22, tzinfo=UTC)
work = (backup.make(sys.argv[2], Path(sys.argv[3]), now=now, version="0") if sys.argv[1] == "make"
        else backup.restore(Path(sys.argv[3]), sys.argv[2], now=now, force=True))
try:
    asyncio.run(work)
except errors.Full as exc:
    print(exc)
"""


@pytest.mark.parametrize("verb", ["make", "restore"])
async def test_a_full_disk_is_said_and_nothing_is_lost(
    tmp_path: Path, sqlite_template: Path, verb: str
) -> None:
    base, file = tmp_path / "base.db", tmp_path / "b.backup"
    base.write_bytes(sqlite_template.read_bytes())
    await _add(f"sqlite:///{base}", "kept")
    if verb == "restore":
        await _make(f"sqlite:///{base}", file)
    before = file.read_bytes() if verb == "restore" else b""
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", FULL, verb, f"sqlite:///{base}", str(file),
                         str(200_000)],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "full" in done.stdout
    assert await _count(f"sqlite:///{base}") == 1
    assert (file.read_bytes() if file.exists() else b"") == before
    assert not list(tmp_path.glob("*.part*"))


async def test_no_room_is_said_before_anything_is_written(
    tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "base.db").write_bytes(sqlite_template.read_bytes())
    monkeypatch.setattr("crm_store.copying.sqlite_files._RESERVE_BYTES", 1 << 60)
    with pytest.raises(errors.Full, match="are needed and"):
        await _make(f"sqlite:///{tmp_path}/base.db", tmp_path / "b")
