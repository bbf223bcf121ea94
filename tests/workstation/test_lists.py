"""Every list of the API pages in the same way: `limit`, `cursor`, `{"items", "cursor"}`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from yarl import URL

from campaigns import steering
from crm_store import campaigns as campaign_rows
from crm_store import clients, requests
from tests.workstation.office import SOON_S, Office, add_client, open_office
from workstation.web.api import ROUTES, Paged
from workstation.web.routes import PREFIX, Route

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LISTS = {       # route → the path asked, below /api/v1
    "/clients": "/clients?q=Ivanov",
    "/clients/{id}/timeline": "/clients/1/timeline?",
    "/interactions": "/interactions?",
    "/requests": "/requests?",
    "/calls": "/calls?",
    "/campaigns": "/campaigns?",
    "/campaigns/{id}/entries": "/campaigns/1/entries?",
}
MALFORMED = ["limit=0", "limit=-1", "limit=many", "limit=1.5", "cursor=not%20a%20cursor!",
             "cursor=2026-11-22T12:00:00%2B00:00_99999999999999999999", "cursor=%00"]


def test_every_list_of_the_contract_is_here() -> None:
    assert LISTS.keys() == {route.path for route in ROUTES if issubclass(route.query, Paged)}


@pytest.fixture
async def busy(tmp_path: Path) -> AsyncIterator[Office]:
    """Three of everything, but two live calls."""
    async with open_office(tmp_path) as office:
        people = [await add_client(office, f"Ivanov {n}") for n in range(3)]
        async with office.store.begin() as tx:
            for n in range(3):
                await requests.file(tx, requests.NewRequest(
                    type="meter_dispute", group="metering" if n else "billing", form={},
                    deadline_at=NOW + timedelta(hours=n // 2), by="101", at=NOW,
                    client_id=people[0]))
                campaign = await steering.create(tx, f"November {n}", queue="collection",
                                                 by="test", at=NOW)
                await campaign_rows.add_entry(tx, 1, people[n], zones=["Europe/Moscow"],
                                              debt_minor=1, currency="RUB", at=NOW, by="test")
                assert campaign == n + 1
        await office.play("inbound/served_by_the_menu")
        await office.play("inbound/abandoned_in_the_menu")
        await office.play("inbound/two_callers_two_operators",
                          until=lambda _: len(office.desk.floor.calls) == 2)
        sofia = next(person for person in office.desk.accounts.by_operator.values()
                     if person.login == "sofia")
        async with asyncio.timeout(SOON_S):
            while len(office.desk.board.seen_by(sofia, ("calls",))["calls"]) < 2:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        yield office


@pytest.mark.parametrize("route", LISTS)
async def test_a_list_comes_page_by_page_and_each_thing_once(busy: Office, route: str) -> None:
    whole = await _page(busy, route, "limit=200")
    assert whole.keys() == {"items", "cursor"}
    assert whole["cursor"] is None
    assert len(whole["items"]) >= 2
    seen: list[Any] = []
    cursor = ""
    while True:
        page = await _page(busy, route, f"limit=1{cursor and f'&cursor={cursor}'}")
        assert len(page["items"]) == 1
        seen += page["items"]
        if page["cursor"] is None:
            break
        cursor = page["cursor"].replace("+", "%2B")
    assert [_key(item) for item in seen] == [_key(item) for item in whole["items"]]


@pytest.mark.parametrize("route", LISTS)
async def test_a_malformed_page_is_a_problem_document(busy: Office, route: str) -> None:
    bearer = await busy.bearer("sofia")
    for wrong in MALFORMED:
        answer = await busy.http.get(URL(_url(busy, route, wrong), encoded=True),
                                     headers=bearer)
        assert answer.status == 400, (wrong, await answer.text())
        assert answer.content_type == "application/problem+json"


async def test_two_hundred_requests_of_others_do_not_hide_ones_own(busy: Office) -> None:
    async with busy.store.begin() as tx:
        await requests.ensure_groups(tx, {"outages": "Outages"})
        client = await clients.create(tx, name="Petrov", by="test", at=NOW, source="test")
        for _ in range(205):
            await requests.file(tx, requests.NewRequest(
                type="meter_dispute", group="outages", form={}, by="101", at=NOW,
                deadline_at=NOW - timedelta(hours=9), client_id=client))
    async with busy.screen("anna") as screen:
        reply = await screen.ask("request.list")
    assert len(reply.result["requests"]) == 3
    answer = await busy.http.get(_url(busy, "/requests", "limit=200"),
                                 headers=await busy.bearer("anna"))
    assert {item["group"] for item in (await answer.json())["items"]} == {"billing", "metering"}


def _url(office: Office, route: str, query: str) -> str:
    path = LISTS[route]
    return f"{office.url}{PREFIX}{path}{'' if path.endswith('?') else '&'}{query}"


async def _page(office: Office, route: str, query: str) -> dict[str, Any]:
    answer = await office.http.get(URL(_url(office, route, query), encoded=True),
                                   headers=await office.bearer("sofia"))
    assert answer.status == 200, await answer.text()
    page: dict[str, Any] = await answer.json()
    return page


def _key(item: dict[str, Any]) -> str:
    """Without what changes with time."""
    return json.dumps([item.get(name) for name in ("id", "client_id", "key", "at")])


@pytest.mark.parametrize("route", [
    route for route in ROUTES if route.method == "GET" and route.result != dict[str, Any]],
    ids=lambda route: str(route.path))
async def test_an_answer_is_what_the_description_says(busy: Office, route: Route) -> None:
    path = LISTS.get(route.path, route.path.replace("{id}", "1"))
    answer = await busy.http.get(f"{busy.url}{PREFIX}{path}", headers=await busy.bearer("sofia"))
    assert answer.status == 200, await answer.text()
    msgspec.json.decode(await answer.read(), type=route.result)
