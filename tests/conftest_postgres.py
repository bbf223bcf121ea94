"""A private PostgreSQL for the tests, and stores on both engines.

`store` runs a test twice, on SQLite and on PostgreSQL, each time on a fresh migrated base.
`store_url` is its URL, for a second Store on the same base. Without PostgreSQL's binaries the
second run is skipped, and fails where CI=true.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from crm_store.store import Store
from tests.ports import free_port

ENGINES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))
_START_LIMIT_S = 30
_ROOM = 3 * 2**30
_TEMPLATE = "deskline_template"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a running server without the database's name: `postgresql://…:port`."""
    binaries = _binaries()
    if binaries is None:
        complain = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        complain("no PostgreSQL here (initdb and postgres are neither in PATH nor "
                 "in /usr/lib/postgresql/*/bin)")
        raise AssertionError
    folder = Path(tempfile.mkdtemp(prefix="dl-pg-", dir=_quick_folder()))
    user = _unprivileged()
    if user:
        shutil.chown(folder, user)
    port = free_port()
    try:
        _run([binaries / "initdb", "-D", folder / "data", "-U", "deskline", "-A", "trust",
              "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"], user)
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [binaries / "postgres", "-D", folder / "data", "-p", str(port), "-k", folder,
                 "-h", "127.0.0.1", "-c", "fsync=off", "-c", "max_connections=60"],
                user=user, cwd="/", stdout=subprocess.DEVNULL, stderr=log)
        try:
            _wait_for(port, server, folder / "log")
            yield f"postgresql://deskline@127.0.0.1:{port}"
        finally:
            server.send_signal(signal.SIGQUIT)
            server.wait(10)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """The name of a migrated database that others are copied from; nobody connects to it."""
    asyncio.run(_execute(f"{postgres_server}/postgres", f"create database {_TEMPLATE}"))
    asyncio.run(_migrate(f"{postgres_server}/{_TEMPLATE}"))
    return _TEMPLATE


@contextlib.contextmanager
def _database(server: str, template: str = "template1") -> Iterator[str]:
    """The URL of a new one; who is still connected at the end is thrown out."""
    name = f"e{uuid.uuid4().hex[:12]}"
    asyncio.run(_execute(f"{server}/postgres", f"create database {name} template {template}"))
    yield f"{server}/{name}"
    asyncio.run(_execute(f"{server}/postgres", f"drop database {name} with (force)"))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "template.db"
    asyncio.run(_migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture(params=ENGINES)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh migrated base on each engine."""
    if request.param == "sqlite":
        path = tmp_path / "deskline.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server: str = request.getfixturevalue("postgres_server")
    with _database(server, request.getfixturevalue("postgres_template")) as url:
        yield url


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    base = Store(store_url)
    yield base
    await base.close()


@pytest.fixture(params=ENGINES)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A base without any table, on each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: str = request.getfixturevalue("postgres_server")
    with _database(server) as url:
        yield url


@pytest.fixture
def postgres_empty(postgres_server: str) -> Iterator[str]:
    """A PostgreSQL database without any table."""
    with _database(postgres_server) as url:
        yield url


def _quick_folder() -> str:
    """In memory where there is room: a database is a thousand files, and each test has one."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and (
        shutil.disk_usage(memory).free > _ROOM)
    return str(memory) if roomy else "/tmp"


async def _migrate(url: str) -> None:
    base = Store(url)
    await base.migrate()
    await base.close()


async def _execute(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url, timeout=10)
    try:
        for statement in statements:
            await connection.execute(statement, timeout=60)
    finally:
        await connection.close()


def _binaries() -> Path | None:
    """PostgreSQL's own folder rather than PATH: wrappers there may pick another version."""
    homes = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name))
    found = shutil.which("initdb")
    for folder in [*reversed(homes), *([Path(found).resolve().parent] if found else [])]:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return None


def _unprivileged() -> str | None:
    """Whom to run the server as: initdb refuses root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _run(command: list[str | Path], user: str | None) -> None:
    done = subprocess.run(command, user=user, cwd="/", capture_output=True, text=True,
                          timeout=60, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stderr}")


def _wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    """Until it accepts connections; a port open but a server still starting refuses politely."""
    limit = time.monotonic() + _START_LIMIT_S
    while time.monotonic() < limit:
        if server.poll() is not None:
            break
        try:
            asyncio.run(_execute(f"postgresql://deskline@127.0.0.1:{port}/postgres", "select 1"))
            return
        except (OSError, asyncpg.PostgresError):
            time.sleep(0.1)
    raise RuntimeError(f"PostgreSQL did not start: {log.read_text()[-500:]}")
