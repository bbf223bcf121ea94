"""Fixtures that several suites share."""

pytest_plugins = ["tests.conftest_postgres", "tests.pbx.fixtures"]
