"""`/reports/gaps`: when Asterisk was not seen, why, and what became of the calls."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from crm_store import gaps
from workstation import gap_views, protocol
from workstation.policy import Who
from workstation.web import shapes
from workstation.web.routes import Asked, Query, Route

A_WHILE = timedelta(days=30)


class GapQuery(Query, frozen=True):
    """Gaps that reach into `since` … `until`; left out: the last thirty days."""
    since: datetime | None = None
    until: datetime | None = None


class Gaps(shapes.Shape, frozen=True):
    items: list[protocol.GapView]


async def listing(asked: Asked) -> Any:
    until = asked.query.until or asked.desk.clock()
    since = asked.query.since or until - A_WHILE
    async with asked.desk.store.read() as tx:
        rows = await gaps.between(tx, since, until)
    return {"items": [gap_views.of_row(row) for row in rows]}


ROUTES = (
    Route(method="GET", path="/reports/gaps", who=Who.SUPERVISORS, answer=listing,
          query=GapQuery, result=Gaps, tags=("reports",),
          says="When the link to Asterisk was down, why, and what became of the calls; "
               "the newest first."),
)
