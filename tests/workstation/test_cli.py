"""The command line: exit codes, and errors of one line that say what to do."""

from __future__ import annotations

import asyncio
import contextlib
import http.server
import json
import os
import pty
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests.ports import free_port
from workstation.cli.main import COMMANDS, deskline, run
from workstation.pbx_plan import plan_of
from workstation.serve import CannotServe, PartFailed, _part, first_of, running
from workstation.settings import load


def config(folder: Path, **server: object) -> Path:
    lines = [f'data_dir = "{folder / "data"}"', "[server]", f"port = {free_port()}",
             *(f"{name} = {json.dumps(value)}" for name, value in server.items()),
             "[pbx]", f"ami_port = {free_port()}", "[menu]", f"port = {free_port()}",
             f"gate_port = {free_port()}"]
    path = folder / "deskline.toml"
    path.write_text("\n".join(lines))
    return path


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([name, "--help"]) == 0
    assert "Usage" in capsys.readouterr().out


@pytest.mark.parametrize(("args", "code"), [
    (["nonsense"], 2), (["serve", "--wrong"], 2), (["serve", "--config", "nowhere.toml"], 2),
    (["staff", "password"], 2)])
def test_wrong_use_is_one_line_and_exit_code_2(
    args: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(args) == code
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_a_setting_that_is_not_allowed_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "deskline.toml"
    path.write_text("[server]\nport = 99999\n")
    assert run(["serve", "--config", str(path)]) == 2
    assert "server.port" in capsys.readouterr().err


def test_the_doctor_is_red_without_asterisk_and_says_what_to_mend(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["doctor", "--json", "--config", str(config(tmp_path))]) == 1
    facts = json.loads(capsys.readouterr().out)
    assert facts["ok"] is False
    red = {check["check"]: check["mend"] for check in facts["checks"] if check["colour"] == "red"}
    assert red.keys() == {"data folder", "secret", "database", "manager account observer",
                          "manager account control", "softphones", "menu server", "prompts"}
    assert "deskline pbx up" in red["manager account observer"]
    assert all(red.values())
    assert not (tmp_path / "data").exists(), "the doctor made what it should look for"


def test_the_doctor_tells_a_bad_data_folder_among_all_the_rest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    assert run(["doctor", "--json", "--config", str(config(tmp_path))]) == 1
    checks = {check["check"]: check for check in json.loads(capsys.readouterr().out)["checks"]}
    assert checks["data folder"]["colour"] == "red"
    assert "is no folder" in checks["data folder"]["says"]
    assert checks["claim gate"]["colour"] == "yellow"
    assert (tmp_path / "data").read_text() == "a file where the folder should be"


def test_the_doctor_is_content_with_what_is_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = config(tmp_path, demo_sign_ins=True)
    plan_of(load(path))
    assert run(["staff", "list", "--config", str(path)]) == 0
    capsys.readouterr()
    assert run(["doctor", "--json", "--config", str(path)]) == 1
    checks = {check["check"]: check for check in json.loads(capsys.readouterr().out)["checks"]}
    assert {checks[name]["colour"] for name in ("data folder", "secret", "settings", "database")
            } == {"green"}
    assert "Errno" not in json.dumps(checks)


def test_sip_names_are_told_before_any_asterisk_is_here(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKLINE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("cti.pbx.find.system_asterisk", lambda: None)
    assert run(["pbx", "status", "--json", "--config", str(config(tmp_path))]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["asterisk"] is None
    assert {item["name"]: item["up"] for item in facts["instances"]} == {
        "main": False, "world": False}
    assert {item["sip_name"] for item in facts["operators"]} >= {"101", "110"}
    assert all(len(item["sip_password"]) == 32 for item in facts["operators"])


def test_a_password_is_set_from_standard_input(tmp_path: Path) -> None:
    path = config(tmp_path)
    command = [sys.executable, "-m", "workstation.cli.main", "staff"]
    done = subprocess.run([*command, "password", "anna", "--config", path], text=True,
                          input="correct horse battery\n", capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    listed = subprocess.run([*command, "list", "--json", "--config", path], text=True,
                            capture_output=True, timeout=60)
    people = {person["login"]: person for person in json.loads(listed.stdout)}
    assert people["anna"]["has_password"] is True
    assert people["boris"]["has_password"] is False


@pytest.mark.parametrize("which", ["server", "gate"])
async def test_a_port_in_use_is_said_in_words(tmp_path: Path, which: str) -> None:
    settings = load(config(tmp_path))
    port = settings.server.port if which == "server" else settings.menu.gate_port
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with pytest.raises((CannotServe, ExceptionGroup)) as refused:
            async with running(settings):
                await asyncio.sleep(5)
    error = refused.value
    found = first_of(error) if isinstance(error, ExceptionGroup) else error
    assert isinstance(found, CannotServe)
    assert f"port {port}" in str(found)
    assert "in use" in str(found)


@pytest.mark.parametrize(("reason", "said"), [
    (TimeoutError(), "the journal failed: it waited too long"),
    (OSError(28, "No space left on device"), "the journal failed: [Errno 28] No space"),
])
async def test_a_part_that_fails_is_named(reason: OSError, said: str) -> None:
    async def work() -> None:
        raise reason

    with pytest.raises(PartFailed) as failed:
        await _part("journal", work())
    assert str(failed.value).startswith(said)


@pytest.mark.parametrize("command", [
    ["serve"], ["pbx", "up"], ["pbx", "status"], ["migrate"], ["sample"], ["campaign", "list"],
    ["staff", "list"], ["demo"]], ids=" ".join)
def test_a_data_folder_that_cannot_be_made_is_said_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    assert run([*command, "--config", str(config(tmp_path))]) == 1
    said = capsys.readouterr().err
    assert "data" in said
    assert "Errno" not in said
    assert len(said.splitlines()) == 1


def every_command(command: click.Command, path: tuple[str, ...] = ()
                  ) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command one can run, with its words."""
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            inner = command.get_command(click.Context(command), name)
            assert inner is not None
            yield from every_command(inner, (*path, name))
    if not isinstance(command, click.Group) or command.invoke_without_command:
        yield path, command


@pytest.mark.parametrize("path", [path for path, _ in every_command(deskline)], ids=" ".join)
def test_every_command_has_help_and_takes_a_settings_file(
    path: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*path, "--help"]) == 0
    said = capsys.readouterr().out
    assert "--config FILE" in said
    assert len(said.splitlines()) > 3


@pytest.mark.parametrize("path", [path for path, _ in every_command(deskline)], ids=" ".join)
def test_a_settings_file_that_is_not_there_is_told_by_every_command(
    path: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = dict(every_command(deskline))[path]
    (tmp_path / "file").touch()
    given = [word for part in command.params if part.required
             for word in _fitting(part, tmp_path / "file")]
    assert run([*path, *given, "--config", str(tmp_path / "no.toml")]) == 2
    assert "no.toml" in capsys.readouterr().err


def _fitting(part: click.Parameter, file: Path) -> list[str]:
    """An argument or option with a value that the command line takes."""
    match part.type:
        case click.types.IntParamType():
            value = "1"
        case click.DateTime():
            value = "2026-12-01T10:00"
        case click.Choice(choices=choices):
            value = str(choices[0])
        case click.Path(file_okay=False):
            value = str(file.parent)
        case _:
            value = str(file)
    return [part.opts[0], value] if isinstance(part, click.Option) else [value]


def test_the_terminal_asks_the_server_of_the_settings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DESKLINE_URL", raising=False)
    path = config(tmp_path, public_url="nonsense://example")
    assert _on_a_terminal(["terminal", "--config", str(path)])[0] == 2
    assert "nonsense://example" in _on_a_terminal(["terminal", "--config", str(path)])[1]


def _on_a_terminal(args: list[str]) -> tuple[int, str]:
    """Exit code and everything said on a pseudo terminal."""
    leader, follower = pty.openpty()
    done = subprocess.run([sys.executable, "-m", "workstation.cli.main", *args], timeout=60,
                          stdin=follower, stdout=follower, stderr=follower)
    os.close(follower)
    said = os.read(leader, 65536).decode()
    os.close(leader)
    return done.returncode, " ".join(said.split())


def test_a_campaign_is_listed_on_a_base_that_is_not_there_yet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["campaign", "list", "--json", "--config", str(config(tmp_path))]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_long_work_shows_a_bar_on_a_terminal_and_nowhere_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = config(tmp_path)
    code, said = _on_a_terminal(["sample", "--clients", "30", "--config", str(path)])
    assert code == 0
    assert "sample clients" in said
    assert "30/30" in said
    people = tmp_path / "people.csv"
    people.write_text("name,phone\nIvan Petrov,+79161234567\nOleg Petrov,+79161234568\n")
    code, said = _on_a_terminal(["import", str(people), "--config", str(path)])
    assert code == 0, said
    assert "rows [" in said
    assert run(["import", str(people), "--config", str(path)]) == 0
    assert "rows [" not in capsys.readouterr().out


def test_a_rehearsal_whose_database_breaks_midway_says_so_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = config(tmp_path)
    Breaking.database = tmp_path / "data" / "deskline.db"
    assert run(["sample", "--clients", "30", "--config", str(path)]) == 0
    capsys.readouterr()
    with http.server.HTTPServer(("127.0.0.1", load(path).server.port), Breaking) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            assert run(["rehearse", "--calls", "1", "--config", str(path)]) == 1
        finally:
            server.shutdown()
            thread.join()
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert "deskline migrate" in said


class Breaking(http.server.BaseHTTPRequestHandler):
    """A server that is ready until the first screen connects; then its database breaks."""
    database: Path

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/readyz" else 404)
        self.end_headers()
        if self.path == "/live":
            with (contextlib.suppress(sqlite3.OperationalError),
                  contextlib.closing(sqlite3.connect(self.database)) as base, base):
                base.execute("alter table interactions rename to gone")

    def log_message(self, *_: object) -> None:
        """Nothing on standard error."""
