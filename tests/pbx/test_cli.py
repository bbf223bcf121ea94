"""`deskline pbx`, as a person would use it."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from cti.pbx.find import Program
from tests.pbx.fixtures import free_ports
from workstation.cli.main import run

pytestmark = pytest.mark.pbx


@pytest.fixture
def config(tmp_path: Path, asterisk: Program, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A settings file with a data folder and ports of its own; stopped afterwards."""
    if not asterisk.command[0].startswith("/usr/sbin"):
        monkeypatch.setenv("DESKLINE_CACHE", str(asterisk_folder(asterisk)))
    ports = free_ports()
    file = tmp_path / "deskline.toml"
    file.write_text(
        f'data_dir = "{tmp_path / "data"}"\n[pbx]\nsip_port = {ports.sip}\n'
        f"ami_port = {ports.ami}\nhttp_port = {ports.http}\nrtp_start = {ports.rtp[0]}\n"
        f'rtp_end = {ports.rtp[1]}\ntrunk = "127.0.0.1:{ports.world_sip}"\n'
        f"world_ami_port = {ports.world_ami}\n")
    yield file
    run(["pbx", "down", "--config", str(file)])


def asterisk_folder(asterisk: Program) -> Path:
    """The folder that holds the unpacked tree `asterisk`."""
    return next(p for p in asterisk.data_dir.parents if p.name == "asterisk" and (
        p / "usr").is_dir()).parent


def test_up_status_and_down(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["pbx", "up", "--world", "--config", str(config)]) == 0
    capsys.readouterr()
    assert run(["pbx", "status", "--json", "--config", str(config)]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert [one["up"] for one in facts["instances"]] == [True, True]
    anna = facts["operators"][0]
    assert (anna["sip_name"], anna["web_sip_name"]) == ("101", "101-web")
    assert len(anna["sip_password"]) == 32
    assert run(["pbx", "down", "--config", str(config)]) == 0
    capsys.readouterr()
    assert run(["pbx", "status", "--config", str(config)]) == 0
    told = capsys.readouterr().out
    assert told.startswith("main: down\nworld: down\n")
    assert anna["sip_password"] not in told


def test_a_port_in_use_is_one_line_on_standard_error(
        config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    port = int(config.read_text().split("ami_port = ")[1].split()[0])
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        assert run(["pbx", "up", "--config", str(config)]) == 1
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1
    assert str(port) in told[0]


def test_a_name_that_must_not_enter_the_configuration_is_wrong_use(
        config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text(config.read_text() + (
        '[[operator]]\nid = "101"\nlogin = "anna"\nname = "Anna; evil"\n'))
    assert run(["pbx", "up", "--config", str(config)]) == 2
    assert "Anna; evil" in capsys.readouterr().err


def test_config_writes_files_for_an_existing_asterisk(
        config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert run(["pbx", "config", "--out", str(out), "--config", str(config)]) == 0
    assert {path.name for path in out.iterdir()} == {
        "deskline-README.txt", *(f"deskline-{kind}.conf" for kind in (
            "manager", "http", "pjsip", "queues", "extensions", "cel", "cel_custom"))}
    assert {path.stat().st_mode & 0o777 for path in out.iterdir()} == {0o600}


def test_a_data_folder_that_is_a_file_is_said_in_one_line(
        config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "data").touch()
    assert run(["pbx", "up", "--config", str(config)]) in (1, 2)
    assert len(capsys.readouterr().err.splitlines()) == 1
    (tmp_path / "data").unlink()


