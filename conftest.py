"""Fixtures that several suites share, and how two workers divide the tests."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator

import pytest

# What a test starts reads the modules as compiled before: a third of a server's start.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

pytest_plugins = ["tests.conftest_postgres", "tests.pbx.fixtures"]

# Seconds that a test takes, roughly: what takes long begins first, and the workers end together.
SECONDS = {"acceptance": 15.0, "pbx": 6.0, "browser": 2.5, "terminal": 1.0, "postgres": 0.6}
ANY_S = 0.2


@pytest.fixture(autouse=True)
def _logged_as_before() -> Iterator[None]:
    """What a test sets up for its logs ends with it: another looks for a warning."""
    levels = {name: logging.getLogger(name).level
              for name in (None, "aiosqlite", "asyncio", "alembic", "sqlalchemy.engine")}
    yield
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """`-n 2 --dist loadfile --no-loadscope-reorder`: a file stays on one worker (grouping by
    marks does nothing since pytest 9.2, which has no `_nodeid`)."""
    cost: dict[str, float] = {}
    for item in items:
        cost[str(item.path)] = cost.get(str(item.path), 0) + _seconds(item)
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: -cost[str(item.path)])


def _seconds(item: pytest.Item) -> float:
    return max((seconds for kind, seconds in SECONDS.items() if item.get_closest_marker(kind)),
               default=ANY_S)
