"""Recordings as rows: begun, kept, gone. The files are the workstation's."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from sqlalchemy import func, select, update

from crm_store import errors
from crm_store.base import Base, Tx, insert_into
from crm_store.contacts import COLUMNS, place_of, show
from crm_store.personal_data import PERSONAL
from crm_store.persons import whose
from crm_store.tables.client_facts import Consents
from crm_store.tables.contacts import Interactions
from crm_store.tables.recordings import IS_OPEN, Recordings

Marks: TypeAlias = "Sequence[tuple[float, float | None]]"
Gone = Literal["too_old", "erased", "refused", "empty", "lost"]
CONSENT = "recording"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """`marks`: the stretches with sound, in seconds from its beginning."""
    id: int
    interaction_id: int
    leg: str
    state: str
    why: str
    started_at: datetime
    ended_at: datetime | None
    file: str | None
    channels: int
    rate: int | None
    seconds: float | None
    size: int | None
    marks: tuple[tuple[float, float | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """A finished file, as the store keeps it in mind."""
    file: str
    rate: int
    seconds: float
    size: int
    marks: Marks
    peaks: str


_COLUMNS = (
    Recordings.id, Recordings.interaction_id, Recordings.leg, Recordings.state, Recordings.why,
    Recordings.started_at, Recordings.ended_at, Recordings.file, Recordings.channels,
    Recordings.rate, Recordings.seconds, Recordings.size, Recordings.marks)


async def begin(tx: Tx, interaction_id: int, leg: str, *, started_at: datetime,
                marks: Marks) -> None:
    """It sounds for the first time, or again: `marks` as they are now. What is over stays."""
    new = insert_into(tx.dialect, Recordings).values(
        interaction_id=interaction_id, leg=leg, state="open", why="", started_at=started_at,
        channels=2, marks=_plain(marks))
    await tx.run(new.on_conflict_do_update(
        index_elements=["leg"], set_={"marks": new.excluded.marks}, where=IS_OPEN))
    await _count(tx, [interaction_id])


async def keep(tx: Tx, recording_id: int, sound: Sound, *, started_at: datetime,
               ended_at: datetime, why: str = "") -> None:
    """Its file is whole now; `started_at` is the file's first moment."""
    await tx.run(update(Recordings).where(Recordings.id == recording_id).values(
        state="kept", why=why, started_at=started_at, ended_at=ended_at, file=sound.file,
        rate=sound.rate, seconds=sound.seconds, size=sound.size, marks=_plain(sound.marks),
        peaks=sound.peaks))


async def let_go(tx: Tx, ids: Collection[int], why: Gone) -> None:
    """The files are gone; that there was a recording stays."""
    rows = (await tx.run(update(Recordings).where(Recordings.id.in_(ids)).values(
        state="gone", why=why, file=None, peaks=None,
    ).returning(Recordings.interaction_id))).all()
    await _count(tx, {row.interaction_id for row in rows})


async def _count(tx: Tx, interactions: Collection[int]) -> None:
    """Timelines say how many there are to be heard."""
    for one in interactions:
        there = await tx.scalar(select(func.count()).select_from(Recordings).where(
            Recordings.interaction_id == one, Recordings.state != "gone"))
        row = (await tx.run(update(Interactions).where(Interactions.id == one)
                            .values(recorded=there or None).returning(*COLUMNS))).one()
        await show(tx, place_of(row), row)


async def one(tx: Tx, recording_id: int) -> Recording:
    """Raises `NotFound`."""
    row = await tx.first(select(*_COLUMNS).where(Recordings.id == recording_id))
    if row is None:
        raise errors.NotFound(f"recording {recording_id}")
    return _made(row)


async def peaks(tx: Tx, recording_id: int) -> str | None:
    found: str | None = await tx.scalar(
        select(Recordings.peaks).where(Recordings.id == recording_id))
    return found


async def of_interaction(tx: Tx, interaction_id: int) -> list[Recording]:
    """In order of time."""
    return [_made(row) for row in await tx.all(
        select(*_COLUMNS).where(Recordings.interaction_id == interaction_id)
        .order_by(Recordings.started_at, Recordings.id))]


async def of_leg(tx: Tx, leg: str) -> Recording | None:
    row = await tx.first(select(*_COLUMNS).where(Recordings.leg == leg))
    return _made(row) if row is not None else None


async def open_ones(tx: Tx) -> list[Recording]:
    """Those whose files were not finished yet."""
    return [_made(row) for row in await tx.all(
        select(*_COLUMNS).where(IS_OPEN).order_by(Recordings.id))]


async def older(tx: Tx, before: datetime, *, limit: int) -> list[Recording]:
    return [_made(row) for row in await tx.all(
        select(*_COLUMNS).where(Recordings.started_at < before, Recordings.state == "kept")
        .order_by(Recordings.started_at).limit(limit))]


async def of_person(tx: Tx, client_id: int) -> list[Recording]:
    """All that is left of the person behind this client. Raises `NotFound`."""
    who, table = await whose(tx, client_id), Base.metadata.tables["recordings"]
    return [_made(row) for row in await tx.all(
        select(*_COLUMNS).where(PERSONAL["recordings"].belongs(table, who),
                                Recordings.state != "gone"))]


async def is_refused(tx: Tx, client_ids: Collection[int]) -> bool:
    """Whether one of them does not allow it, as he said last."""
    said = await tx.all(
        select(Consents.client_id, Consents.is_given)
        .where(Consents.client_id.in_(sorted(client_ids)), Consents.kind == CONSENT)
        .order_by(Consents.id))
    return not all({row.client_id: row.is_given for row in said}.values())


def _plain(marks: Marks) -> list[list[float | None]]:
    return [[begin, end] for begin, end in marks]


def _made(row: Any) -> Recording:
    return Recording(**{**row._mapping, "marks": tuple((a, b) for a, b in row.marks)})
