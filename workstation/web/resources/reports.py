"""`/reports/{name}`: the figures of a period as JSON, CSV or XLSX."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from aiohttp import web

from workstation.actions import reports
from workstation.errors import NotThere, Unreadable
from workstation.policy import Who
from workstation.protocol.reports import FigureContact, OpenFigure, ReportView, ShowReport
from workstation.reports.sheets import as_csv, as_xlsx
from workstation.web import shapes
from workstation.web.routes import Asked, Query, Route

NAMES = ("service", "week", "waits", "outcomes", "operators")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ReportQuery(Query, frozen=True):
    """`first` to `last`: days of the company's calendar, both included, as 2026-11-23."""
    first: str
    last: str
    step: Literal["quarter", "half", "hour", "day", "month"] | None = None
    queue: str | None = None
    direction: Literal["in", "out", "internal"] | None = None
    beside: str | None = None
    form: Literal["json", "csv", "xlsx"] = "json"


class FigureQuery(ReportQuery, frozen=True):
    """`column`: of the report; `row`: its row's keys, separated by commas; empty: of all."""
    column: str = "contacts"
    row: str = ""
    cursor: str | None = None


async def show(asked: Asked) -> Any:
    report = await reports.view(asked.desk, _asked(asked))
    if asked.query.form == "json":
        return report
    body, kind = (as_csv(report), "text/csv") if asked.query.form == "csv" else (
        as_xlsx(report), XLSX)
    name = f"{report.name}-{report.first}-{report.last}.{asked.query.form}"
    return web.Response(body=body, content_type=kind, headers={
        "Content-Disposition": f'attachment; filename="{name}"'})


async def contacts(asked: Asked) -> Any:
    query = asked.query
    found = await reports.open_figure(asked.desk, asked.person, OpenFigure(
        report=_asked(asked), column=query.column, cursor=query.cursor,
        row=query.row.split(",") if query.row else []))
    return {"items": found["contacts"], "cursor": found["cursor"]}


def _asked(asked: Asked) -> ShowReport:
    """Raises NotThere for an unknown report, Unreadable for the rest."""
    name, query = asked.path["name"], asked.query
    if name not in NAMES:
        raise NotThere("report")
    try:
        return msgspec.convert(
            {"name": name, "first": query.first, "last": query.last, "step": query.step,
             "queue": query.queue, "direction": query.direction, "beside": query.beside},
            type=ShowReport)
    except msgspec.ValidationError as exc:
        raise Unreadable(f"query: {exc}") from exc


ROUTES = (
    Route(method="GET", path="/reports/{name}", who=Who.SUPERVISORS, answer=show,
          query=ReportQuery, result=ReportView, tags=("reports",),
          says=f"A report of a period ({', '.join(NAMES)}); form=csv and form=xlsx give a file."),
    Route(method="GET", path="/reports/{name}/contacts", who=Who.SUPERVISORS, answer=contacts,
          query=FigureQuery, result=shapes.Listed[FigureContact], tags=("reports",),
          says="The contacts behind a figure of a report, with what each adds to it."),
)
