"""A workstation without a telephone, with opening hours."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crm_store.store import Store
from tests.ports import free_port
from tests.workstation.office import Office, open_office
from workstation.settings import Settings, load

NOON = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)     # Monday, 12:00 in Moscow
ENTRY, OTHER = "+74951200000", "+74951200001"


def settings_of(folder: Path, **more: object) -> Settings:
    values: dict[str, object] = {
        "server": {"port": free_port(), "demo_sign_ins": True},
        "pbx": {"ami_port": free_port(), "http_port": free_port()},
        "menu": {"port": free_port(), "gate_port": free_port()},
        "hours": [{"id": "office", "week": ["mon-fri 08:00-20:00"],
                   "special": {"2026-12-31": "08:00-14:00"}}],
        "entry": [{"number": ENTRY, "hours": "office"}, {"number": OTHER, "queue": "outages"}],
        "incidents": {"callers": 3, "on": False}, **more}
    return load(None, data_dir=folder, **values)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = Store.at(tmp_path / "deskline.db")
    await opened.migrate()
    yield opened
    await opened.close()


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(tmp_path, clock=lambda: NOON, settings=settings_of(tmp_path)) as one:
        yield one
