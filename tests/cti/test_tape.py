"""The tape's files: written first, rotated by day, packed, kept, torn and read again."""

from __future__ import annotations

import errno
import gzip
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.tape import Record, Tape, TapePosition, days, decode, encode, read

NOON = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)


def record(place: int, at: datetime = NOON) -> Record:
    return Record(at, "main", {"Event": "Newchannel", "Uniqueid": f"{place}"})


def places(folder: Path, since: TapePosition | None = None) -> list[str]:
    return [str(found.headers["Uniqueid"]) for _, found in read(folder, "main", since)]


@given(st.dictionaries(st.text(min_size=1), st.text()), st.datetimes(timezones=st.just(UTC)))
def test_what_is_encoded_decodes_to_itself(headers: dict[str, str], at: datetime) -> None:
    one = Record(at, "main", {**headers})
    assert b"\n" not in encode(one)[:-1]
    if at.year >= 1000:
        assert decode(encode(one)) == one


def test_a_tape_is_read_as_written_and_from_every_position(tmp_path: Path) -> None:
    tape = Tape(tmp_path, "main")
    positions = tape.append([record(1), record(2)]) + tape.append([record(3)])
    assert places(tmp_path) == ["1", "2", "3"]
    assert [places(tmp_path, since) for since in positions] == [["2", "3"], ["3"], []]
    assert tape.position() == positions[-1]
    assert os.stat(tmp_path / "main-2026-11-22.jsonl").st_mode & 0o777 == 0o600


def test_each_day_has_its_file_and_old_days_are_packed_and_dropped(tmp_path: Path) -> None:
    tape = Tape(tmp_path, "main", keep_days=2)
    for age in (4, 3, 2, 1, 0):
        tape.append([record(age, NOON - timedelta(days=age))])
    tape.tidy_up(date(2026, 11, 22))
    assert days(tmp_path, "main") == ["2026-11-20", "2026-11-21", "2026-11-22"]
    packed = tmp_path / "main-2026-11-21.jsonl.gz"
    assert packed.exists()
    assert packed.stat().st_mode & 0o777 == 0o600
    assert places(tmp_path) == ["2", "1", "0"]
    assert places(tmp_path, TapePosition("2026-11-21", 0)) == ["1", "0"]


def test_the_tapes_of_two_asterisks_do_not_mix(tmp_path: Path) -> None:
    Tape(tmp_path, "main").append([record(1)])
    Tape(tmp_path, "other").append([record(2)])
    assert places(tmp_path) == ["1"]


def test_a_line_torn_by_a_crash_costs_only_itself(tmp_path: Path) -> None:
    Tape(tmp_path, "main").append([record(1)])
    with (tmp_path / "main-2026-11-22.jsonl").open("ab") as file:
        file.write(encode(record(2))[:40])
    positions = Tape(tmp_path, "main").append([record(3)])
    assert places(tmp_path) == ["1", "3"]
    assert places(tmp_path, positions[0]) == []


def test_a_full_disk_is_told_and_writing_goes_on_afterwards(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tape = Tape(tmp_path, "main")
    tape.append([record(1)])
    real, room = os.write, [10]

    def full(file: int, data: bytes) -> int:
        if not room:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(file, data[:room.pop()])

    monkeypatch.setattr(os, "write", full)
    positions = tape.append([record(2)])
    assert len(positions) == 1
    assert "No space left" in str(tape.trouble)
    assert tape.lost == 1
    monkeypatch.setattr(os, "write", real)
    tape.append([record(3)])
    assert tape.trouble is None
    assert places(tmp_path) == ["1", "3"]


@pytest.mark.parametrize("line", [
    b"", b"{", b"[]", b'{"at": "x", "headers": {}}', b'{"at": "2026-11-22T10:00:00"}',
    b'{"at": "2026-11-22T10:00:00", "headers": {}}', b"\xff\xfe",
])
def test_a_bad_line_is_a_value_error(line: bytes) -> None:
    with pytest.raises(ValueError):
        decode(line)


@pytest.mark.parametrize("damage", ["cut", "half written", "no packed file", "a folder"])
def test_a_packed_day_that_is_damaged_costs_only_itself(tmp_path: Path, damage: str) -> None:
    whole = gzip.compress(b"".join(encode(record(place)) for place in range(2000)))
    packed = tmp_path / "main-2026-11-21.jsonl.gz"
    match damage:
        case "cut":
            packed.write_bytes(whole[:-30])
        case "half written":
            middle = len(whole) // 2
            packed.write_bytes(b"\0" * 10 + whole[10:middle])
        case "no packed file":
            packed.write_bytes(b"no gzip")
        case _:
            packed.mkdir()
    Tape(tmp_path, "main").append([record(1)])
    said: list[tuple[str, Exception]] = []
    found = [one.headers for _, one in read(
        tmp_path, "main", report=lambda day, error: said.append((day, error)))]
    assert found[-1]["Uniqueid"] == "1"
    assert (found[0]["Uniqueid"] == "0") is (damage == "cut")
    assert [day for day, _ in said] == ["2026-11-21"]


def test_a_day_is_on_the_disk_before_it_counts_as_packed(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Tape(tmp_path, "main").append([record(1, NOON - timedelta(days=1))])
    before: list[set[str]] = []
    monkeypatch.setattr(os, "fsync", lambda _: before.append(
        {path.name.partition(".")[2] for path in tmp_path.iterdir()}))
    Tape(tmp_path, "main").tidy_up(NOON.date())
    assert before == [{"jsonl", "jsonl.packing"}, {"jsonl", "jsonl.gz"}]
    assert places(tmp_path) == ["1"]


def test_a_day_that_grows_too_large_goes_on_in_parts_that_are_packed_at_once(
    tmp_path: Path
) -> None:
    size = len(encode(record(1)))
    tape, closed = Tape(tmp_path, "main", part_bytes=2 * size), list[str]()
    tape.closed = lambda: closed.append("part")
    positions = [tape.append([record(place)])[0] for place in range(1, 6)]
    assert [position.day for position in positions] == [
        "2026-11-22", "2026-11-22", "2026-11-22.0002", "2026-11-22.0002", "2026-11-22.0003"]
    assert closed == ["part", "part"]
    assert positions == sorted(positions)
    for packed in (False, True):
        if packed:
            tape.tidy_up(NOON.date())
            assert [path.name for path in sorted(tmp_path.iterdir())] == [
                "main-2026-11-22.0002.jsonl.gz", "main-2026-11-22.0003.jsonl",
                "main-2026-11-22.jsonl.gz"]
        assert places(tmp_path) == ["1", "2", "3", "4", "5"]
        assert [places(tmp_path, since) for since in positions] == [
            ["2", "3", "4", "5"], ["3", "4", "5"], ["4", "5"], ["5"], []]
    tape.close()
    again = Tape(tmp_path, "main", part_bytes=2 * size)
    assert [again.append([record(place)])[0].day[11:] for place in (6, 7)] == ["0003", "0004"]
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in tmp_path.iterdir())


def test_a_packed_part_is_not_written_on(tmp_path: Path) -> None:
    Tape(tmp_path, "main").append([record(1)])
    later = Tape(tmp_path, "main", part_bytes=1)
    later.append([record(2)])
    later.tidy_up(NOON.date())
    assert Tape(tmp_path, "main").append([record(3)])[0].day == "2026-11-22.0002"
    assert places(tmp_path) == ["1", "2", "3"]
