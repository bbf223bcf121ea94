"""A person's rights: everything is found and exported, and nothing is left of who was erased."""

from __future__ import annotations

import json
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text, update

from crm_store import (
    audit,
    audit_reading,
    clients,
    erasing,
    errors,
    interactions,
    merges,
    persons,
    timeline,
)
from crm_store.base import Base
from crm_store.compacting import compact
from crm_store.interactions import CallFacts
from crm_store.personal_data import OTHERS, PERSONAL
from crm_store.store import Store
from crm_store.tables.audit import Erasures
from crm_store.tables.campaigns import Attempts, Promises
from crm_store.tables.clients import Clients
from tests.crm_store.persons import MARKS, NOW, NUMBER, SHARED, make

KEY = b"k" * 32


async def _erase(store: Store, client_id: int, **kwargs: object) -> erasing.Proof:
    asked: dict[str, object] = {"key": KEY, "reason": "asked", "by": "admin", "at": NOW,
                                "forbidden_by": persons.KINDS}
    return await erasing.erase(store, client_id, **(asked | kwargs))  # type: ignore[arg-type]


def test_every_table_and_column_is_known() -> None:
    """Failed? You added a table or a column: say in `personal_data` what erasing makes of it."""
    known = {name: set(personal.columns()) for name, personal in PERSONAL.items()}
    there = {name: {column.name for column in table.columns}
             for name, table in Base.metadata.tables.items() if name not in OTHERS}
    assert known == there
    assert set(PERSONAL) | set(OTHERS) == set(Base.metadata.tables)


def test_every_personal_table_is_in_one_step() -> None:
    steps = [name for names in erasing.STEPS.values() for name in names]
    assert sorted(steps) == sorted(PERSONAL)


async def test_the_sample_person_is_in_every_personal_table(store: Store) -> None:
    him = await make(store)
    async with store.read() as tx:
        who = await persons.whose(tx, him)
        for name, personal in PERSONAL.items():
            table = Base.metadata.tables[name]
            found = await tx.first(select(text("1")).select_from(table)
                                   .where(personal.belongs(table, who)).limit(1))
            assert found is not None, name


async def test_everything_of_a_person_is_found_and_exported(store: Store) -> None:
    him = await make(store)
    async with store.read() as tx:
        found = await persons.find(tx, him)
        told = json.dumps(await persons.export(tx, him), ensure_ascii=False)
    assert found.name == "Zxqvidov Кзыщдов"
    assert [name for _, name in found.others] == ["Near One"]
    assert found.rows["notes"] == 1
    assert found.rows["interactions"] == 2
    for mark in MARKS:
        if mark not in ("zkskvidov", "zxq-did"):
            assert mark in told, mark
    assert "search_key" not in told


async def test_nothing_is_left_of_who_was_erased(store: Store, tmp_path: Path) -> None:
    him = await make(store)
    proof = await _erase(store, him)
    assert proof.finished_at == NOW
    assert len(proof.numbers) == 1
    async with store.read() as tx:
        left = json.dumps([
            [list(map(str, row)) for row in await tx.all(select(*table.columns))]
            for table in Base.metadata.sorted_tables], ensure_ascii=False).lower()
        for mark in MARKS:
            assert mark.lower() not in left, mark
            assert await clients.search(tx, mark, region="RU") == []
        assert (await timeline.page(tx, him)).items == ()
        assert await clients.candidates(tx, NUMBER) == []
    assert SHARED.lower() in left       # it is somebody else's too


async def test_the_file_itself_holds_nothing_of_him(tmp_path: Path) -> None:
    path = tmp_path / "deskline.db"
    store = Store.at(path)
    await store.migrate()
    him = await make(store)
    assert any(mark.encode() in path.with_name("deskline.db-wal").read_bytes() for mark in MARKS)
    await _erase(store, him)
    await compact(store)
    await store.close()
    _search_files(tmp_path)
    with sqlite3.connect(path) as connection:
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
    connection.close()


def _search_files(folder: Path) -> None:
    for file in folder.iterdir():
        content = file.read_bytes().lower()
        for mark in MARKS:
            assert mark.lower().encode() not in content, (file.name, mark)
            escaped = json.dumps(mark.lower())[1:-1].encode()
            assert escaped not in content, (file.name, mark)


async def test_what_the_law_needs_stays(store: Store) -> None:
    him = await make(store)
    await _erase(store, him)
    async with store.read() as tx:
        sums = (await tx.all(text("select amount_minor from payments")),
                await tx.all(text("select amount_minor from invoices")),
                await tx.all(text("select value_milli from readings")))
        assert [len(rows) for rows in sums] == [1, 1, 1]
        attempt = await tx.first(select(Attempts.e164, Attempts.client_id, Attempts.dialling_at))
        assert attempt is not None
        assert attempt.e164.startswith("#")
        assert (attempt.client_id, attempt.dialling_at) == (him, NOW)
        assert await persons.erased_with_number(tx, NUMBER, key=KEY)
        assert not await persons.erased_with_number(tx, SHARED, key=KEY)
        assert not await persons.erased_with_number(tx, NUMBER, key=b"other")


async def test_the_audit_stays_and_holds_no_names(store: Store) -> None:
    him = await make(store)
    await _erase(store, him)
    async with store.begin() as tx:
        await audit.seal(tx)
        verdict = await audit_reading.verify(tx)
        entries, _ = await audit_reading.page(tx, audit_reading.Filter(client_id=him))
    assert verdict.broken is None
    told = [entry for entry in entries if entry.facts is not None]
    assert [entry.what for entry in told] == ["person.erased"]
    assert verdict.forgotten == len(entries) - 1
    assert {entry.what for entry in entries} >= {
        "client.created", "client.changed", "person.erasing", "person.erased"}


@pytest.mark.parametrize("step", list(erasing.STEPS))
async def test_a_crash_between_steps_is_finished_by_the_next_run(
    store: Store, step: str, monkeypatch: pytest.MonkeyPatch,
) -> None:
    him = await make(store)
    steps = list(erasing.STEPS)
    with monkeypatch.context() as patch:
        patch.setattr(erasing, "STEPS", {
            name: erasing.STEPS[name] for name in steps[:steps.index(step)]} | {
            "broken": ("nothing",)})
        with pytest.raises(KeyError):
            await _erase(store, him)
    async with store.read() as tx:
        assert await erasing.unfinished(tx) == [him]
    proof = await _erase(store, him)
    async with store.read() as tx:
        assert await erasing.unfinished(tx) == []
        left = json.dumps([
            [list(map(str, row)) for row in await tx.all(select(*table.columns))]
            for table in Base.metadata.sorted_tables], ensure_ascii=False).lower()
    assert not [mark for mark in MARKS if mark.lower() in left]
    assert set(proof.rows) >= {"notes", "clients", "accounts", "interactions"}
    assert await _erase(store, him, at=NOW + timedelta(days=1)) == proof


async def test_erasing_waits_for_what_is_not_over(store: Store) -> None:
    him = await make(store)
    async with store.begin() as tx:
        await tx.run(update(Attempts).values(state="dialling"))
        await tx.run(update(Promises).values(state="open"))
    with pytest.raises(erasing.Forbidden) as refused:
        await _erase(store, him)
    assert [one.kind for one in refused.value.obstacles] == ["attempt", "promise"]
    with pytest.raises(erasing.Forbidden):
        await _erase(store, him, forbidden_by=("attempt",))
    async with store.begin() as tx:
        await tx.run(update(Attempts).values(state="settled"))
    assert (await _erase(store, him, forbidden_by=("attempt",))).rows["notes"] == 1


async def test_who_was_merged_into_him_is_erased_with_him(store: Store) -> None:
    him = await make(store)
    async with store.begin() as tx:
        part = await clients.create(tx, name="Zxqvidov K", number=None, by="101", at=NOW)
        await tx.run(update(Clients).where(Clients.id == part).values(merged_into=him))
    proof = await _erase(store, part)
    assert proof.client_ids == (him, part)
    async with store.read() as tx:
        names = await tx.all(select(Clients.name).where(Clients.id.in_([him, part])))
    assert [row.name for row in names] == ["", ""]


async def test_a_tape_told_again_does_not_bring_his_number_back(store: Store) -> None:
    him = await make(store)
    await _erase(store, him)
    async with store.begin() as tx:
        await interactions.upsert_call(tx, CallFacts(
            call_id="main-1.1", pbx="main", direction="in", number=NUMBER, started_at=NOW,
            dialled="+74951200000"))
        row = await interactions.by_call(tx, "main-1.1")
        stream = await timeline.page(tx, him)
    assert row is not None
    assert (row.number or "").startswith("#")
    assert NUMBER not in str(stream)


async def test_an_unknown_reason_or_client_is_refused(store: Store) -> None:
    him = await make(store)
    with pytest.raises(erasing.UnknownReason):
        await _erase(store, him, reason="because Zxqvidov said so")
    with pytest.raises(errors.NotFound):
        await _erase(store, 999_999)
    async with store.begin() as tx:
        await tx.run(insert(Erasures).values(client_id=1, reason="asked", by="x", started_at=NOW,
                                             done={}))
        with pytest.raises(errors.NotFound):
            await erasing.proof(tx, 1)


async def test_what_was_merged_is_not_taken_apart_after_an_erasure(store: Store) -> None:
    him = await make(store)
    async with store.begin() as tx:
        part = await clients.create(tx, name="Zxqvidov K", number=None, by="101", at=NOW)
        merge_id = await merges.merge(tx, him, part, by="101", at=NOW, reason="same")
    await _erase(store, him)
    with pytest.raises(merges.MergeRefused) as refused:
        async with store.begin() as tx:
            await merges.unmerge(tx, merge_id, by="101", at=NOW)
    assert refused.value.code == "erased"
