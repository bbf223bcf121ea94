"""Rules of routing and types of requests as administrators write them and leads look at them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crm_store import audit_reading, call_routes, clients, interactions
from crm_store.call_routes import Route
from crm_store.contacts import CallFacts
from ivr.plan import shipped_rules
from tests.workstation.office import Office, open_office
from workstation.requests.kinds import FOLDER

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
RULES = '[[rule]]\nid = "debtors"\nwhen = { debt_days = ">= 90" }\nqueue = "collection"\n'
COMPLAINT = (FOLDER / "complaint.toml").read_text("utf-8")


class Api:
    def __init__(self, office: Office, headers: Mapping[str, str]) -> None:
        self._office, self._headers = office, headers

    async def __call__(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        async with self._office.http.request(
                method, f"{self._office.url}/api/v1{path}", json=body,
                headers=self._headers) as answer:
            return answer.status, await answer.json()


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(tmp_path, clock=lambda: NOW) as opened:
        yield opened


async def api_of(office: Office, login: str) -> Api:
    return Api(office, await office.bearer(login))


async def test_rules_are_checked_kept_used_and_undone_by_administrators_alone(
    office: Office,
) -> None:
    admin, lead = await api_of(office, "admin"), await api_of(office, "sofia")
    shown = (await lead("GET", "/routing/rules"))[1]
    assert (shown["text"], shown["version"]) == (shipped_rules(), None)
    assert [rule["id"] for rule in shown["drawing"]] == [
        "vulnerable", "vip", "waited_in_vain", "campaign_return"]
    assert "debt_days" in (await lead("GET", "/routing-facts"))[1]["facts"]
    broken = RULES.replace("collection", "nowhere")
    checked = (await admin("POST", "/routing/rules/check", {"text": broken}))[1]
    assert (checked["ok"], checked["faults"][0]["line"]) == (False, 4)
    assert (await admin("POST", "/routing/rules/versions", {"text": broken}))[0] == 422
    status, kept = await admin("POST", "/routing/rules/versions", {"text": RULES, "note": "n"})
    assert status == 201
    assert (await admin("POST", "/routing/rules/use", {"version": kept["version"]}))[0] == 200
    shown = (await lead("GET", "/routing/rules"))[1]
    assert (shown["version"], shown["versions"][0]["is_used"]) == (kept["version"], True)
    assert (await admin("POST", "/routing/rules/undo"))[1] == {"version": None}
    for path, body in (("check", {"text": RULES}), ("versions", {"text": RULES}),
                       ("use", {"version": None}), ("undo", None)):
        assert (await lead("POST", f"/routing/rules/{path}", body))[0] == 403
    assert (await admin("GET", "/routing/others"))[0] == 404
    async with office.store.read() as tx:
        deeds = [row.what for row in (await audit_reading.page(tx, audit_reading.Filter()))[0]]
    assert (deeds.count("routing.used"), deeds.count("routing.saved")) == (2, 1)


async def routed(office: Office, call: str, operator: str | None, **facts: str) -> int:
    """A call of Ivan's that routing sent on; its contact."""
    async with office.store.begin() as tx:
        him = await clients.create(tx, name=f"Ivan {call}", by="t", source="t", at=NOW)
        contact = await interactions.upsert_call(tx, CallFacts(
            call_id=call, pbx="main", direction="in", started_at=NOW, number="+79161230000",
            operator="101", queue="billing", client_id=him, answered_at=NOW, ended_at=NOW))
        await call_routes.keep(tx, Route(
            call_id=call, client_id=him, at=NOW - timedelta(hours=1), queue="billing", priority=6,
            operator=operator, level=None, version=None,
            facts={"queue": "billing", "client": "known"} | facts,
            reasons=[{"rule": "vip", "says": "Important", "what": "priority", "value": "6",
                      "because": {"flag.vip": "yes"}}]))
    return contact


async def test_why_a_call_went_to_anna_is_told_to_her_and_to_leads(office: Office) -> None:
    contact = await routed(office, "main-1", "101", debt="4812")
    lead, anna = await api_of(office, "sofia"), await api_of(office, "anna")
    for api in (lead, anna):
        status, why = await api("GET", f"/interactions/{contact}/routing")
        assert (status, why["operator"], why["talked"], why["first"]) == (200, "101", "101", True)
        assert why["reasons"][0] == {"rule": "vip", "says": "Important", "what": "priority",
                                     "value": "6", "because": {"flag.vip": "yes"}}
    boris = await api_of(office, "boris")
    assert (await boris("GET", f"/interactions/{contact}/routing"))[0] == 404
    assert (await boris("GET", "/calls/main-1/routing"))[0] == 403
    assert (await lead("GET", "/calls/main-1/routing"))[1]["queue"] == "billing"
    assert (await lead("GET", "/calls/main-2/routing"))[0] == 404


async def test_rules_are_tried_on_the_calls_of_last_week(office: Office) -> None:
    await routed(office, "main-1", None, debt_days="120")
    await routed(office, "main-2", "101", debt_days="5")
    lead = await api_of(office, "sofia")
    found = (await lead("POST", "/routing/rules/try", {"text": RULES}))[1]
    assert (found["calls"], found["changed"]) == (2, 2)
    assert found["changes"] == {"queue": 1, "priority": 2, "prefer": 1}
    assert found["moves"] == [{"before": "billing", "after": "collection", "calls": 1}]
    assert {one["call_id"]: one["new_queue"] for one in found["shown"]} == {
        "main-1": "collection", "main-2": "billing"}
    late = {"text": RULES, "since": NOW.isoformat()}
    assert (await lead("POST", "/routing/rules/try", late))[1]["calls"] == 0
    assert (await lead("POST", "/routing/rules/try", {"text": "["}))[0] == 422
    anna = await api_of(office, "anna")
    assert (await anna("POST", "/routing/rules/try", {"text": RULES}))[0] == 403


async def test_a_type_of_request_is_changed_while_the_server_runs_and_undone(
    office: Office,
) -> None:
    admin = await api_of(office, "admin")
    drawn = (await admin("GET", "/request-types/complaint"))[1]["drawing"]
    assert [stage["name"] for stage in drawn["stages"]][:2] == ["new", "looked_into"]
    assert drawn["rules"][0] == {"group": "field", "field": "about", "values": ["field_work"],
                                 "channels": [], "clients": [], "regions": []}
    text = COMPLAINT.replace('en = "Complaint"', 'en = "Grievance"').replace(
        "hours = 27", "hours = 20")
    kept = (await admin("POST", "/request-types/complaint/versions", {"text": text}))[1]
    assert office.desk.kinds["complaint"].title["en"] == "Complaint"
    await admin("POST", "/request-types/complaint/use", {"version": kept["version"]})
    assert office.desk.kinds["complaint"].title["en"] == "Grievance"
    assert office.desk.house.kinds["complaint"].stage["looked_into"].hours == 20
    office.http.cookie_jar.clear()      # a program's, which is no page
    async with office.screen("anna") as screen:
        assert screen.snapshot is not None
        titles = {form.type: form.title for form in screen.snapshot.catalogue.request_types}
    assert titles["complaint"] == "Grievance"
    assert (await admin("POST", "/request-types/complaint/undo"))[1] == {"version": None}
    assert office.desk.kinds["complaint"].title["en"] == "Complaint"


async def test_a_type_that_is_new_comes_and_goes_and_keeps_the_stages_of_open_requests(
    office: Office,
) -> None:
    admin = await api_of(office, "admin")
    text = COMPLAINT.replace('id = "complaint"', 'id = "praise"')
    status, refused = await admin("POST", "/request-types/praise/versions", {
        "text": text.replace('to = ["looked_into", "rejected"]', 'to = ["nowhere"]')})
    assert (status, refused["code"], refused["faults"][0]["line"] > 30) == (
        422, "text_invalid", True)
    kept = (await admin("POST", "/request-types/praise/versions", {"text": text}))[1]
    await admin("POST", "/request-types/praise/use", {"version": kept["version"]})
    anna = await api_of(office, "anna")
    async with office.store.begin() as tx:
        him = await clients.create(tx, name="Ivan", by="t", source="t", at=NOW)
    filed = await anna("POST", "/requests", {"type": "praise", "client_id": him, "fields": {
        "about": "service", "text": "Well done."}})
    assert filed[0] == 201, filed
    status, refused = await admin("POST", "/request-types/praise/undo")
    assert (status, refused["code"], refused["stages"]) == (409, "stage_in_use", ["new"])
    assert "praise" in office.desk.kinds
    assert (await admin("GET", "/request-types/No-Name"))[0] == 404
