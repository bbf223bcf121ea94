"""`deskline ivr` as a user meets it."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from tests.ivr.conftest import OFFICE
from workstation.cli.main import run


@pytest.fixture
def config(tmp_path: Path, prompts_dir: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "prompts").symlink_to(prompts_dir, target_is_directory=True)
    file = tmp_path / "deskline.toml"
    file.write_text(f'data_dir = "{tmp_path / "data"}"\n[menu]\nport = 1\nlanguages = ["en"]\n'
                    f'[company]\noffice = "{OFFICE}"\n')
    return file


@pytest.mark.parametrize("words", [["ivr", "check", "--json", "--config", "FILE"],
                                   ["ivr", "--config", "FILE", "check", "--json"]])
def test_check_tells_what_is_there(
    config: Path, capsys: pytest.CaptureFixture[str], words: list[str],
) -> None:
    assert run([str(config) if word == "FILE" else word for word in words]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["prompts_missing"] == 0
    assert facts["entries"] == {"74951200000": "billing", "74951200001": "outages"}
    assert "operator" in facts["menus"]["main"]


def test_prompts_that_are_there_are_not_spoken_again(
    config: Path, capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["ivr", "prompts", "--json", "--config", str(config)]) == 0
    assert json.loads(capsys.readouterr().out)["spoken"] == 0


@pytest.mark.parametrize(("menu", "fault"), [
    (None, "cannot be read"), ("x", "Expected"), ("", "the menu has no steps"),
])
def test_a_menu_that_cannot_be_used_is_one_line(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch, menu: str | None, fault: str,
) -> None:
    file = tmp_path / "own.toml"
    if menu is not None:
        file.write_text(menu)
    monkeypatch.setenv("DESKLINE_MENU__FILE", str(file))
    assert run(["ivr", "check", "--config", str(config)]) == 2
    said = capsys.readouterr().err
    assert fault in said
    assert "own.toml" in said
    assert said.count("\n") == 1


def test_a_port_in_use_is_one_line(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("DESKLINE_MENU__PORT", str(port))
        assert run(["ivr", "--config", str(config)]) == 1
    said = capsys.readouterr().err
    assert f"127.0.0.1:{port}" in said
    assert said.count("\n") == 1
