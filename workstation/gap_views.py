"""Gaps of the link as screens show them ○: what the floor knows, with what was mended since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from crm_store.gaps import GapRow
from cti.floor import Floor, Gap
from workstation import protocol
from workstation.views import moment, moment_or_none

SHOWN = 5       # the newest of the floor


def gaps(
    floor: Floor, stored: Mapping[datetime, GapRow],
) -> Iterator[tuple[str, protocol.GapView]]:
    """By their id; `stored` by their beginning."""
    for gap in floor.gaps[-SHOWN:]:
        row = stored.get(gap.started_at)
        view = of_row(row, gap.ended_at) if row is not None else _of_floor(floor.pbx, gap)
        yield view.id, view


def of_row(row: GapRow, ended_at: datetime | None = None) -> protocol.GapView:
    until = row.until or ended_at
    return protocol.GapView(
        id=name(row.pbx, row.since), pbx=row.pbx, since=moment(row.since),
        until=moment_or_none(until), calls_lost=row.calls_lost, why=row.why, mended=row.mended,
        unknown=row.unknown, looking=until is not None and row.settled_at is None)


def name(pbx: str, since: datetime) -> str:
    return f"{pbx}:{moment(since)}"


def _of_floor(pbx: str, gap: Gap) -> protocol.GapView:
    return protocol.GapView(
        id=name(pbx, gap.started_at), pbx=pbx, since=moment(gap.started_at),
        until=moment_or_none(gap.ended_at), calls_lost=0)
