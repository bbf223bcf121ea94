"""Reports: which one, of when and whose; its table, and the contacts behind any cell of it."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

import msgspec

from workstation.protocol.args import Args

ReportName = Literal["service", "week", "waits", "outcomes", "operators"]
Step = Literal["quarter", "half", "hour", "day", "month"]
Direction = Literal["in", "out", "internal"]
Unit = Literal["contacts", "share", "seconds"]
Cell: TypeAlias = float | None
Day = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]


class ShowReport(Args, frozen=True, kw_only=True):
    """`report.show`, supervisors: result {"report": ReportView}.

    `first` to `last` are days of the company's calendar, both included, at most 400.
    `step`: the rows of `service`; empty: what suits the period. `beside`: the first day of the
    equally long period to compare with.
    """
    name: ReportName
    first: Day
    last: Day
    step: Step | None = None
    queue: str | None = None
    direction: Direction | None = None
    beside: Day | None = None


class OpenFigure(Args, frozen=True, kw_only=True):
    """`report.open`, supervisors: result {"contacts": [FigureContact], "cursor": str | None}.

    The contacts that add to `column` of the row `row` (its keys; empty: of all rows), the newest
    first. What they add, summed over all pages, is the figure.
    """
    report: ShowReport
    column: str
    row: list[str] = msgspec.field(default_factory=list)
    cursor: str | None = None


class ReportColumn(msgspec.Struct, frozen=True, kw_only=True):
    """`id` is a part or a measure of `cti.measures`; screens say its name and formula."""
    id: str
    unit: Unit


class ReportRow(msgspec.Struct, frozen=True, kw_only=True):
    """`keys` say which: a moment, weekday and hour, a waiting time, an outcome, an operator."""
    keys: list[str]
    cells: list[Cell]


class ReportView(msgspec.Struct, frozen=True, kw_only=True):
    """`totals` are of the whole period, not of the rows: a share of shares is no share.

    `days_left`: days of the period whose contacts are not in it yet, since their sums are still
    being made. `limits`: service level of each queue, in seconds.
    """
    name: ReportName
    first: str
    last: str
    step: Step | None
    columns: list[ReportColumn]
    rows: list[ReportRow]
    totals: list[Cell]
    beside: list[Cell] | None = None
    days_left: int = 0
    limits: dict[str, int] = {}


class FigureContact(msgspec.Struct, frozen=True, kw_only=True):
    """A contact behind a figure; `adds`: what it adds (contacts, or milliseconds)."""
    interaction_id: int
    started_at: str
    direction: str
    number: str | None
    client_id: int | None
    client_name: str | None
    queue: str | None
    operator: str | None
    outcome: str | None
    disposition: str | None
    waited_s: float
    talked_s: float
    adds: int


ACTIONS: dict[str, type[Args]] = {"report.show": ShowReport, "report.open": OpenFigure}
