"""`deskline campaign` as typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.ports import free_port
from workstation.cli.main import run
from workstation.rehearsal import marker


@pytest.fixture
def config(tmp_path: Path, sqlite_template: Path) -> Path:
    data = tmp_path / "data"
    data.mkdir()
    (data / "deskline.db").write_bytes(sqlite_template.read_bytes())
    file = tmp_path / "deskline.toml"
    file.write_text(f'data_dir = "{data}"\n[server]\nport = {free_port()}\n')
    (tmp_path / "debtors.csv").write_text(
        "phone,name,debt\n+79160000001,Ivanov,10\n+79160000002,Petrov,ten\n")
    return file


def _deskline(config: Path, *args: str) -> int:
    return run(["campaign", *args, "--config", str(config)])


def test_campaign_from_list_to_start(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _deskline(config, "create", "autumn", "--retries", "quick") == 0
    assert "law: DEFAULT-strict, because" in capsys.readouterr().out
    assert _deskline(config, "import", "autumn", str(config.parent / "debtors.csv")) == 0
    said = capsys.readouterr()
    assert "1 listed" in said.out
    assert said.err == "line 3: the debt 'ten' is no sum of money\n"
    assert _deskline(config, "start", "autumn") == 0
    assert _deskline(config, "coverage", "1", "--unreached", "--json") == 0
    said = capsys.readouterr()
    facts = json.loads(said.out[said.out.index("{"):])
    assert (facts["state"], facts["size"], facts["coverage"]["not_tried"]) == ("running", 1, 1)
    assert facts["unreached"][0]["client_name"] == "Ivanov"
    assert _deskline(config, "coverage", "1", "--unreached") == 0
    said = capsys.readouterr().out
    assert "1  not tried" in said
    assert "not_tried" not in said
    assert "UTC" not in said
    assert _deskline(config, "why", "autumn") == 0
    assert "no server answers at http://127.0.0.1:" in capsys.readouterr().out
    assert _deskline(config, "pause", "autumn") == 0
    assert _deskline(config, "stop", "autumn") == 0
    assert _deskline(config, "list") == 0
    assert "ended" in capsys.readouterr().out


@pytest.mark.parametrize(("args", "code", "words"), [
    (("start", "nothing"), 1, "there is no campaign 'nothing'"),
    (("create", "x", "--law", "XX"), 1, "no such rule: XX"),
    (("create", "x", "--queue", "nowhere"), 2, "no queue 'nowhere'"),
    (("import", "x", "/nowhere.csv"), 2, "/nowhere.csv"),
    (("start", "99999999999999999999"), 1, "there is no campaign"),
])
def test_wrong_wish_is_one_line_and_its_exit_code(
    config: Path, capsys: pytest.CaptureFixture[str], args: tuple[str, ...], code: int, words: str,
) -> None:
    assert _deskline(config, *args) == code
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1


def test_rehearsal_is_refused_while_the_trunk_is_real(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DESKLINE_PBX__REHEARSAL", "true")
    monkeypatch.setenv("DESKLINE_PBX__TRUNK", "sip.example.com:5060")
    assert _deskline(config, "create", "x", "--law", "rehearsal") == 1
    assert "loopback" in capsys.readouterr().err


def test_beside_a_running_demo_a_campaign_is_a_rehearsal_and_nowhere_else(
    config: Path, capsys: pytest.CaptureFixture[str],
) -> None:
    with marker.held(config.parent / "data"):
        assert _deskline(config, "create", "autumn") == 0
        assert "law: rehearsal, because only synthetic debtors" in capsys.readouterr().out
        with pytest.raises(marker.AnotherRuns), marker.held(config.parent / "data"):
            pass
    assert _deskline(config, "create", "winter") == 0
    assert "law: DEFAULT-strict" in capsys.readouterr().out
    assert _deskline(config, "create", "spring", "--law", "rehearsal") == 1
    assert "synthetic" in capsys.readouterr().err
