"""`/campaigns/{id}/…`: pace, forecast, figures, a new run; and `/payments`, as they come in."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from aiohttp import web

from crm_store import promises
from workstation import protocol
from workstation.actions import campaign_pace, campaign_results
from workstation.errors import Unreadable
from workstation.policy import Who
from workstation.web import shapes
from workstation.web.routes import Asked, Route

MOST = 1_000        # payments at once


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    pass


class PaceBody(Body, frozen=True):
    """Without `lines` they stay as they are."""
    pacing: Literal["preview", "progressive", "predictive", "message"]
    lines: Annotated[int, msgspec.Meta(ge=1, le=10_000)] | None = None


class AgainBody(Body, frozen=True):
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]


class ForecastBody(Body, frozen=True):
    operators: Annotated[int, msgspec.Meta(ge=1, le=2_000)] = 10
    lines: Annotated[int, msgspec.Meta(ge=1, le=10_000)] | None = None


class Payment(Body, frozen=True):
    """`amount_minor` in the currency's smallest unit; `reference` is taken once per account."""
    account: str
    amount_minor: Annotated[int, msgspec.Meta(ge=1, le=10**15)]
    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")]
    paid_at: datetime
    reference: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    method: Literal["card", "bank", "cash", "post"] = "bank"


class Payments(Body, frozen=True):
    payments: Annotated[list[Payment], msgspec.Meta(min_length=1, max_length=MOST)]


class Taken(shapes.Shape, frozen=True):
    """`refused`: places in the list whose account is unknown, or that were taken before."""
    taken: int
    refused: list[int]


class MadeCampaign(shapes.Shape, frozen=True):
    campaign: int


class DayAhead(shapes.Shape, frozen=True):
    day: str
    dials: int
    tried: int


class Forecast(shapes.Shape, frozen=True):
    """`because`: codes with counts; `tried_on`: everybody who can be was tried."""
    entries: int
    impossible: int
    because: list[tuple[str, int]]
    dials_per_hour: int
    drop_share: float
    talk_min_per_hour: float
    days: list[DayAhead]
    tried_on: str | None
    ends_on: str | None


class Point(shapes.Shape, frozen=True):
    at: str
    tried: int
    reached: int


class Progress(shapes.Shape, frozen=True):
    """`facts`: what the dialler's last decision looked at."""
    pacing: str
    lines_max: int
    tried: int
    size: int
    answered_today: int
    dropped_today: int
    cap: float
    ends_at: str | None
    facts: dict[str, str | int | float | bool | None]
    points: list[Point]


async def pace(asked: Asked) -> Any:
    return await campaign_pace.pace(asked.desk, asked.person, protocol.campaigns.Pace(
        campaign=asked.number("id"), pacing=asked.body.pacing, lines=asked.body.lines))


async def again(asked: Asked) -> Any:
    return await campaign_pace.again(asked.desk, asked.person, protocol.campaigns.Again(
        campaign=asked.number("id"), name=asked.body.name))


async def forecast(asked: Asked) -> Any:
    return await campaign_pace.forecast(asked.desk, asked.person, protocol.campaigns.Outlook(
        campaign=asked.number("id"), operators=asked.body.operators, lines=asked.body.lines))


async def progress(asked: Asked) -> Any:
    return await campaign_pace.progress(
        asked.desk, asked.person, protocol.CampaignArgs(campaign=asked.number("id")))


async def take_payments(asked: Asked) -> Any:
    """All of them in one transaction; within a second they withdraw what they make needless."""
    wanted: list[Payment] = asked.body.payments
    if any(one.paid_at.tzinfo is None for one in wanted):
        raise Unreadable("paid_at needs its offset from UTC")
    refused = []
    async with asked.desk.store.begin() as tx:
        for place, one in enumerate(wanted):
            if await promises.take_payment(
                    tx, one.account, one.amount_minor, one.currency, paid_at=one.paid_at,
                    method=one.method, reference=one.reference) is None:
                refused.append(place)
    return {"taken": len(wanted) - len(refused), "refused": refused}


async def list_file(asked: Asked) -> Any:
    """The list with each one's state as CSV, for billing to take back."""
    campaign = asked.number("id")
    body = await campaign_results.as_csv(asked.desk, asked.person, campaign)
    return web.Response(
        body=body, content_type="text/csv",
        headers={"Content-Disposition": f'attachment; filename="campaign-{campaign}.csv"'})


GET, POST = "GET", "POST"
ROUTES: tuple[Route, ...] = (
    Route(method=POST, path="/campaigns/{id}/pace", who=Who.SUPERVISORS, answer=pace,
          body=PaceBody, status=202, says="Change how it dials, from the next second on."),
    Route(method=POST, path="/campaigns/{id}/again", who=Who.SUPERVISORS, answer=again,
          body=AgainBody, status=201, result=MadeCampaign,
          says="A draft with only the unreached."),
    Route(method=POST, path="/campaigns/{id}/forecast", who=Who.SUPERVISORS, answer=forecast,
          body=ForecastBody, result=Forecast,
          says="An hour rehearsed, and the days it would take."),
    Route(method=GET, path="/campaigns/{id}/progress", who=Who.SUPERVISORS, answer=progress,
          result=Progress, says="Tried and reached over time, today's drops, the pace."),
    Route(method=GET, path="/campaigns/{id}/list.csv", who=Who.SUPERVISORS, answer=list_file,
          result=str,
          says="The list as CSV: account, state, why, dials; for billing to take back."),
    Route(method=POST, path="/payments", who=Who.ADMINISTRATORS, answer=take_payments,
          body=Payments, result=Taken,
          says="Payments as they come in: promises are kept, queued dials withdrawn."),
)
