"""The journal: calls become rows whatever happens, and twice is as good as once."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from crm_store import interaction_pages, interactions
from crm_store.errors import Busy, Conflict, Full, StoreError, TimedOut, Unreachable
from crm_store.interactions import CallFacts
from cti.changes import CallChange, Change
from cti.floor import Floor, apply
from cti.parse import parse
from cti.tape import decode
from tests.workstation.office import TAPES, Office, add_client
from workstation import records

INBOUND = sorted(path.stem for path in (TAPES / "inbound").glob("*.jsonl"))


@pytest.mark.parametrize("tape", INBOUND)
async def test_writing_a_tape_twice_changes_nothing(office: Office, tape: str) -> None:
    played = await office.play(f"inbound/{tape}")
    first = await _rows(office)
    assert first, "a call must have become an interaction"
    await office.desk.journal.write(played.changes)
    assert await _rows(office) == first


@pytest.mark.parametrize("tape", INBOUND)
async def test_every_call_has_an_end_and_an_outcome(office: Office, tape: str) -> None:
    await office.play(f"inbound/{tape}")
    for row in await _rows(office):
        assert row["ended_at"] is not None
        assert row["outcome"] is not None


async def test_the_stretches_of_a_call_are_kept_in_order(office: Office) -> None:
    await office.play("inbound/through_the_menu_to_an_operator")
    row = (await _rows(office))[0]
    kinds = [part[0] for part in row["segments"]]
    assert kinds[0] == "menu"
    assert kinds.index("menu") < kinds.index("waiting") < kinds.index("talk")
    assert row["menu_path"]


async def test_an_abandoned_call_belongs_to_the_only_client_of_its_number(office: Office) -> None:
    client = await add_client(office, "Ivanov", _caller("inbound/abandoned_in_the_queue"))
    await office.play("inbound/abandoned_in_the_queue")
    row = (await _rows(office))[0]
    assert (row["outcome"], row["client_id"]) == ("abandoned", client)


async def test_what_the_database_refuses_for_now_is_written_later(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals = [Busy(), Busy()]
    stored = interactions.upsert_calls

    async def sometimes(tx: Any, calls: list[CallFacts]) -> list[int]:
        if refusals:
            raise refusals.pop()
        return await stored(tx, calls)

    monkeypatch.setattr("workstation.journal.interactions.upsert_calls", sometimes)
    changes: list[Change] = []
    tape = await office.play("inbound/served_by_the_menu", until=lambda _: True)
    await tape.play()
    changes += tape.changes
    assert not refusals
    await office.desk.journal.write(changes)
    assert [row["outcome"] for row in await _rows(office)] == ["served"]
    assert office.desk.journal.failing == ""


async def _rows(office: Office) -> list[dict[str, Any]]:
    async with office.store.read() as tx:
        found, _ = await interaction_pages.page(tx, interaction_pages.Wanted())
        return [{name: getattr(row, name) for name in row.__dataclass_fields__} | {
            "segments": [(part.kind, part.started_at, part.ended_at, part.who)
                         for part in await interactions.segments(tx, row.id)]}
                for row in found]


def _caller(tape: str) -> str:
    for line in (TAPES / f"{tape}.jsonl").read_text().splitlines():
        headers = json.loads(line)["headers"]
        if headers.get("Event") == "Newchannel" and "trunk" in headers.get("Channel", ""):
            number: str = headers["CallerIDNum"]
            return number
    raise LookupError(tape)


def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workstation.journal.FIRST_PAUSE_S", 0.001)
    monkeypatch.setattr("workstation.journal.LONGEST_PAUSE_S", 0.001)


class Troubled:
    """The store's upsert, with errors of `script` for one call first."""

    def __init__(self, call: str, script: list[Exception]) -> None:
        self.call = call
        self.script = script
        self._stored = interactions.upsert_calls

    async def __call__(self, tx: Any, calls: list[CallFacts]) -> list[int]:
        if self.script and any(facts.call_id == self.call for facts in calls):
            raise self.script.pop(0)
        return await self._stored(tx, calls)


async def test_a_busy_database_loses_no_call_while_writing_one_by_one(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    _no_pause(monkeypatch)
    changes = _changes("inbound/two_callers_two_operators")
    calls = sorted({change.call for change in changes if isinstance(change, CallChange)})
    trouble = Troubled(calls[0], [Conflict(), Busy(), Full(), TimedOut(), Unreachable(), Busy()])
    monkeypatch.setattr("workstation.journal.interactions.upsert_calls", trouble)
    await office.desk.journal.write(changes)
    assert sorted(row["call_id"] for row in await _rows(office)) == calls
    assert not trouble.script


async def test_one_call_that_can_never_be_written_does_not_hold_up_the_others(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    _no_pause(monkeypatch)
    changes = _changes("inbound/two_callers_two_operators")
    calls = sorted({change.call for change in changes if isinstance(change, CallChange)})
    trouble = Troubled(calls[0], [StoreError("+79161234567"), OverflowError("x")] * 20)
    monkeypatch.setattr("workstation.journal.interactions.upsert_calls", trouble)
    async with asyncio.timeout(20):
        await office.desk.journal.write(changes)
    assert [row["call_id"] for row in await _rows(office)] == calls[1:]
    assert calls[0] in caplog.text
    assert "+7" not in caplog.text


async def test_an_error_nobody_foresaw_does_not_end_the_journal(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, failures = records.note, [RuntimeError("a bug"), RuntimeError("a bug")]

    def sometimes(*args: Any) -> CallFacts:
        if failures:
            raise failures.pop()
        return known(*args)

    monkeypatch.setattr("workstation.journal.records.note", sometimes)
    await office.play("inbound/served_by_the_menu")
    assert [row["outcome"] for row in await _rows(office)] == ["served"]


def _changes(tape: str) -> list[Change]:
    floor, changes = Floor("main"), list[Change]()
    for line in (TAPES / f"{tape}.jsonl").read_bytes().splitlines():
        record = decode(line)
        event = parse(record.at, record.headers)
        changes += apply(floor, event) if event is not None else ()
    return changes
