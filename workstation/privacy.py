"""A person's rights as the whole installation keeps them: base, campaigns, tapes, audit."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from campaigns import steering
from crm_store import audit, erasing, persons, retention
from crm_store.base import JSON
from crm_store.compacting import fold_log
from crm_store.erasing import Proof
from crm_store.persons import ObstacleKind, Person
from crm_store.retention import Applied
from crm_store.store import Store
from cti.secrets import derive
from workstation import recording_keeper
from workstation.requests import receiving
from workstation.settings import Settings, recordings_folder

EXPORTED = "person.exported"


@dataclass(frozen=True, slots=True)
class Found:
    """A person, and what stands in the way of erasing him."""
    person: Person
    obstacles: tuple[persons.Obstacle, ...]


def number_key(secret: bytes) -> bytes:
    """What numbers are hashed with when persons go: derived from the installation's secret."""
    return derive(secret, "privacy:numbers").encode()


async def find(store: Store, client_id: int, *, now: datetime,
               kinds: Collection[ObstacleKind]) -> Found:
    """Raises `NotFound`."""
    async with store.read() as tx:
        person = await persons.find(tx, client_id)
        in_the_way = await persons.obstacles(tx, client_id, now=now, kinds=kinds)
    return Found(person, tuple(in_the_way))


async def export(store: Store, client_id: int, *, by: str, at: datetime) -> dict[str, JSON]:
    """All of a person as JSON; that it was taken away is in the audit before it is given."""
    async with store.begin() as tx:
        said = await persons.export(tx, client_id)
        await audit.record(tx, by=by, at=at, what=EXPORTED, client_id=client_id,
                           facts={"tables": [*sorted(_tables(said))]})
    return {"made_at": at.isoformat(), **said}


def _tables(said: dict[str, JSON]) -> list[str]:
    tables = said["tables"]
    return list(tables) if isinstance(tables, dict) else []


async def erase(store: Store, client_id: int, *, key: bytes, reason: str, by: str, at: datetime,
                kinds: Collection[ObstacleKind], recorded: Path,
                letters: Path | None = None) -> Proof:
    """Off all campaigns, what was recorded of him and what he sent, then out of the base;
    `recorded` and `letters` are the folders of it. Raises what `erasing.erase` raises."""
    if reason not in erasing.REASONS:
        raise erasing.UnknownReason(reason[:40])
    async with store.begin() as tx:
        in_the_way = await persons.obstacles(tx, client_id, now=at, kinds=kinds)
        who = await persons.whose(tx, client_id)
        if not in_the_way:
            for one in who.ids:
                await steering.withdraw(tx, one, "suppression", by=by, at=at)
    if in_the_way:
        raise erasing.Forbidden(in_the_way)
    await recording_keeper.erase(store, recorded, client_id)
    if letters is not None:
        await receiving.erase_files(store, letters, who.ids)
    proof = await erasing.erase(store, client_id, key=key, reason=reason, by=by, at=at,
                                forbidden_by=kinds)
    await fold_log(store)
    return proof


async def finish_erasings(store: Store, *, key: bytes, at: datetime, recorded: Path,
                          letters: Path | None = None) -> int:
    """Those that were broken off; how many."""
    async with store.read() as tx:
        left = await erasing.unfinished(tx)
    for client_id in left:
        await recording_keeper.erase(store, recorded, client_id)
        if letters is not None:
            await receiving.erase_files(store, letters, (client_id,))
        await erasing.erase(store, client_id, key=key, reason="asked", by="system", at=at,
                            forbidden_by=())
    return len(left)


# ── retention ────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class OldTapes:
    """Tape files older than `keep_days`: they hold numbers too."""
    keep_days: int
    files: tuple[Path, ...]
    oldest: date | None


def old_tapes(folder: Path, keep_days: int, today: date) -> OldTapes:
    """By the day in their names, `<pbx>-<day>.jsonl` with or without `.gz`."""
    before = today - timedelta(days=keep_days)
    days = {file: day for file in sorted(folder.glob("*.jsonl*")) if (day := _day(file))}
    old = tuple(file for file, day in days.items() if day < before)
    return OldTapes(keep_days, old, min(days.values(), default=None))


def _day(file: Path) -> date | None:
    try:
        return date.fromisoformat(file.name.partition(".")[0][-10:])
    except ValueError:
        return None


async def retain(
    store: Store, settings: Settings, *, key: bytes, by: str, now: datetime,
    dry_run: bool = False,
    progress: Callable[[retention.Kind, int], None] = lambda kind, rows: None,
) -> tuple[list[Applied], OldTapes]:
    """Every kind that the settings limit, then the tapes."""
    keep_days = settings.retention.keep_days
    recorded_days = keep_days.pop("recordings", 0)
    done = await retention.run(store, keep_days, now=now, key=key, by=by,
                               dry_run=dry_run, progress=progress)
    if recorded_days:
        done.append(Applied(
            kind="recordings", before=now - timedelta(days=recorded_days), digest="",
            rows=await recording_keeper.retain(
                store, recordings_folder(settings), recorded_days, now=now, by=by,
                dry_run=dry_run)))
    tapes = old_tapes(settings.data_dir / "tapes", settings.tape_keep_days,
                      now.astimezone(UTC).date())
    if dry_run:
        return done, tapes
    for file in tapes.files:
        file.unlink(missing_ok=True)
    if tapes.files:
        async with store.begin() as tx:
            await audit.record(tx, by=by, at=now, what=retention.DEED, facts={
                "kind": "tapes", "rows": len(tapes.files),
                "days": [str(_day(file)) for file in tapes.files]})
    await fold_log(store)
    return done, tapes
