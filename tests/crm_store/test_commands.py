"""`deskline migrate`, `sample`, `import` as a person runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workstation.cli.main import run


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_migrate_sample_and_import_fill_the_database(
    own_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (own_folder / "a.csv").write_text(
        "name,phone,account,debt\nIvanov,89161234567,77,10\nBad,x,,\n")
    assert run(["migrate", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["revision"] >= "0001"
    assert run(["sample", "--clients", "20", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["clients"] == 20
    for options, created in ((["--dry-run"], 1), ([], 1), ([], 0)):
        assert run(["import", "a.csv", "--json", *options]) == 0
        report = json.loads(capsys.readouterr().out)
        assert (report["created"], report["refused"]) == (created, 1)
    assert run(["import", "a.csv"]) == 0
    said = capsys.readouterr().out
    assert "row 3: phone: 'x' is no telephone number" in said


@pytest.mark.parametrize(("arguments", "code", "said"), [
    (["import", "nosuch.csv"], 2, "does not exist"),
    (["import", "a.csv", "--map", "x"], 2, "FIELD=COLUMN"),
    (["import", "a.csv", "--map", "nome=x"], 1, "no field 'nome'"),
    (["import", "empty.csv"], 1, "no header"),
    (["sample", "--clients", "0"], 2, "--clients"),
])
def test_wrong_use_is_one_clear_line(
    own_folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int,
    said: str,
) -> None:
    (own_folder / "a.csv").write_text("name\nIvanov\n")
    (own_folder / "empty.csv").write_text("")
    assert run(arguments) == code
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_a_database_that_is_away_is_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DESKLINE_STORE__URL", "postgresql://x@127.0.0.1:9/x")
    assert run(["migrate"]) == 1
    assert "cannot be reached" in capsys.readouterr().err
