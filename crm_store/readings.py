"""Meters of a client and what they showed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from crm_store import billing, errors, timeline
from crm_store.base import Tx
from crm_store.tables.billing import Accounts, Meters, Readings

PAST = 8            # readings that tell of the usual use


@dataclass(frozen=True, slots=True)
class Shown:
    """What a meter showed, in thousandths of its unit."""
    value_milli: int
    at: datetime


@dataclass(frozen=True, slots=True)
class MeterOf:
    """A meter of a client, with its newest readings, the latest first."""
    id: int
    number: str
    resource: str
    unit: str
    client_id: int
    readings: tuple[Shown, ...]


async def of_client(tx: Tx, client_id: int) -> list[MeterOf]:
    """The meters of his open accounts, in the order of their numbers."""
    rows = await tx.all(
        _meters().where(Accounts.client_id == client_id, Accounts.closed_on.is_(None))
        .order_by(Meters.number))
    return [await _with_readings(tx, row) for row in rows]


async def one(tx: Tx, meter_id: int) -> MeterOf:
    """Raises `NotFound`."""
    row = await tx.first(_meters().where(Meters.id == meter_id))
    if row is None:
        raise errors.NotFound(f"meter {meter_id}")
    return await _with_readings(tx, row)


async def hand_in(
    tx: Tx, meter_id: int, value_milli: int, *, source: str, by: str, at: datetime,
) -> int:
    """Keep what a meter shows; the reading's id. Raises `NotFound`."""
    meter = await one(tx, meter_id)
    reading = int((await tx.run(insert(Readings).values(
        meter_id=meter_id, value_milli=value_milli, read_at=at, source=source, by=by,
    ).returning(Readings.id))).scalar_one())
    await timeline.put(tx, meter.client_id, at, "reading", reading, billing.reading_item(
        meter=meter.number, resource=meter.resource, unit=meter.unit, value_milli=value_milli,
        source=source))
    return reading


def _meters() -> Any:
    return select(Meters.id, Meters.number, Meters.resource, Meters.unit, Accounts.client_id,
                  ).join(Accounts, Accounts.id == Meters.account_id)


async def _with_readings(tx: Tx, row: Any) -> MeterOf:
    past = await tx.all(
        select(Readings.value_milli, Readings.read_at).where(Readings.meter_id == row.id)
        .order_by(Readings.read_at.desc(), Readings.id.desc()).limit(PAST))
    return MeterOf(row.id, row.number, row.resource, row.unit, row.client_id,
                   tuple(Shown(*one) for one in past))
