"""What happened while nobody looked, told from Asterisk's own records: with a real Asterisk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crm_store import gaps, interaction_pages, interactions
from crm_store.contacts import Interaction
from crm_store.gaps import GapRow
from crm_store.store import Store
from cti import own_records, queue_log
from tests.pbx.fixtures import PrivatePbx
from tests.workstation.test_real_calls import ready, settings_for, states, working
from tests.workstation.wire import wire
from workstation.settings import Settings

pytestmark = pytest.mark.pbx
CALLERS = [f"+7916700000{i}" for i in range(10)]


def mending_settings(pbx: PrivatePbx, folder: Path, **of_pbx: Any) -> Settings:
    plain, log = settings_for(pbx, folder), pbx.main.site.folder / "log"
    records = {"queue_log_file": str(log / "queue_log"),
               "cel_file": str(log / "cel-custom" / "Master.csv")}
    return plain.model_copy(update={
        "pbx": plain.pbx.model_copy(update={**records, **of_pbx})})


async def rows(store: Store, since: datetime) -> dict[str, Interaction]:
    """By the caller's number; two of one caller are an error."""
    async with store.read() as tx:
        found, _ = await interaction_pages.page(tx, interaction_pages.Wanted(since=since))
    numbers = [row.number or "" for row in found]
    assert len(set(numbers)) == len(numbers), numbers
    return dict(zip(numbers, found, strict=True))


async def settled(store: Store, since: datetime, limit_s: float = 80) -> list[GapRow]:
    found: list[GapRow] = []
    for _ in range(int(limit_s / 0.2)):
        async with store.read() as tx:
            found = await gaps.between(tx, since, datetime.now(UTC))
        if found and all(gap.settled_at is not None for gap in found):
            return found
        await asyncio.sleep(0.2)
    raise AssertionError(f"not settled: {found}")


def quiet(pbx: PrivatePbx) -> bool:
    return "0 active channels" in pbx.ask("core show channels count")


async def until(is_so: Callable[[], bool], limit_s: float = 40) -> None:
    async with asyncio.timeout(limit_s):
        while not await asyncio.to_thread(is_so):  # noqa: ASYNC110 - Asterisk does not tell us
            await asyncio.sleep(0.2)


def logged(pbx: PrivatePbx, what: str, since: datetime) -> list[queue_log.QueueRow]:
    files = own_records.RecordFiles(cel=None, queue_log=pbx.main.site.folder / "log/queue_log")
    return [row for row in own_records.read(files, since).log
            if row.what == what and row.at >= since - timedelta(seconds=1)]


def channels(pbx: PrivatePbx) -> int:
    return int(pbx.ask("core show channels count").split()[0])


async def test_calls_that_lived_and_died_while_the_link_was_cut_are_what_they_were(
    pbx: PrivatePbx, tmp_path: Path
) -> None:
    """One was in mid-talk, one came and gave up, one came and was answered, one outlived it."""
    began = datetime.now(UTC)
    async with wire(pbx.ports.ami) as line:
        settings = mending_settings(pbx, tmp_path, ami_port=line.port)
        async with working(settings) as office, ready(office, "vera") as vera:
            await pbx.world_originate("talk", caller_number=CALLERS[0], talk_s=30)
            await vera.until(lambda views: "talking" in states(views))
            line.cut()
            await pbx.world_originate("talk", caller_number=CALLERS[1], talk_s=1)
            await until(lambda: quiet(pbx))
            await pbx.world_originate("talk", caller_number=CALLERS[2], talk_s=30)
            await until(lambda: quiet(pbx))
            await pbx.world_originate("talk", caller_number=CALLERS[3], talk_s=30)
            await until(lambda: channels(pbx) == 2)
            await asyncio.sleep(2.5)
            line.mend()
            gap, = await settled(office.store, began)
            found = await rows(office.store, began)
    assert {row.outcome for row in found.values()} <= {"answered", "abandoned"}
    assert [found[number].outcome for number in CALLERS[:4]] == [
        "answered", "abandoned", *(["answered"] * 2)]
    assert [found[number].operator for number in CALLERS[:4]] == ["103", None, "103", "103"]
    assert all(found[number].reconstructed for number in CALLERS[:4])
    assert (gap.why, gap.unknown) == ("link", 0)
    assert gap.mended >= 4          # Asterisk remembers tests before, this base does not
    for said in [*logged(pbx, "COMPLETEAGENT", began), *logged(pbx, "COMPLETECALLER", began)]:
        row = next(row for row in found.values() if row.call_id == said.leg_id)
        assert row.talked_s == pytest.approx(int(said.data[1]), abs=1.1)
    await nothing_is_written_twice(settings, began, found)


async def nothing_is_written_twice(
    settings: Settings, began: datetime, found: dict[str, Interaction],
) -> None:
    """A later start reads the tape again, and the tape lost sight of them."""
    async with working(settings_on(settings)) as office:
        await asyncio.sleep(1)
        assert await rows(office.store, began) == found
        async with office.store.read() as tx:
            for row in found.values():
                parts = await interactions.segments(tx, row.id)
                talked = [part for part in parts if part.kind == "talk"]
                assert len(talked) == (row.outcome == "answered"), parts


def settings_on(settings: Settings) -> Settings:
    """The same without the wire."""
    direct = settings.pbx.model_copy(update={"ami_port": settings.pbx.sip_port + 1})
    return settings.model_copy(update={"pbx": direct})


async def test_calls_cut_off_by_the_death_of_asterisk_ended_then(
    pbx: PrivatePbx, tmp_path: Path
) -> None:
    began = datetime.now(UTC)
    async with (working(mending_settings(pbx, tmp_path)) as office,
                ready(office, "daria") as daria):
        await pbx.world_originate("talk", caller_number=CALLERS[6], talk_s=30)
        await daria.until(lambda views: "talking" in states(views))
        await pbx.world_originate("talk", caller_number=CALLERS[7], talk_s=30)
        await until(lambda: len(office.desk.floor.calls) == 2)
        await asyncio.sleep(0.5)
        pbx.kill()
        killed_at = datetime.now(UTC)
        await asyncio.to_thread(pbx.start_again)
        gap, *_ = await settled(office.store, began)
        found = await rows(office.store, began)
        answer = await office.http.get(f"{office.url}/api/v1/reports/gaps",
                                       headers=await office.bearer("sofia"))
        told = (await answer.json())["items"]
    assert gap.why == "asterisk"
    assert [(view["why"], view["mended"] >= 2, view["looking"]) for view in told[:1]] == [
        ("asterisk", True, False)]
    one, other = found[CALLERS[6]], found[CALLERS[7]]
    assert [(row.outcome, row.operator) for row in (one, other)] == [
        ("answered", "105"), ("abandoned", None)]
    for row in (one, other):
        assert row.reconstructed
        assert row.ended_at is not None
        assert abs(row.ended_at - killed_at) < timedelta(seconds=1)
