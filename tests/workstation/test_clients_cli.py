"""`deskline client` and `deskline fields`, as one types them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from workstation.cli.main import run


@pytest.fixture(autouse=True)
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DESKLINE_DATA_DIR", str(tmp_path))


def _json(capsys: pytest.CaptureFixture[str], *args: str) -> Any:
    capsys.readouterr()
    assert run([*args, "--json"]) == 0, capsys.readouterr().err
    return json.loads(capsys.readouterr().out)


def test_a_client_is_made_changed_and_his_history_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    made = _json(capsys, "client", "add", "Ivanov Ivan", "--phone", "8 916 123-45-67",
                 "--flag", "+vip", "--by", "tester")
    number = str(made["client_id"])
    assert made["phones"][0]["e164"] == "+79161234567"
    changed = _json(capsys, "client", "change", number, "--name", "Petrov", "--flag", "-vip",
                    "--flag", "+do_not_call", "--email", "p@example.org", "--consent", "-calls",
                    "--address", "Samara; Lenina; 5", "--version", str(made["version"]),
                    "--by", "tester")
    assert (changed["name"], changed["flags"]) == ("Petrov", ["do_not_call"])
    assert changed["addresses"][0]["text"] == "Samara, Lenina, 5"
    assert changed["consents"][0]["given"] is False
    told = _json(capsys, "client", "history", number)
    assert {one["by"] for one in told["changes"]} == {"tester"}
    assert run(["client", "show", number]) == 0
    assert "do_not_call" in capsys.readouterr().out


def test_a_change_upon_an_old_version_is_refused_with_what_changed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    number = str(_json(capsys, "client", "add", "Ivanov")["client_id"])
    _json(capsys, "client", "change", number, "--name", "Petrov", "--by", "boss")
    assert run(["client", "change", number, "--name", "Sidorov", "--version", "1"]) == 1
    assert "name: Ivanov -> Petrov by boss" in capsys.readouterr().err


@pytest.mark.parametrize(("args", "code", "said"), [
    (("client", "show", "4711"), 1, "there is no client 4711"),
    (("client", "change", "1", "--phone", "call me"), 1, "no_phone"),
    (("client", "change", "1", "--flag", "vip"), 2, "+NAME or -NAME"),
    (("client", "change", "1", "--flag", "+rich"), 2, "rich"),
    (("client", "change", "1", "--set", "tariff"), 2, "…=…"),
    (("client", "change", "1", "--set", "tariff=x"), 1, "no_field"),
    (("client", "change", "1", "--calls-for", "4711:son"), 1, "4711"),
    (("fields", "add", "X", "--kind", "choice"), 1, "--choice"),
    (("fields", "retire", "nothing"), 1, "there is no field nothing"),
])
def test_wrong_use_is_told_in_one_line(
    capsys: pytest.CaptureFixture[str], args: tuple[str, ...], code: int, said: str,
) -> None:
    assert run(["client", "add", "Ivanov"]) == 0
    capsys.readouterr()
    assert run(args) == code
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1


def test_a_field_is_defined_filled_changed_and_retired(
    capsys: pytest.CaptureFixture[str],
) -> None:
    number = str(_json(capsys, "client", "add", "Ivanov")["client_id"])
    field = _json(capsys, "fields", "add", "Tariff plan", "--kind", "choice", "--choice", "Day",
                  "--choice", "Night")[0]
    assert field["key"] == "tariff_plan"
    card = _json(capsys, "client", "change", number, "--set", "tariff_plan=night")
    assert card["custom"][0]["text"] == "Night"
    renamed = _json(capsys, "fields", "change", "tariff_plan", "--label", "Plan")
    assert renamed[0]["label"] == "Plan"
    assert run(["fields", "retire", "tariff_plan"]) == 0
    assert _json(capsys, "fields", "list") == []
    assert [one["retired"] for one in _json(capsys, "fields", "list", "--retired")] == [True]
