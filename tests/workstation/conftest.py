from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import argon2
import pytest

from tests.workstation.office import Office, open_office
from workstation import logs


@pytest.fixture(autouse=True)
def _logs() -> None:
    """As the server logs: JSON lines, not the drawings of structlog's default."""
    logs.set_up("ERROR")


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten people are made for every office: the real cost of argon2 would be half a second."""
    cheap = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("workstation.accounts.argon2.PasswordHasher", lambda: cheap)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(tmp_path) as opened:
        yield opened
