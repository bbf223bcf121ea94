"""Imports that break off: killed, stopped, overtaken, out of disk; nothing lost, nothing twice."""

from __future__ import annotations

import asyncio
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from crm_store import errors
from crm_store.imports import NotPossible, Overtaken, Plan, files, running, runs, undoing
from crm_store.store import Store
from crm_store.tables.clients import ClientPhones, Clients
from crm_store.tables.imports import ImportRows

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
PLAN = Plan(region="RU", currency="RUB")
ROWS = 6_000
RUN = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from crm_store.imports import running
from crm_store.store import Store

async def main(url, import_id, folder):
    store = Store(url)
    await running.go_on(store, int(import_id), Path(folder), clock=lambda: datetime.now(UTC))
    await store.close()

asyncio.run(main(*sys.argv[1:]))
"""


def table(path: Path, rows: int = ROWS) -> Path:
    path.write_text("name,phone,account\n" + "".join(
        f"Ivanov {number},8916{number:07d},{number}\n" if number % 50 else f"Bad {number},x,\n"
        for number in range(1, rows + 1)))
    return path


async def draft(store: Store, path: Path, folder: Path) -> runs.Import:
    return await running.begin(store, files.keep(path, folder), folder, name=path.name,
                               plan=PLAN, by="admin", now=NOW)


async def counted(store: Store) -> tuple[int, int, int]:
    async with store.read() as tx:
        return (int(await tx.scalar(select(func.count()).select_from(Clients))),
                int(await tx.scalar(select(func.count()).select_from(ClientPhones))),
                int(await tx.scalar(select(func.count()).select_from(ImportRows))))


async def state(store: Store, import_id: int) -> runs.Import:
    async with store.read() as tx:
        return await runs.get(tx, import_id)


async def until(store: Store, import_id: int, is_so: Callable[[runs.Import], bool]) -> None:
    async with asyncio.timeout(60):
        while not is_so(await state(store, import_id)):  # noqa: ASYNC110 - it is elsewhere
            await asyncio.sleep(0.02)


def _started(store: Store, import_id: int, folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", RUN, store.url.render_as_string(
        hide_password=False), str(import_id), str(folder)])


async def test_killed_in_the_middle_it_goes_on_and_no_row_is_twice(
    store: Store, tmp_path: Path
) -> None:
    known = await draft(store, table(tmp_path / "x.csv"), tmp_path / "kept")
    process = _started(store, known.id, tmp_path / "kept")
    try:
        await until(store, known.id, lambda now: now.position >= 1_000)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    broken = await state(store, known.id)
    assert broken.state == "running"
    assert 1_000 <= broken.position < ROWS
    assert (await counted(store))[0] == broken.created
    done = await running.go_on(store, known.id, tmp_path / "kept", clock=lambda: NOW)
    assert (done.state, done.position, done.created, done.refused) == (
        "done", ROWS, ROWS - ROWS // 50, ROWS // 50)
    assert await counted(store) == (done.created,) * 3
    assert list((tmp_path / "kept").iterdir()) == []


async def test_stopped_it_stops_at_the_next_chunk_and_goes_on(
    store: Store, tmp_path: Path
) -> None:
    known = await draft(store, table(tmp_path / "x.csv", 3_000), tmp_path / "kept")
    stopping: list[asyncio.Task[None]] = []

    async def stop() -> None:
        async with store.begin() as tx:
            await runs.stop(tx, known.id)

    async with asyncio.TaskGroup() as tasks:
        def heard(done: int, _of: int | None) -> None:
            if done == 1_000:
                stopping.append(tasks.create_task(stop()))

        with pytest.raises(Overtaken):
            await running.go_on(store, known.id, tmp_path / "kept", clock=lambda: NOW,
                                progress=heard)
    stopped = await state(store, known.id)
    assert stopped.state == "stopped"
    assert stopped.position < 3_000
    done = await running.go_on(store, known.id, tmp_path / "kept", clock=lambda: NOW)
    assert (done.position, (await counted(store))[0]) == (3_000, done.created)


async def test_who_takes_it_over_goes_on_alone(store: Store, tmp_path: Path) -> None:
    known = await draft(store, table(tmp_path / "x.csv", 2_000), tmp_path / "kept")
    outcomes: list[str] = []

    async def go() -> None:
        try:
            outcomes.append((await running.go_on(
                store, known.id, tmp_path / "kept", clock=lambda: NOW)).state)
        except (Overtaken, NotPossible):
            outcomes.append("overtaken")

    async with asyncio.TaskGroup() as tasks:
        for _ in range(2):
            tasks.create_task(go())
    assert sorted(outcomes) == ["done", "overtaken"]
    done = await state(store, known.id)
    assert (await counted(store))[0] == done.created == 1_960


async def test_a_disk_that_fills_loses_nothing(tmp_path: Path) -> None:
    """SQLite only: a limit on the file's size stands for the full disk."""
    store = Store.at(tmp_path / "deskline.db")
    await store.migrate()
    known = await draft(store, table(tmp_path / "x.csv"), tmp_path / "kept")
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = (tmp_path / "deskline.db").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 1_500_000, hard))
    try:
        with pytest.raises(errors.StoreError):
            await running.go_on(store, known.id, tmp_path / "kept", clock=lambda: NOW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    broken = await state(store, known.id)
    assert broken.position < ROWS
    assert (await counted(store))[0] == broken.created
    done = await running.go_on(store, known.id, tmp_path / "kept", clock=lambda: NOW)
    assert (done.position, (await counted(store))[0]) == (ROWS, done.created)
    await store.close()


async def test_undoing_goes_on_where_it_broke_off(store: Store, tmp_path: Path) -> None:
    known = await draft(store, table(tmp_path / "x.csv", 1_000), tmp_path / "kept")
    await running.go_on(store, known.id, tmp_path / "kept", clock=lambda: NOW)

    class Broken(Exception):
        pass

    def breaks(done: int, _of: int | None) -> None:
        if done >= 400:
            raise Broken

    with pytest.raises(Broken):
        await undoing.undo(store, known.id, tmp_path, by="admin", clock=lambda: NOW,
                           progress=breaks)
    assert (await state(store, known.id)).state == "undoing"
    assert 0 < (await counted(store))[0] < 980
    undone = await undoing.undo(store, known.id, tmp_path, by="admin", clock=lambda: NOW)
    assert (undone.gone, (await counted(store))[:2]) == (980, (0, 0))


async def test_an_interrupted_import_is_told_from_a_running_one(
    store: Store, tmp_path: Path
) -> None:
    known = await draft(store, table(tmp_path / "x.csv", 10), tmp_path / "kept")
    async with store.begin() as tx:
        taken = await runs.take(tx, known.id, "somebody", to="running", at=NOW)
    assert not taken.is_silent(NOW)
    assert taken.is_silent(NOW + 2 * runs.SILENT_AFTER)
