"""`deskline backup`, `restore`, `copy` and `migrate` as a person runs them."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from workstation.cli.main import run

SETTINGS = '[company]\nname = "Kept Company"\n'


@pytest.fixture(autouse=True)
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sqlite_template: Path) -> Path:
    """An installation with a base, a secret and settings; the current folder."""
    (tmp_path / "site/.deskline").mkdir(parents=True)
    (tmp_path / "site/.deskline/deskline.db").write_bytes(sqlite_template.read_bytes())
    (tmp_path / "site/.deskline/secret").write_bytes(bytes(32))
    (tmp_path / "site/deskline.toml").write_text(SETTINGS)
    monkeypatch.chdir(tmp_path / "site")
    _add_group("first")
    return tmp_path / "site"


def _add_group(name: str) -> None:
    with sqlite3.connect(".deskline/deskline.db") as raw:
        raw.execute("insert into groups values (?, 'G')", (name,))
    raw.close()


def _groups(base: Path) -> list[str]:
    raw = sqlite3.connect(base)
    try:
        return [row[0] for row in raw.execute("select id from groups order by id")]
    finally:
        raw.close()


def _facts(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert run([*arguments, "--json"]) == 0, capsys.readouterr().err
    return json.loads(capsys.readouterr().out)


def test_an_installation_comes_back_in_an_empty_folder(
    site: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = _facts(capsys, "backup", "../b.backup")
    assert (made["tables"]["groups"]["rows"], made["engine"]) == (1, "sqlite")
    assert set(made["files"]) == {"secret", "deskline.toml"}
    new = site.parent / "new"
    new.mkdir()
    monkeypatch.chdir(new)
    seen = _facts(capsys, "restore", "../b.backup", "--dry-run")
    assert seen["tables"] == made["tables"]
    assert list(new.iterdir()) == []
    done = _facts(capsys, "restore", "../b.backup")
    assert {one["how"] for one in done["placed"]} == {"restored"}
    assert _groups(new / ".deskline/deskline.db") == ["first"]
    assert (new / "deskline.toml").read_text() == SETTINGS
    for name in ("deskline.toml", ".deskline/secret", ".deskline/deskline.db"):
        assert (new / name).stat().st_mode & 0o777 == 0o600, name


def test_what_is_here_is_kept_aside(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["backup", "../b.backup"]) == 0
    _add_group("second")
    (site / ".deskline/secret").write_bytes(b"x" * 32)
    (site / "deskline.toml").write_text("")
    assert run(["restore", "../b.backup"]) == 1
    assert "another secret is here" in capsys.readouterr().err
    done = _facts(capsys, "restore", "../b.backup", "--force")
    assert _groups(site / ".deskline/deskline.db") == ["first"]
    assert _groups(Path(done["aside"])) == ["first", "second"]
    placed = {one["name"]: one for one in done["placed"]}
    assert Path(placed["secret"]["kept"]).read_bytes() == b"x" * 32
    assert placed["deskline.toml"]["how"] == "beside"
    assert (site / "deskline.toml").read_text() == ""
    assert (site / "deskline.toml.from-backup").read_text() == SETTINGS


def test_a_backup_into_a_folder_is_named_by_its_time_and_says_it_holds_secrets(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (site / "kept").mkdir()
    assert run(["backup", "kept"]) == 0
    said = capsys.readouterr().out
    assert "the secret, the settings" in said
    assert "Only you can read it" in said
    made = list((site / "kept").iterdir())
    assert [file.suffix for file in made] == [".backup"]
    assert made[0].stat().st_mode & 0o777 == 0o600


def test_settings_of_the_environment_are_named_not_kept(
    site: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKLINE_COMPANY__NAME", "Told By The Environment")
    assert _facts(capsys, "backup", "b")["environment"] == ["DESKLINE_COMPANY__NAME"]
    assert b"Told By The Environment" not in (site / "b").read_bytes()


@pytest.mark.parametrize(("arguments", "code", "said"), [
    (["backup", "deskline.toml"], 1, "is there already"),
    (["backup", "nowhere/at/all/b", "--config", "no.toml"], 2, "no settings file"),
    (["backup", "deskline.toml/b"], 1, "cannot be reached or opened"),
    (["restore", "nosuch"], 2, "does not exist"),
    (["restore", "deskline.toml"], 1, "no backup made by Deskline"),
    (["restore", ".deskline/deskline.db"], 1, "no backup made by Deskline"),
    (["copy"], 2, "Missing option '--to'"),
    (["copy", "--to", "mysql://x/y"], 2, "must name a SQLite file or a PostgreSQL"),
    (["copy", "--to", "postgresql://a:hush@127.0.0.1:9/x"], 2, "--password-file"),
    (["copy", "--to", "postgresql://a@127.0.0.1:9/x?password=hush"], 2, "--password-file"),
    (["copy", "--to", "postgresql://a@127.0.0.1:9/x"], 1, "cannot be reached"),
    (["copy", "--to", "sqlite:///.deskline/deskline.db"], 1, "There is data here already"),
    (["migrate", "--to", "9999"], 1, "no such revision: '9999' (there are 0001 to"),
])
def test_wrong_use_is_one_clear_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, said: str
) -> None:
    assert run(arguments) == code
    error = capsys.readouterr().err
    assert said in error
    assert "hush" not in error
    assert error.count("\n") == 1
    assert _groups(Path(".deskline/deskline.db")) == ["first"]


def test_the_password_for_a_copy_comes_from_a_file_or_the_environment(
    site: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKLINE_COPY_TO", "postgresql://a:hush@127.0.0.1:9/x")
    assert run(["copy"]) == 1
    (site / "password").write_text("hush\n")
    assert run(["copy", "--to", "postgresql://a@127.0.0.1:9/x",
                "--password-file", "password"]) == 1
    error = capsys.readouterr().err
    assert error.count("cannot be reached") == 2
    assert "hush" not in error


def test_a_copy_has_all_that_the_base_has(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = _facts(capsys, "copy", "--to", "sqlite:///copy.db")
    assert done["tables"]["groups"]["rows"] == done["rows"] == 1
    assert _groups(site / "copy.db") == ["first"]


def test_migrate_goes_both_ways_and_says_so(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = _facts(capsys, "migrate", "--list")
    head = steps["steps"][-1]["revision"]
    assert steps["revision"] == head
    assert _facts(capsys, "migrate", "--to", "0004", "--dry-run")["revision"] == "0004"
    assert _facts(capsys, "migrate", "--list")["revision"] == head
    assert _facts(capsys, "migrate", "--to", "0004") == {
        "from": head, "revision": "0004", "lost": []}
    assert _facts(capsys, "migrate") == {"from": "0004", "revision": head, "lost": []}
    with sqlite3.connect(".deskline/deskline.db") as raw:
        raw.execute("insert into custom_fields select * from custom_fields")
        raw.execute("insert into campaigns (name, state, pacing, queue, law, ring_s, priority, "
                    "lines_max, retry_plan, created_at, created_by) values "
                    "('c', 'draft', 'progressive', 'q', '[]', 20, 1, 1, '{}', 0, 'a')")
    raw.close()
    assert run(["migrate", "--to", "0001"]) == 1
    assert "This would lose campaigns: 1 row; nothing was changed" in capsys.readouterr().err
    assert _facts(capsys, "migrate", "--to", "0001", "--force")["lost"] == ["campaigns: 1 row"]
    assert run(["migrate"]) == 0
    assert f"from 0001 to revision {head}" in capsys.readouterr().out
    assert site.is_dir()
