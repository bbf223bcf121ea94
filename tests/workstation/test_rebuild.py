"""`deskline rebuild`: the tape is right, the base is compared and put right."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crm_store import interactions, mending
from crm_store.contacts import Interaction
from crm_store.interactions import CallFacts, SegmentFacts
from crm_store.store import Store
from cti.tape import days, decode
from tests.ports import free_port
from tests.workstation.office import TAPES, open_office
from workstation.cli.main import run
from workstation.settings import load

SCENES = ("inbound/through_the_menu_to_an_operator", "transfer/attended",
          "outbound/operator_dials", "inbound/abandoned_in_the_queue")
DAY = timedelta(days=1)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A site with the tape of one scene after the other, and what its journal wrote of them."""
    path = tmp_path / "deskline.toml"
    path.write_text(f'data_dir = "{tmp_path / "data"}"\n[server]\nport = {free_port()}\n')
    asyncio.run(journalled(path))
    folder = tmp_path / "data" / "tapes"
    folder.mkdir()
    for scene in SCENES:
        for line in (TAPES / f"{scene}.jsonl").read_bytes().splitlines(keepends=True):
            day = f"{decode(line).at.date()}"
            with (folder / f"main-{day}.jsonl").open("ab") as file:
                file.write(line)
    return path


async def journalled(config: Path) -> None:
    async with open_office(load(config).data_dir, settings=load(config)) as office:
        for scene in SCENES:
            await office.play(scene)


def bounds(config: Path) -> list[str]:
    taped = days(load(config).data_dir / "tapes", "main")
    first, last = (datetime.fromisoformat(day).replace(tzinfo=UTC) for day in (
        taped[0], taped[-1]))
    return ["--from", (first - DAY).isoformat(), "--to", (last + DAY).isoformat()]


def rebuilt(config: Path, capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, Any]:
    capsys.readouterr()
    assert run(["rebuild", *bounds(config), "--json", "--config", str(config), *more]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def stored(config: Path) -> dict[str, tuple[Interaction, list[SegmentFacts]]]:
    async def read() -> dict[str, tuple[Interaction, list[SegmentFacts]]]:
        store = Store(load(config).store_url)
        async with store.read() as tx:
            calls = await mending.calls_between(
                tx, "main", datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
            found = [await interactions.by_call(tx, call) for call in calls]
            told = {row.call_id or "": (row, await interactions.segments(tx, row.id))
                    for row in found if row is not None}
        await store.close()
        return told
    return asyncio.run(read())


def spoil(config: Path, *calls: CallFacts) -> None:
    async def write() -> None:
        store = Store(load(config).store_url)
        async with store.begin() as tx:
            for facts in calls:
                await mending.rewrite(tx, facts, reconstructed=False)
        await store.close()
    asyncio.run(write())


def test_what_the_journal_wrote_is_what_the_tape_tells(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = rebuilt(config, capsys)
    assert told["calls"] == len(SCENES)
    assert (told["missing"], told["different"], told["not_on_tape"]) == ([], {}, [])
    before = stored(config)
    assert rebuilt(config, capsys, "--apply")["written"] == 0
    assert stored(config) == before


def test_a_wrong_row_is_shown_field_by_field_and_put_right_only_when_asked(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    true = stored(config)
    call, (row, parts) = next((call, one) for call, one in true.items()
                              if one[0].outcome == "answered" and one[0].queue)
    wrong = CallFacts(
        call_id=call, pbx="main", direction=row.direction, started_at=row.started_at,
        operator="109", queue=row.queue, outcome="abandoned", segments=tuple(parts[:1]))
    spoil(config, wrong)
    shown = rebuilt(config, capsys)["different"]
    assert list(shown) == [call]
    assert shown[call]["operator"] == {"base": "109", "tape": row.operator}
    assert shown[call]["outcome"] == {"base": "abandoned", "tape": "answered"}
    assert {"segments", "ended_at", "talked_s"} <= set(shown[call])
    assert stored(config) != true, "nothing is written unasked"
    assert rebuilt(config, capsys, "--apply")["written"] == 1
    assert stored(config) == true
    assert rebuilt(config, capsys)["different"] == {}


def test_calls_that_only_one_of_both_knows_are_named(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row, _ = next(iter(stored(config).values()))
    spoil(config, CallFacts(call_id="main-0.1", pbx="main", direction="in",
                            started_at=row.started_at, outcome="abandoned"))
    told = rebuilt(config, capsys)
    assert told["not_on_tape"] == ["main-0.1"]
    (load(config).data_dir / "deskline.db").unlink()
    for rest in load(config).data_dir.glob("deskline.db-*"):
        rest.unlink()
    assert run(["migrate", "--config", str(config)]) == 0
    told = rebuilt(config, capsys, "--apply")
    assert len(told["missing"]) == told["written"] == len(SCENES)
    assert rebuilt(config, capsys)["missing"] == []


def test_a_call_told_from_asterisks_own_records_is_left_alone(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call, (row, _) = next(iter(stored(config).items()))
    facts = CallFacts(call_id=call, pbx="main", direction=row.direction,
                      started_at=row.started_at, outcome="answered", operator="105")

    async def mend() -> None:
        store = Store(load(config).store_url)
        async with store.begin() as tx:
            await mending.rewrite(tx, facts, reconstructed=True)
        await store.close()

    asyncio.run(mend())
    told = rebuilt(config, capsys, "--apply")
    assert (told["reconstructed"], told["different"], told["written"]) == ([call], {}, 0)


@pytest.mark.parametrize(("options", "code"), [
    (("--from", "yesterday"), 2), (("--from", "2026-11-23", "--to", "2026-11-22"), 2), ((), 2)])
def test_wrong_use_is_told(
    config: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], code: int
) -> None:
    assert run(["rebuild", *options, "--config", str(config)]) == code
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_damaged_tape_is_a_failure_that_is_told(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = load(config).data_dir / "tapes"
    (folder / "main-2026-11-21.jsonl.gz").write_bytes(b"no gzip")
    assert run(["rebuild", *bounds(config), "--config", str(config)]) == 1
    assert "the tape of 2026-11-21 cannot be read" in capsys.readouterr().err
