"""`deskline tasks` and `deskline sources`, as a person at a shell uses them."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from crm_store import clients
from crm_store.store import Store
from tests.workstation.sources.billing import billing
from workstation.cli.main import run
from workstation.settings import load


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "deskline.toml"
    path.write_text(f'data_dir = "{tmp_path / "data"}"\n')
    assert run(["migrate", "--config", str(path)]) == 0
    return path


def test_a_task_is_made_moved_handed_over_done_and_reopened(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def do(*args: str) -> str:
        capsys.readouterr()
        assert run(["tasks", *args, "--config", str(config)]) == 0
        return capsys.readouterr().out
    made = json.loads(do("add", "Send the act\x1b[2J", "--due", "+2h", "--operator", "101",
                         "--remind", "-15", "--remind", "0", "--json"))
    number = str(made["id"])
    assert made["remind"] == [-15, 0]
    assert "Send the act" in do("list", "--operator", "101")
    assert "\x1b" not in do("list")
    assert "0 tasks" in do("list", "--late")
    do("move", number, "--due", "2027-01-11 10:00", "--note", "asked for it")
    assert "2027-01-11 10:00" in do("list")         # the company's time
    do("hand-over", number, "--group", "metering")
    do("done", number, "--note", "sent")
    assert "done" in do("list", "--done")
    do("reopen", number)
    story = do("show", number)
    assert [word for word in ("made", "moved", "handed over", "done", "reopened")
            if word in story] == ["made", "moved", "handed over", "done", "reopened"]


@pytest.mark.parametrize(("args", "says"), [
    (["add", "x", "--due", "yesterday", "--operator", "101"], "no date"),
    (["add", "x", "--due", "2020-01-01", "--operator", "101"], "ahead"),
    (["add", " ", "--due", "+1h", "--operator", "101"], "what is to be done"),
    (["add", "x", "--due", "+1h"], "who shall do it"),
    (["add", "x", "--due", "+1h", "--operator", "999"], "no such operator"),
    (["add", "x", "--due", "+1h", "--group", "x'; --"], "no such group"),
    (["add", "x", "--due", "+1h", "--operator", "101", "--client", "77"], "database refuses"),
    (["add", "x", "--due", "+1h", "--operator", "101", "--remind", "99999999"], "reminders"),
    (["done", "77"], "no such row")])
def test_what_cannot_be_done_is_one_line(
    config: Path, capsys: pytest.CaptureFixture[str], args: list[str], says: str
) -> None:
    assert run(["tasks", *args, "--config", str(config)]) == 1
    said = capsys.readouterr().err
    assert says in said
    assert len(said.strip().splitlines()) == 1


def test_the_clients_name_stands_beside_his_task(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def client() -> int:
        from datetime import UTC, datetime
        store = Store(load(config).store_url)
        async with store.begin() as tx:
            made = await clients.create(tx, name="Ivanov", by="t", at=datetime.now(UTC))
        await store.close()
        return made
    number = asyncio.run(client())
    assert run(["tasks", "add", "Call", "--due", "+1d", "--operator", "101", "--client",
                str(number), "--config", str(config)]) == 0
    assert f"(Ivanov, client {number})" in capsys.readouterr().out


SOURCE = """
[[source]]
id = "billing"
name = "Billing"
kind = "http"
url = "{url}/accounts/{{key}}"
sign_in = "bearer"
secret_file = "{secret}"
limit_s = 1.0
[source.account]
rows = "accounts"
fields = {{ number = "number", balance = "balance", debt_since = "since" }}
[source.invoice]
rows = "invoices"
fields = {{ number = "number", amount = "amount", issued_on = "on", due_on = "due" }}
"""


async def test_a_source_is_listed_tested_and_checked(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = tmp_path / "billing.secret"
    secret.write_text("letmein\n")
    secret.chmod(0o600)

    async def do(*args: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = await asyncio.to_thread(run, [*args, "--config", str(config)])
        said = capsys.readouterr()
        return code, said.out, said.err
    async with billing() as played:
        with config.open("a") as file:
            file.write(SOURCE.format(url=played.url, secret=secret))
        assert "billing" in (await do("sources", "list"))[1]
        code, out, _ = await do("sources", "test", "billing", "400-1")
        assert code == 0
        assert "balance -4,812.50 RUB, debt 4,812.50 since 2026-09-09" in out
        assert "letmein" not in out
        facts = json.loads((await do("sources", "test", "billing", "400-1", "--json"))[1])
        assert facts["accounts"][0]["balance_minor"] == -481_250
        assert (await do("sources", "test", "billing", "7"))[2].strip().endswith("[unknown]")
        assert "no source 'x'" in (await do("sources", "test", "x", "7"))[2]
        for mood, colour in (("honest", "green"), ("html", "yellow"), ("closed", "red")):
            played.mood = mood
            checks = json.loads((await do("doctor", "--json"))[1])["checks"]
            [found] = [one for one in checks if one["check"] == "source billing"]
            assert found["colour"] == colour, found
            assert "letmein" not in json.dumps(found)
        secret.chmod(0o644)
        checks = json.loads((await do("doctor", "--json"))[1])["checks"]
        assert any(one["check"] == "source billing" and "chmod 600" in one["mend"]
                   for one in checks)
        secret.unlink()
        code, _, err = await do("sources", "test", "billing", "400-1")
        assert (code, "cannot be read" in err) == (2, True)
