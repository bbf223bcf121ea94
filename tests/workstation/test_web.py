"""The API and the pages as browsers and integrators meet them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.workstation.office import Office, add_client
from workstation.web.resources import ROUTES
from workstation.web.routes import PREFIX


async def test_every_route_is_described(office: Office) -> None:
    answer = await office.http.get(f"{office.url}{PREFIX}/openapi.json")
    described = await answer.json()
    assert described["openapi"] == "3.1.0"
    for route in ROUTES:
        operation = described["paths"][PREFIX + route.path][route.method.lower()]
        assert operation["responses"]["default"]
        named = {part["name"] for part in operation["parameters"] if part["in"] == "path"}
        assert named == set(re.findall(r"\{(\w+)\}", route.path))
    _references_lead_somewhere(described, described)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/api/v1/me", "/nowhere", "/metrics"])
async def test_every_answer_carries_the_security_headers(office: Office, path: str) -> None:
    headers = (await office.http.get(office.url + path)).headers
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"


async def test_without_asterisk_the_server_is_ready_and_says_so(office: Office) -> None:
    answer = await office.http.get(f"{office.url}/readyz")
    assert answer.status == 200
    assert (await answer.json())["asterisk"] == "away"


async def test_metrics_are_for_prometheus(office: Office) -> None:
    text = await (await office.http.get(f"{office.url}/metrics")).text()
    assert "deskline_link_up 0.0" in text
    assert 'deskline_operators{state="ready"} 0.0' in text


@pytest.mark.parametrize(("path", "status"), [
    ("/api/v1/clients?colour=red", 400), ("/api/v1/clients", 400),
    ("/api/v1/clients/abc", 400), ("/api/v1/clients/999999", 404),
    ("/api/v1/interactions?cursor=nonsense", 400), ("/api/v1/interactions?since=yesterday", 400),
    ("/api/v1/interactions?since=2026-11-22T10:00:00", 400),
    ("/api/v1/campaigns/1/entries?state=asleep", 400), ("/api/v1/campaigns/999", 404),
    ("/static/../../settings.py", 404), ("/static/%2e%2e%2fapp.py", 404),
    ("/texts/xx.1.json", 404)])
async def test_what_cannot_be_answered_is_a_problem_document(
    office: Office, path: str, status: int
) -> None:
    answer = await office.http.get(office.url + path, headers=await office.bearer("sofia"))
    assert answer.status == status
    assert answer.content_type == "application/problem+json"
    document = await answer.json()
    assert document["status"] == status
    assert document["title"]


async def test_interactions_page_by_cursor_and_every_one_comes_once(office: Office) -> None:
    for tape in ("abandoned_in_the_menu", "abandoned_in_the_queue", "served_by_the_menu"):
        await office.play(f"inbound/{tape}")
    bearer = await office.bearer("sofia")
    seen: list[int] = []
    cursor = ""
    for _ in range(5):
        page = await (await office.http.get(
            f"{office.url}/api/v1/interactions", headers=bearer,
            params={"limit": "1", **({"cursor": cursor} if cursor else {})})).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["cursor"]
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 3


async def test_a_client_made_over_the_api_is_found_again(office: Office) -> None:
    bearer = await office.bearer("sofia")
    made = await office.http.post(f"{office.url}/api/v1/clients", headers=bearer, json={
        "name": "Volga GmbH", "kind": "organisation", "phone": "8 (495) 123-45-67"})
    assert made.status == 201
    client = await made.json()
    assert client["phones"][0]["e164"] == "+74951234567"
    found = await (await office.http.get(
        f"{office.url}/api/v1/clients", headers=bearer, params={"phone": "+7 495 1234567"})).json()
    assert [hit["client_id"] for hit in found["items"]] == [client["client_id"]]


async def test_the_floor_over_the_api_is_what_the_screen_shows(office: Office) -> None:
    floor = await (await office.http.get(f"{office.url}/api/v1/floor",
                                         headers=await office.bearer("anna"))).json()
    assert set(floor["operators"]) == {"101"}
    assert set(floor["queues"]) == {"billing", "outages", "collection"}


async def test_an_operator_sees_masked_sums_over_the_api(office: Office) -> None:
    client = await add_client(office, "Ivanov")
    for login, masked in (("anna", True), ("sofia", False)):
        answer = await office.http.get(f"{office.url}/api/v1/clients/{client}",
                                       headers=await office.bearer(login))
        assert (await answer.json())["masked"] is masked


@pytest.mark.parametrize("locale", ["en", "ru"])
async def test_texts_are_served_whole_under_the_hash_of_their_content(
    office: Office, locale: str
) -> None:
    from workstation.web.pages import texts_url
    answer = await office.http.get(office.url + texts_url(locale))
    assert "immutable" in answer.headers["Cache-Control"]
    assert len(await answer.json()) > 20


def _references_lead_somewhere(part: Any, whole: dict[str, Any]) -> None:
    if isinstance(part, dict):
        if "$ref" in part:
            *_, shelf, name = part["$ref"].split("/")
            assert name in whole["components"][shelf]
        for inner in part.values():
            _references_lead_somewhere(inner, whole)
    if isinstance(part, list):
        for inner in part:
            _references_lead_somewhere(inner, whole)


async def test_main_things_are_described_by_their_fields_and_the_rest_by_name(
    office: Office
) -> None:
    answer = await office.http.get(f"{office.url}{PREFIX}/openapi.json")
    described = await answer.json()
    untyped = [route.path for route in ROUTES
               if route.method == "GET" and route.result == dict[str, Any]]
    assert untyped == []
    assert "101" in described["paths"][f"{PREFIX}/live"]["get"]["responses"]
    absent = await office.http.get(office.url + PREFIX + "/nowhere")
    assert absent.status == 404
    assert absent.content_type == "application/problem+json"
