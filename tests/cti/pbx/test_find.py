"""Which Asterisk is taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from cti.pbx.errors import NoAsterisk
from cti.pbx.find import Program, find_asterisk, system_asterisk
from cti.pbx.run import ask, main_instance, start, stop
from tests.pbx.fixtures import free_ports, sample_plan


def install(root: Path, script: str) -> None:
    program = root / "usr" / "sbin" / "asterisk"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


@pytest.mark.parametrize("script", ["echo Asterisk 16.28.0", "echo nonsense", "exit 1"])
def test_an_asterisk_that_is_too_old_or_broken_is_passed_over(
        tmp_path: Path, script: str) -> None:
    install(tmp_path, script)
    assert system_asterisk(tmp_path) is None


def test_no_asterisk_is_no_asterisk(tmp_path: Path) -> None:
    assert system_asterisk(tmp_path) is None


def test_without_permission_to_fetch_nothing_is_fetched(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DESKLINE_CACHE", raising=False)
    with pytest.raises(NoAsterisk, match="deskline pbx up"):
        find_asterisk(tmp_path, fetch=False, allow_system=False)
    assert not list(tmp_path.iterdir())


def test_without_any_way_the_message_says_what_would_do(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DESKLINE_CACHE", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoAsterisk, match=r"no apt-get.*apt-get install asterisk.* would do"):
        find_asterisk(tmp_path, allow_system=False)


@pytest.mark.pbx
def test_an_installed_asterisk_is_run_from_its_own_folders(
        tmp_path: Path, asterisk: Program) -> None:
    install(tmp_path, f'exec {" ".join(asterisk.command)} "$@"')
    library = tmp_path / "usr" / "lib" / "asterisk"
    library.mkdir(parents=True)
    (library / "modules").symlink_to(asterisk.module_dir)
    (tmp_path / "usr" / "share").mkdir()
    (tmp_path / "usr" / "share" / "asterisk").symlink_to(asterisk.data_dir)
    found = system_asterisk(tmp_path)
    assert found is not None
    assert found.version == asterisk.version
    instance = main_instance(sample_plan(tmp_path / "pbx", free_ports()), found)
    try:
        start(instance)
        assert found.version in ask(instance, "core show version")
    finally:
        stop(instance)
