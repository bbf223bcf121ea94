"""`deskline ivr` as a user meets it."""

from __future__ import annotations

import io
import json
import socket
from pathlib import Path

import pytest

from ivr.plan import shipped_menu
from tests.ivr.conftest import DEBTOR, OFFICE
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


def test_a_file_is_checked_by_its_lines_and_the_exit_code_tells(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str],
) -> None:
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text(shipped_menu())
    bad.write_text(shipped_menu().replace('next = "choose"', 'next = "chose"', 1))
    words = ["--json", "--config", str(config)]
    assert run(["ivr", "check", str(good), *words]) == 0
    assert json.loads(capsys.readouterr().out)["menu"] == "main"
    assert run(["ivr", "check", str(bad), *words]) == 1
    fault, = json.loads(capsys.readouterr().out)["faults"]
    line = bad.read_text().splitlines().index('next = "chose"') + 1
    assert (fault["line"], fault["place"]) == (line, "steps.greet.next")
    assert run(["ivr", "check", str(bad), "--config", str(config)]) == 1
    assert f"bad.toml:{line}: steps.greet.next" in capsys.readouterr().err


def test_a_menu_is_drawn_as_text_and_as_a_picture(
    config: Path, capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["ivr", "map", "--config", str(config)]) == 0
    assert "choose  (ask)  choices" in capsys.readouterr().out
    assert run(["ivr", "map", "--svg", "--menu", "survey", "--config", str(config)]) == 0
    assert capsys.readouterr().out.startswith("<svg")
    assert run(["ivr", "map", "--menu", "none", "--config", str(config)]) == 1


def test_a_menu_is_walked_in_a_terminal_with_a_clients_facts(
    config: Path, company_url: str, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DESKLINE_STORE__URL", company_url)
    monkeypatch.setattr("sys.stdin", io.StringIO("1\n3\n7\n1\n\n\n"))
    assert run(["ivr", "try", "--number", DEBTOR, "--config", str(config)]) == 0
    said = capsys.readouterr().out
    assert "[client 1, by number]" in said
    assert "Your debt is four thousand eight hundred twelve roubles" in said
    assert "Your promise is noted." in said
    assert said.rstrip().endswith("→ hangup")
    monkeypatch.setattr("sys.stdin", io.StringIO("1\n3\n7\nq\n"))
    assert run(["ivr", "try", "--number", DEBTOR, "--config", str(config)]) == 0
    said = capsys.readouterr().out
    assert "You have promised" not in said        # the first trial stored nothing
    assert "hung up" in said


def test_a_client_gets_a_pin_and_a_menu_is_taken_into_use(
    config: Path, company_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DESKLINE_STORE__URL", company_url)
    assert run(["ivr", "pin", "40012345", "--config", str(config)]) == 0
    assert len(capsys.readouterr().out.strip()) == 6
    assert run(["ivr", "pin", "1", "--config", str(config)]) == 1
    file = tmp_path / "new.toml"
    file.write_text(shipped_menu())
    capsys.readouterr()
    assert run(["ivr", "use", str(file), "--config", str(config)]) == 0
    assert "Version 1 of the menu 'main' is in use." in capsys.readouterr().out
    file.write_text("x")
    assert run(["ivr", "use", str(file), "--config", str(config)]) == 1
