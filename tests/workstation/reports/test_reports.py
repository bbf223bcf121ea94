"""Reports asked for as a screen does: every figure opens the contacts behind it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from python_calamine import CalamineWorkbook

from cti.measures import MEASURES
from tests.workstation.office import Office, Screen, open_office
from tests.workstation.reports.days import START, fill
from workstation.reports.summing import Summing

pytestmark = pytest.mark.asyncio(loop_scope="module")
NOW = START + timedelta(days=4, hours=2)
PERIOD = {"first": "2026-10-22", "last": "2026-10-28"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """Three closed days with sums, one without, and today. Nothing here changes it."""
    folder = tmp_path_factory.mktemp("office")
    async with open_office(folder, clock=lambda: NOW) as opened:
        await fill(opened.store, seed=5, calls=160, days=4)
        desk = opened.desk
        await Summing(desk.store, desk.zone, desk.queues, desk.clock).sum_between(
            START.date(), START.date() + timedelta(days=2), rests=False)
        yield opened


async def shown(screen: Screen, name: str, **asked: Any) -> dict[str, Any]:
    reply = await screen.ask("report.show", name=name, **PERIOD, **asked)
    assert reply.problem is None, reply.problem
    report: dict[str, Any] = reply.result["report"]
    return report


async def opened(screen: Screen, asked: dict[str, Any], column: str,
                 row: list[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        reply = await screen.ask("report.open", report={**PERIOD, **asked}, column=column,
                                 row=row, cursor=cursor)
        assert reply.problem is None, reply.problem
        found += reply.result["contacts"]
        cursor = reply.result["cursor"]
        if cursor is None:
            return found


def column(report: dict[str, Any], name: str) -> int:
    return [one["id"] for one in report["columns"]].index(name)


@pytest.mark.parametrize("name", ["service", "week", "waits", "outcomes", "operators"])
async def test_the_contacts_behind_each_row_add_up_to_its_figure(
    office: Office, name: str
) -> None:
    async with office.screen("sofia") as sofia:
        report = await shown(sofia, name)
        first = report["columns"][0]["id"]
        assert report["rows"], name
        for row in [*report["rows"][:6], {"keys": [], "cells": report["totals"]}]:
            behind = await opened(sofia, {"name": name}, first, row["keys"])
            assert sum(one["adds"] for one in behind) == row["cells"][0], row


async def test_a_share_opens_what_is_above_its_line(office: Office) -> None:
    async with office.screen("sofia") as sofia:
        report = await shown(sofia, "service")
        totals = dict(zip((one["id"] for one in report["columns"]), report["totals"],
                          strict=True))
        behind = await opened(sofia, {"name": "service"}, "service_level", [])
    assert len({one["interaction_id"] for one in behind}) == len(behind) > 50
    below = totals["offered"] - totals["abandoned_short"]
    assert sum(one["adds"] for one in behind) / below == pytest.approx(totals["service_level"])


async def test_rows_of_any_step_add_up_to_the_same_totals(office: Office) -> None:
    async with office.screen("sofia") as sofia:
        found = {step: await shown(sofia, "service", step=step)
                 for step in ("quarter", "half", "hour", "day", "month")}
    totals = found["day"]["totals"]
    at = column(found["day"], "offered")
    for report in found.values():
        assert report["totals"] == totals
        assert sum(row["cells"][at] for row in report["rows"]) == totals[at]
    moments = [datetime.fromisoformat(row["keys"][0]) for row in found["quarter"]["rows"]]
    assert moments == sorted(moments)


async def test_a_queue_alone_and_the_rest_are_the_whole(office: Office) -> None:
    async with office.screen("sofia") as sofia:
        whole = await shown(sofia, "service", direction="in")
        parts = [await shown(sofia, "service", direction="in", queue=queue)
                 for queue in office.desk.queues]
    answered = column(whole, "in_time")
    with_queue = sum(part["totals"][answered] for part in parts)
    assert 0 < with_queue <= whole["totals"][answered]


async def test_beside_another_period_stands_its_total(office: Office) -> None:
    async with office.screen("sofia") as sofia:
        alone = await sofia.ask("report.show", name="service", first="2026-10-23",
                                last="2026-10-23")
        beside = await sofia.ask("report.show", name="service", first="2026-10-24",
                                 last="2026-10-24", beside="2026-10-23")
    assert beside.result["report"]["beside"] == alone.result["report"]["totals"]


async def test_a_period_without_calls_has_no_rows_and_no_shares(office: Office) -> None:
    async with office.screen("sofia") as sofia:
        reply = await sofia.ask("report.show", name="service", first="2020-01-01",
                                last="2020-01-02")
    report = reply.result["report"]
    assert report["rows"] == []
    assert {cell for one, cell in zip(report["columns"], report["totals"], strict=True)
            if one["id"] in MEASURES} == {None}


@pytest.mark.parametrize("wrong", [
    {"first": "2026-10-28", "last": "2026-10-22"}, {"first": "2020-01-01", "last": "2026-10-22"},
    {"first": "2026-02-30", "last": "2026-03-01"}, {"queue": "no_such"}, {"name": "salaries"}])
async def test_what_cannot_be_is_refused(office: Office, wrong: dict[str, Any]) -> None:
    async with office.screen("sofia") as sofia:
        reply = await sofia.ask("report.show", **{"name": "service", **PERIOD, **wrong})
        assert reply.problem is not None
        assert reply.problem.code == "unreadable"
        assert (await sofia.ask("report.open", report={"name": "waits", **PERIOD},
                                column="salary")).problem is not None


async def test_operators_see_no_reports_of_the_floor(office: Office) -> None:
    async with office.screen("anna") as anna:
        for action, args in (("report.show", {"name": "service", **PERIOD}),
                             ("report.open", {"report": {"name": "service", **PERIOD},
                                              "column": "offered"})):
            reply = await anna.ask(action, **args)
            assert reply.problem is not None
            assert reply.problem.code == "not_allowed"


@pytest.mark.parametrize("name", ["service", "week", "waits", "outcomes", "operators"])
async def test_the_files_hold_what_the_screen_shows(office: Office, name: str) -> None:
    as_sofia = await office.bearer("sofia")
    url = f"{office.url}/api/v1/reports/{name}"
    shown, plain, book = [await (await office.http.get(
        url, headers=as_sofia, params={**PERIOD, "form": form})).read()
        for form in ("json", "csv", "xlsx")]
    report = json.loads(shown)
    sheet = CalamineWorkbook.from_object(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    lines = list(csv.reader(io.StringIO(plain.decode("utf-8-sig"))))
    assert len(sheet) == len(lines) == len(report["rows"]) + 2
    keys = len(report["rows"][0]["keys"])
    for row, line, cells in zip(report["rows"], lines[1:], sheet[1:], strict=False):
        shown_cells = ["" if cell is None else cell for cell in row["cells"]]
        assert [float(cell) if cell else "" for cell in line[keys:]] == shown_cells
        assert cells[keys:] == pytest.approx(shown_cells)
    assert lines[-1][0] == sheet[-1][0] == "total"


async def test_the_api_pages_through_the_contacts_behind_a_figure(office: Office) -> None:
    as_sofia = await office.bearer("sofia")
    url, found, cursor = f"{office.url}/api/v1/reports/service/contacts", 0, None
    for _ in range(9):
        asked = {**PERIOD, "column": "offered", **({"cursor": cursor} if cursor else {})}
        page = await (await office.http.get(url, headers=as_sofia, params=asked)).json()
        found += sum(one["adds"] for one in page["items"])
        if (cursor := page["cursor"]) is None:
            break
    report = await (await office.http.get(
        f"{office.url}/api/v1/reports/service", headers=as_sofia, params=PERIOD)).json()
    assert found == report["totals"][column(report, "offered")] > 50


async def test_an_unknown_report_is_not_there(office: Office) -> None:
    as_sofia = await office.bearer("sofia")
    answer = await office.http.get(f"{office.url}/api/v1/reports/salaries", headers=as_sofia,
                                   params=PERIOD)
    assert answer.status == 404
