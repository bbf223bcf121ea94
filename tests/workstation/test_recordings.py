"""Recordings beside Asterisk: how files are made of samples, what is left after a crash, who
steers them, and when they go."""

from __future__ import annotations

import os
import struct
import wave
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crm_store import interactions, recordings
from crm_store.interactions import CallFacts
from crm_store.recordings import Recording
from crm_store.store import Store
from cti.floor import Call
from cti.pbx.render_recording import LATER
from tests.workstation.office import Office, add_client
from workstation import privacy, recording_keeper
from workstation.recording_files import RATE, Sources, finish, peaks_of
from workstation.recording_keeper import Finisher
from workstation.recording_policy import Take, is_wanted, policy_of
from workstation.recording_settings import Recording as RecordingSettings
from workstation.settings import Queue

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
LOUD, SOFT = 16_000, 4_000


def write(folder: Path, leg: str, seconds: float, *, cut: int = 0) -> Sources:
    """What Asterisk leaves: the client louder than the operator; `cut` bytes are missing."""
    sources = Sources.of(folder, leg)
    folder.mkdir(parents=True, exist_ok=True)
    for path, level in ((sources.client, LOUD), (sources.others, SOFT)):
        raw = struct.pack("<h", level) * int(seconds * RATE)
        path.write_bytes(raw[:len(raw) - cut])
    return sources


def samples(path: Path) -> tuple[tuple[int, ...], tuple[int, ...]]:
    with wave.open(str(path)) as file:
        raw = file.readframes(file.getnframes())
    both = struct.unpack(f"<{len(raw) // 2}h", raw)
    return both[0::2], both[1::2]


# ── files ────────────────────────────────────────────────────────────────────────────────────
def test_a_file_begins_with_the_first_sound_and_is_silent_in_pauses(tmp_path: Path) -> None:
    sources = write(tmp_path / "new", "leg", 10)
    sound = finish(sources, tmp_path, "2026/1.wav", ((2.0, 4.0), (5.0, None)))
    assert sound is not None
    assert (sound.seconds, sound.marks) == (8.0, ((0.0, 2.0), (3.0, 8.0)))
    left, right = samples(tmp_path / sound.file)
    assert len(left) == len(right) == 8 * RATE
    assert set(left[:2 * RATE]) == {LOUD} == set(left[3 * RATE:])
    assert set(right[:2 * RATE]) == {SOFT} == set(right[3 * RATE:])
    assert not any(left[2 * RATE:3 * RATE])
    assert not any(right[2 * RATE:3 * RATE])
    assert (tmp_path / sound.file).stat().st_mode & 0o777 == 0o600
    client, operator = peaks_of(sound.peaks)
    assert (len(client), max(client), max(operator)) == (400, LOUD >> 7, SOFT >> 7)
    assert 0 in client


def test_files_of_uneven_length_and_torn_samples_are_made_whole(tmp_path: Path) -> None:
    sources = write(tmp_path / "new", "leg", 4, cut=3)
    sources.others.write_bytes(sources.others.read_bytes()[:RATE])
    sound = finish(sources, tmp_path, "1.wav", ((0.0, 60.0),))
    assert sound is not None
    left, right = samples(tmp_path / "1.wav")
    assert len(left) == len(right) == 4 * RATE - 2
    assert right[-1] == 0


def test_parts_of_a_renewed_recording_are_one_file_each_at_its_place(tmp_path: Path) -> None:
    sources = write(tmp_path / "new", "leg", 2)
    write(tmp_path / "new", f"leg{LATER}5000", 3)
    other = write(tmp_path / "new", f"legs{LATER}9000", 1)
    assert sources.seconds() == sources.written_s() == 8
    sound = finish(sources, tmp_path, "1.wav", ((0.0, None),))
    assert sound is not None
    assert sound.seconds == 8
    left, right = samples(tmp_path / "1.wav")
    assert all(left[:2 * RATE])
    assert not any(left[2 * RATE:5 * RATE])
    assert all(right[5 * RATE:])
    assert [path.name for path in (tmp_path / "new").glob(f"leg{LATER}*")] == []
    assert other.client.exists(), "another leg's"


def test_a_crash_while_parts_are_joined_leaves_nothing_out(tmp_path: Path) -> None:
    sources = write(tmp_path / "new", "leg", 2)
    part = write(tmp_path / "new", f"leg{LATER}2000", 2)
    kept = part.client.read_bytes()
    sources.join()
    part.client.write_bytes(kept)           # it was put in, and not yet let go
    sources.join()
    assert sources.sizes() == (4 * RATE * 2, 4 * RATE * 2)


@pytest.mark.parametrize("marks", [(), ((9.0, None),), ((1.0, 1.0),)])
def test_what_never_sounded_makes_no_file(
        tmp_path: Path, marks: tuple[tuple[float, float | None], ...]) -> None:
    assert finish(write(tmp_path / "new", "leg", 2), tmp_path, "1.wav", marks) is None
    assert not (tmp_path / "1.wav").exists()


# ── when ─────────────────────────────────────────────────────────────────────────────────────
def call(**changes: object) -> Call:
    values: dict[str, object] = {
        "id": "c", "pbx": "main", "direction": "in", "number": "+7916", "name": "", "dialled": "",
        "entry": None, "state": "talking", "since": NOW, "started_at": NOW, "queue": "billing",
        "connected": ("101",)}
    return Call(**{**values, **changes})  # type: ignore[arg-type]


def take(**changes: object) -> Take:
    return Take(leg="l", call="c", channel="PJSIP/trunk-1", began_at=NOW,
                **changes)  # type: ignore[arg-type]


def test_policy_is_of_the_campaign_then_the_queue_then_of_calls_by_hand() -> None:
    queues = {"billing": Queue(id="billing", name="Billing", record="always")}
    settings = RecordingSettings(outbound="on_demand", campaigns={"June": "never"})
    assert policy_of(call(), queues, settings) == "always"
    assert policy_of(call(), queues, settings, "June") == "never"
    assert policy_of(call(queue=None, direction="out"), queues, settings) == "on_demand"
    assert policy_of(call(direction="internal"), queues, settings) == "never"


def test_it_sounds_from_the_first_answer_on_while_nobody_paused_it() -> None:
    assert is_wanted(call(), take(), "always", NOW)
    assert not is_wanted(call(connected=()), take(), "always", NOW)
    assert is_wanted(call(connected=()), take(marks=[(0.0, None)]), "always", NOW)
    assert not is_wanted(call(), take(), "never", NOW)
    assert not is_wanted(call(), take(), "on_demand", NOW)
    assert is_wanted(call(), take(on=True), "on_demand", NOW)
    paused = take(paused_until=NOW + timedelta(seconds=5))
    assert not is_wanted(call(), paused, "always", NOW)
    assert is_wanted(call(), paused, "always", NOW + timedelta(seconds=5))


def test_a_moment_in_which_it_was_renewed_is_no_pause() -> None:
    one = take()
    for second, state in ((1, "on"), (5, "ended"), (5.2, "on"), (7, "paused"), (8, "ended"),
                          (8.2, "paused"), (9, "on"), (12, "ended")):
        one.note(state, NOW + timedelta(seconds=second))
    assert one.marks == [(1.0, 7.0), (9.0, 12.0)]
    assert one.ended_at is not None


def test_marks_are_what_asterisk_said() -> None:
    one = take()
    for state, second in (("ready", 0), ("on", 2), ("on", 3), ("paused", 4), ("on", 6),
                          ("ended", 9)):
        one.note(state, NOW + timedelta(seconds=second))
    assert one.marks == [(2.0, 4.0), (6.0, 9.0)]
    assert one.ended_at == NOW + timedelta(seconds=9)


# ── after a crash, when it is time ───────────────────────────────────────────────────────────
async def begun(store: Store, leg: str, client_id: int | None = None) -> Recording:
    async with store.begin() as tx:
        contact = await interactions.upsert_call(tx, CallFacts(
            call_id=leg, pbx="main", direction="in", started_at=NOW, client_id=client_id,
            operator="101", ended_at=NOW))
        await recordings.begin(tx, contact, leg, started_at=NOW, marks=((1.0, None),))
        row = await recordings.of_leg(tx, leg)
    assert row is not None
    return row


def finisher(office: Office, folder: Path, told: list[str], min_free_mb: int = 0) -> Finisher:
    return Finisher(office.store, folder, min_free_mb=min_free_mb, tell=told.append,
                    clock=lambda: datetime.now(UTC))


def age(sources: Sources, seconds: float) -> None:
    at = datetime.now(UTC).timestamp() - seconds
    for path in (sources.client, sources.others):
        os.utime(path, (at, at))


async def test_what_a_crash_left_is_finished_and_what_still_grows_is_not(
        office: Office, tmp_path: Path) -> None:
    folder, told = tmp_path / "sound", []
    left, growing = [await begun(office.store, leg) for leg in ("left", "growing")]
    age(write(folder / "new", "left", 5), 120)
    write(folder / "new", "growing", 5)
    age(write(folder / "new", "stray", 5), 2 * 86_400)
    await finisher(office, folder, told).scan(lambda leg: False)
    async with office.store.read() as tx:
        kept, grows = [await recordings.one(tx, one.id) for one in (left, growing)]
    assert (kept.state, kept.seconds, grows.state) == ("kept", 4.0, "open")
    assert kept.started_at == NOW + timedelta(seconds=1)
    assert len(samples(folder / (kept.file or ""))[0]) == 4 * RATE
    assert sorted(path.name for path in (folder / "new").iterdir()) == [
        "growing-in.sln", "growing-out.sln"]


async def test_a_full_disk_begins_nothing_and_the_leads_are_told_once(
        office: Office, tmp_path: Path) -> None:
    told: list[str] = []
    full = finisher(office, tmp_path, told, min_free_mb=10**9)
    assert (full.has_room(), full.has_room()) == (False, False)
    assert told == ["recording_disk_full"]


async def test_a_recording_without_its_end_is_kept_and_told(
        office: Office, tmp_path: Path) -> None:
    told: list[str] = []
    row = await begun(office.store, "cut")
    write(tmp_path / "new", "cut", 5)
    await finisher(office, tmp_path, told).finish("cut", ended_at=NOW + timedelta(seconds=60))
    async with office.store.read() as tx:
        kept = await recordings.one(tx, row.id)
    assert (kept.state, kept.why, told) == ("kept", "cut_short", ["recording_cut_short"])


async def kept_file(office: Office, folder: Path, leg: str, client: int | None = None) -> Path:
    row = await begun(office.store, leg, client)
    write(folder / "new", leg, 3)
    await finisher(office, folder, []).finish(leg, ended_at=NOW + timedelta(seconds=3))
    async with office.store.read() as tx:
        return folder / ((await recordings.one(tx, row.id)).file or "")


async def test_sound_that_is_too_old_goes_and_the_fact_stays(
        office: Office, tmp_path: Path) -> None:
    file = await kept_file(office, tmp_path, "old")
    later = NOW + timedelta(days=31)
    assert await recording_keeper.retain(
        office.store, tmp_path, 31, now=later, by="system", dry_run=True) == 0
    assert file.exists()
    assert await recording_keeper.retain(
        office.store, tmp_path, 30, now=later, by="system") == 1
    assert not file.exists()
    async with office.store.read() as tx:
        gone = await recordings.of_leg(tx, "old")
    assert gone is not None
    assert (gone.state, gone.why, gone.seconds) == ("gone", "too_old", 2.0)


async def test_who_is_erased_is_heard_no_more(office: Office, tmp_path: Path) -> None:
    him, other = await add_client(office, "Ivan"), await add_client(office, "Olga")
    his = await kept_file(office, tmp_path, "his", him)
    hers = await kept_file(office, tmp_path, "hers", other)
    await privacy.erase(
        office.store, him, key=b"k" * 32, reason="asked", by="110", at=NOW, kinds=(),
        recorded=tmp_path)
    assert not his.exists()
    assert hers.exists()
