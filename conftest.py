"""Fixtures that several suites share, and how two workers divide the tests."""

from __future__ import annotations

import os
import sys

import pytest

# What a test starts reads the modules as compiled before: a third of a server's start.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

pytest_plugins = ["tests.conftest_postgres", "tests.pbx.fixtures"]
ONE_DEMO = "acceptance"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`-n 2 --dist loadgroup`: a file stays on one worker, and so does the one running demo."""
    for item in items:
        group = ONE_DEMO if item.get_closest_marker("acceptance") else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))
