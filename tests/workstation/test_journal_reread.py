"""A journal that was too slow is told again, from the tape, what it missed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crm_store import gaps, interaction_pages, interactions
from crm_store.base import Tx
from crm_store.contacts import CallFacts, Interaction
from crm_store.errors import Conflict
from cti.changes import CallChange
from cti.engine import Engine, LinkPlan
from cti.feed import Fed, Feed
from cti.tape import TapePosition
from tests.workstation.office import TAPES, Office
from workstation.journal import Journal, Retell
from workstation.regions import Regions
from workstation.serve import journalled

PHONES = {f"PJSIP/{operator}": f"{operator}" for operator in range(101, 111)}


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """One that is not running, beside a tape without the line that names the phones."""
    lines = (TAPES / "outbound/operator_dials.jsonl").read_bytes().splitlines(True)
    (tmp_path / "main-2026-11-22.jsonl").write_bytes(b"".join(lines[1:]))
    return Engine(LinkPlan(
        pbx="main", host="127.0.0.1", port=9, observer_secret="", control_secret="",
        system_name=None, tape_dir=tmp_path, operators=PHONES,
    ), clock=datetime(2026, 11, 22, 14, tzinfo=UTC).timestamp)


async def rows(office: Office) -> list[Interaction]:
    async with office.store.read() as tx:
        found, _ = await interaction_pages.page(tx, interaction_pages.Wanted())
    return found


@asynccontextmanager
async def overrun(office: Office, retell: Retell, *fed: Fed) -> AsyncIterator[Journal]:
    """A journal that is told of one event too many, and reads again."""
    journal, feed = Journal(office.store, Regions("RU"), retell), Feed()
    subscription = feed.subscribe("journal", limit=1)
    for one in fed:
        feed.publish(one)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(journal.run(subscription))
        yield journal
        running.cancel()


async def until_ended(office: Office) -> list[Interaction]:
    async with asyncio.timeout(20):
        while not any(row.outcome for row in await rows(office)):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    return await rows(office)


def of_calls(engine: Engine) -> list[Fed]:
    return [fed for fed in engine.retell(None)
            if any(isinstance(change, CallChange) for change in fed.changes)]


async def test_a_journal_that_was_too_slow_is_told_again(office: Office, engine: Engine) -> None:
    """From where the floor was restored, with the right direction and operator."""
    async with overrun(office, engine.retell, *of_calls(engine)[:3]):
        found = await until_ended(office)
    assert [(row.outcome, row.operator, row.direction) for row in found] == [
        ("answered", "101", "out")]


async def test_a_tape_that_cannot_be_read_for_now_is_tried_again(
    office: Office, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workstation.journal.FIRST_PAUSE_S", 0.001)
    failures = [OSError("a bad disk"), OSError("a bad disk")]

    def sometimes(since: TapePosition | None) -> Iterator[Fed]:
        yield from list(engine.retell(since))[:4]
        if failures:
            raise failures.pop()
        yield from list(engine.retell(since))[4:]

    async with overrun(office, sometimes, *of_calls(engine)[:3]):
        found = await until_ended(office)
    assert not failures
    assert [row.outcome for row in found] == ["answered"]


async def test_a_tape_that_can_never_be_read_does_not_end_the_journal(
    office: Office, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workstation.journal.FIRST_PAUSE_S", 0.001)
    told, feed = of_calls(engine), Feed()

    def never(since: TapePosition | None) -> Iterator[Fed]:
        raise OSError("a bad disk")

    journal = Journal(office.store, Regions("RU"), never)
    subscription = feed.subscribe("journal", limit=1)
    for one in told[:2]:
        feed.publish(one)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(journal.run(subscription))
        for one in told:
            while subscription.behind():  # noqa: ASYNC110
                await asyncio.sleep(0.02)
            feed.publish(one)
        await until_ended(office)
        running.cancel()


async def test_what_was_told_again_is_not_written_once_more(
    office: Office, engine: Engine
) -> None:
    """What came into the feed while the tape was read was on the tape as well."""
    told, feed = of_calls(engine), Feed()
    journal = Journal(office.store, Regions("RU"), engine.retell)
    subscription = feed.subscribe("journal", limit=1)
    for one in told[:2]:
        feed.publish(one)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(journal.run(subscription))
        before = await until_ended(office)
        feed.publish(told[-3])
        await asyncio.sleep(0.5)
        assert subscription.behind() == 0
        running.cancel()
    assert await rows(office) == before


async def test_each_commit_says_how_far_the_tape_is_written(
    office: Office, engine: Engine
) -> None:
    """Killed at any moment, the next process begins before what was not stored."""
    told = of_calls(engine)
    journal = Journal(office.store, Regions("RU"), engine.retell, "main")
    await journal.write(told[0].changes, told[0].position)
    assert await journalled(office.store, "main") == told[0].position
    later = Engine(engine._plan)
    later.journalled = told[0].position
    with later.feed.subscribe("test") as restored:
        await later._restore()
        again = [await anext(restored) for _ in range(restored.behind())]
    positions = [fed.position for fed in again]
    assert positions[0] <= told[0].position, "the whole call is told again"
    assert {fed.position for fed in told} <= set(positions)


async def test_a_batch_that_is_refused_does_not_move_the_place(
    office: Office, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written one by one, the rest of it may still be lost: the next batch says how far."""
    told = of_calls(engine)
    journal = Journal(office.store, Regions("RU"), engine.retell, "main")
    known = interactions.upsert_calls

    async def refused_whole(tx: Tx, calls: list[CallFacts]) -> list[int]:
        """However often it is tried, alone or in a group with others' writes."""
        if await gaps.place(tx, "main") is not None:
            raise Conflict
        return await known(tx, calls)

    monkeypatch.setattr("crm_store.interactions.upsert_calls", refused_whole)
    await journal.write(told[0].changes, told[0].position)
    monkeypatch.setattr("crm_store.interactions.upsert_calls", known)
    assert await journalled(office.store, "main") is None
    assert [row.call_id for row in await rows(office)] == [told[0].changes[0].call]  # type: ignore[attr-defined]
    await journal.write(told[1].changes, told[1].position)
    assert await journalled(office.store, "main") == told[1].position


async def test_while_nobody_calls_the_place_moves_as_well(
    office: Office, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(office.store, Regions("RU"), engine.retell, "main")
    far = TapePosition("2026-11-29", 7)
    await journal.write([], far)
    assert await journalled(office.store, "main") is None, "not at each sign of life"
    monkeypatch.setattr("workstation.journal.PLACE_EVERY_S", 0.0)
    await journal.write([], far)
    assert await journalled(office.store, "main") == far
