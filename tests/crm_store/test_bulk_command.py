"""`deskline sample --bulk` as a person runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workstation.cli.main import run


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_base_is_made_once_and_not_over_clients(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sample", "--bulk", "--clients", "62", "--names", "ru", "--json"]) == 0
    counts = json.loads(capsys.readouterr().out)
    assert (counts["clients"], counts["phones"], counts["interactions"]) == (62, 80, 300)
    assert run(["sample", "--bulk", "--clients", "62"]) == 1
    error = capsys.readouterr().err
    assert "no clients yet" in error
    assert error.count("\n") == 1
