"""A person's rights and the audit: by socket, by API and by command, for administrators only."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crm_store import audit
from crm_store.store import Store
from tests.crm_store import persons
from tests.workstation.office import Office
from workstation import anchors, privacy
from workstation.cli.main import run
from workstation.keeper import Keeper
from workstation.settings import anchors_file

NAME = "Zxqvidov Кзыщдов"


async def test_a_person_is_found_exported_and_erased_by_socket_and_api(office: Office) -> None:
    him = await persons.make(office.store)
    api = f"{office.url}/api/v1"
    async with office.screen("admin") as admin:
        found = (await admin.ask("person.find", client_id=him)).result["person"]
        assert (found["name"], found["obstacles"]) == (NAME, [])
        headers = await office.bearer("admin")
        page = await office.http.get(f"{api}/persons/{him}/export?form=html", headers=headers)
        assert page.headers["Content-Disposition"] == f'attachment; filename="person-{him}.html"'
        said = await page.text()
        assert "zxq-note of Zxqvidov" in said
        assert "<script" not in said
        raw = await office.http.get(f"{api}/persons/{him}/export", headers=headers)
        assert (await raw.json())["tables"]["notes"][0]["text"] == "zxq-note of Zxqvidov"
        wrong = await admin.ask("person.erase", client_id=him, name="Somebody", reason="asked")
        assert wrong.problem is not None
        assert wrong.problem.code == "name_differs"
        done = await admin.ask("person.erase", client_id=him, name=NAME, reason="asked")
        assert done.problem is None, done.problem
        assert done.result["proof"]["rows"]["notes"] == 1
        proofs = (await admin.ask("person.erased")).result["proofs"]
        assert proofs == [done.result["proof"]]
        card = (await admin.ask("client.card", client_id=him)).result
        assert "Zxqvidov" not in json.dumps(card, ensure_ascii=False)
    listed = await office.http.get(f"{api}/audit?what=person.&client_id={him}", headers=headers)
    assert [one["what"] for one in (await listed.json())["items"]] == [
        "person.erased", "person.erasing", "person.exported", "person.exported"]


async def test_erasing_is_refused_with_what_is_not_over(office: Office) -> None:
    him = await persons.make(office.store)
    with sqlite3.connect(office.desk.settings.data_dir / "deskline.db") as connection:
        connection.execute("update debts set amount_minor = 500")
    connection.close()
    async with office.screen("admin") as admin:
        reply = await admin.ask("person.erase", client_id=him, name=NAME, reason="asked")
    assert reply.problem is not None
    assert reply.problem.code == "erasure_waits"
    assert reply.problem.facts == {"obstacles": [{"kind": "debt", "ref": 70}]}


async def test_the_chain_is_walked_on_demand_and_its_break_is_named(office: Office) -> None:
    await persons.make(office.store)
    async with office.screen("admin") as admin:
        whole = (await admin.ask("audit.verify")).result["chain"]
        assert whole["fault"] == ""
        assert whole["rows"] == whole["head"] > 1
        with sqlite3.connect(office.desk.settings.data_dir / "deskline.db") as connection:
            connection.execute("drop trigger audit_is_append_only")
            connection.execute("update audit set what = 'client.seen' where place = 3")
        connection.close()
        broken = (await admin.ask("audit.verify")).result["chain"]
        assert (broken["fault"], broken["broken_place"]) == ("row_changed", 3)
        listed = (await admin.ask("audit.list", what="client.")).result
        assert listed["chain"]["fault"] == "row_changed"
        assert "client.seen" in [one["what"] for one in listed["entries"]]
        bad = await admin.ask("audit.list", since="yesterday")
        assert bad.problem is not None
        assert bad.problem.code == "unreadable"


async def test_the_chain_is_noted_outside_the_database(office: Office) -> None:
    await persons.make(office.store)
    async with office.store.begin() as tx:
        await audit.record(tx, by="101", at=datetime.now(UTC), what="client.changed")
    await office.desk.sight.traces.seal()
    noted = anchors.read(anchors_file(office.desk.settings))
    async with office.store.read() as tx:
        place, digest = await audit.head(tx)
    assert noted[max(noted)] in (digest.hex(), noted[max(noted)])
    assert max(noted) <= place
    assert anchors_file(office.desk.settings).stat().st_mode & 0o777 == 0o600


async def test_retention_is_planned_and_run(office: Office) -> None:
    await persons.make(office.store)
    async with office.screen("admin") as admin:
        plan = (await admin.ask("retention.plan")).result
        assert plan["at"] == "03:30"
        assert {one["kind"] for one in plan["kinds"]} >= {"drafts", "notes", "audit"}
        done = (await admin.ask("retention.run")).result
        assert done["tapes"]["kind"] == "tapes"


def test_the_daily_jobs_keep_the_companys_clock(office: Office) -> None:
    desk = office.desk
    keeper = Keeper(desk.store, desk.settings, desk.secret, desk.clock)
    before = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)       # 03:00 in Moscow
    assert keeper.next_at(before).astimezone(UTC) == before + timedelta(minutes=30)
    after = datetime(2026, 11, 22, 0, 30, tzinfo=UTC)
    assert keeper.next_at(after).astimezone(UTC) == after + timedelta(days=1)


async def test_the_daily_jobs_finish_what_was_broken_off(office: Office) -> None:
    him = await persons.make(office.store)
    async with office.store.begin() as tx:
        from crm_store import erasing
        await erasing._begin(tx, him, reason="asked", by="admin", at=persons.NOW, forbidden_by=())
    await office.desk.keeper.work()
    async with office.store.read() as tx:
        assert (await erasing.proof(tx, him)).rows["notes"] == 1


def test_old_tapes_are_told_by_their_names(tmp_path: Path) -> None:
    for name in ("main-2026-10-01.jsonl.gz", "main-2026-11-22.jsonl", "other.txt"):
        (tmp_path / name).touch()
    found = privacy.old_tapes(tmp_path, 30, datetime(2026, 11, 22, tzinfo=UTC).date())
    assert [file.name for file in found.files] == ["main-2026-10-01.jsonl.gz"]


# ── commands ─────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Settings of an installation that knows the person."""
    (tmp_path / "data").mkdir()
    path = tmp_path / "deskline.toml"
    path.write_text(f'data_dir = "{tmp_path / "data"}"\n[retention]\nnotes = 1\n')
    asyncio.run(_made(tmp_path / "data" / "deskline.db"))
    return path


async def _made(path: Path) -> None:
    store = Store.at(path)
    await store.migrate()
    await persons.make(store)
    await store.close()


def test_commands_tell_and_do_it_all(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def told(*args: str, code: int = 0) -> str:
        assert run([*args, "--config", str(config)]) == code, capsys.readouterr().err
        return capsys.readouterr().out
    assert NAME in told("person", "find", "Zxqvidov")
    assert NAME in told("person", "find", "+79165550199")
    assert "zxq-note of Zxqvidov" in told("person", "export", "1", "--form", "text")
    out = config.with_name("him.html")
    told("person", "export", "1", "--form", "html", "--out", str(out))
    assert out.stat().st_mode & 0o777 == 0o600
    assert "notes" in told("retention", "run", "--dry-run")
    assert json.loads(told("retention", "run", "--dry-run", "--json"))["dry_run"]
    assert "client.changed" in told("audit", "list")
    assert json.loads(told("audit", "list", "--what", "person.", "--json"))[0]["what"] == (
        "person.exported")
    assert "whole" in told("audit", "verify")
    assert "Erased" in told("person", "erase", "1", "--reason", "asked", "--yes")
    assert "a hash of it is left" in told("person", "find", "+79165550199")
    assert "Nobody found" in told("person", "find", "Zxqvidov")
    assert json.loads(told("person", "proof", "1", "--json"))["reason"] == "asked"
    told("retention", "run", "--compact")
    content = config.with_name("data").joinpath("deskline.db").read_bytes()
    assert not [mark for mark in persons.MARKS if mark.encode() in content]


def test_verify_fails_and_names_the_row(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with sqlite3.connect(config.with_name("data") / "deskline.db") as connection:
        connection.execute("drop trigger audit_is_append_only")
        connection.execute("update audit set \"by\" = '109'")
    connection.close()
    assert run(["audit", "verify", "--config", str(config)]) == 1
    assert "broken at place 1, row 1: the row was changed" in capsys.readouterr().err


def test_erasing_by_command_waits_too(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with sqlite3.connect(config.with_name("data") / "deskline.db") as connection:
        connection.execute("update debts set amount_minor = 500")
    connection.close()
    assert run(["person", "erase", "1", "--reason", "asked", "--config", str(config)]) == 1
    assert "cannot be erased yet. (debt 70)" in capsys.readouterr().err
    assert run(["person", "export", "99", "--config", str(config)]) == 1
