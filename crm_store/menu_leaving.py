"""Where callers leave the menu: per step how many came and for how many it was the last.

Only who hung up in the menu has left it; who went on to a queue or was served to the end has not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, String, and_, cast, func, or_, select

from crm_store import keyset
from crm_store.base import Tx
from crm_store.tables.contacts import Interactions

MOST_PATHS = 20_000     # different ones in a period; the rarest beyond it are not counted
_PATH = cast(Interactions.menu_path, String)


@dataclass(frozen=True, slots=True)
class Step:
    entered: int
    left: int


@dataclass(frozen=True, slots=True)
class Leaver:
    """A call that ended at a step."""
    id: int
    number: str | None
    client_id: int | None
    started_at: datetime
    ended_at: datetime | None


async def leaving(
    tx: Tx, menu: str, since: datetime, until: datetime,
) -> tuple[int, Mapping[str, Step]]:
    """How many calls came into the menu, and its steps by name."""
    paths = await tx.all(
        select(_PATH.label("path"), Interactions.outcome, Interactions.queue,
               func.count().label("calls"))
        .where(*_within(since, until), _PATH.contains(f'"{menu}:', autoescape=True))
        .group_by(_PATH, Interactions.outcome, Interactions.queue)
        .order_by(func.count().desc()).limit(MOST_PATHS))
    entered: dict[str, int] = {}
    left: dict[str, int] = {}
    total = 0
    for row in paths:
        path: list[str] = json.loads(row.path)
        names = [name.partition(":")[2] for name in path if name.startswith(f"{menu}:")]
        total += row.calls
        for name in set(names):
            entered[name] = entered.get(name, 0) + row.calls
        has_left = row.outcome == "abandoned" and row.queue is None
        if has_left and path[-1].startswith(f"{menu}:"):
            left[names[-1]] = left.get(names[-1], 0) + row.calls
    return total, {name: Step(count, left.get(name, 0)) for name, count in entered.items()}


async def leavers(
    tx: Tx, menu: str, step: str, since: datetime, until: datetime, *,
    cursor: str | None = None, limit: int = 50,
) -> tuple[list[Leaver], str | None]:
    """The calls behind a figure, newest first, and the next page's cursor. Raises `BadCursor`."""
    statement = select(
        Interactions.id, Interactions.number, Interactions.client_id, Interactions.started_at,
        Interactions.ended_at,
    ).where(*_within(since, until), _has_left(),
            _PATH.endswith(f'"{menu}:{step}"]', autoescape=True))
    if cursor is not None:
        at, last = keyset.read(cursor)
        statement = statement.where(or_(
            Interactions.started_at < at,
            and_(Interactions.started_at == at, Interactions.id < last)))
    rows = await tx.all(statement.order_by(
        Interactions.started_at.desc(), Interactions.id.desc()).limit(limit + 1))
    found = [Leaver(*row) for row in rows[:limit]]
    more = len(rows) > limit
    return found, keyset.written(found[-1].started_at, found[-1].id) if more else None


def _within(since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    """A stretch of the index by time; the paths are read from its rows."""
    return (Interactions.started_at >= since, Interactions.started_at < until,
            Interactions.menu_path.is_not(None), Interactions.absorbed_into.is_(None))


def _has_left() -> ColumnElement[bool]:
    return and_(Interactions.outcome == "abandoned", Interactions.queue.is_(None))
