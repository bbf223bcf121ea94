"""The voice menu as leads and administrators meet it: versions, trials, figures, recordings."""

from __future__ import annotations

import io
import math
from array import array
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from crm_store import (
    audit_reading,
    clients,
    interactions,
    menu_contacts,
    menu_identity,
    recordings,
)
from crm_store.contacts import CallFacts
from ivr import sound
from ivr.house import Current
from ivr.plan import shipped_menu
from tests.workstation.office import Office, open_office
from workstation import menu_contacts as settling
from workstation.settings import recordings_folder

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
OTHER = shipped_menu().replace('say = ["greeting"]', 'say = ["goodbye"]')


@pytest.fixture
async def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Office]:
    monkeypatch.setattr("workstation.menu_contacts.BEAT_S", 3600)
    async with open_office(tmp_path, clock=lambda: NOW) as opened:
        yield opened


class Api:
    def __init__(self, office: Office, headers: Mapping[str, str]) -> None:
        self._office, self._headers = office, headers

    async def __call__(self, method: str, path: str, body: Any = None,
                       data: bytes | None = None) -> tuple[int, Any]:
        async with self._office.http.request(
                method, f"{self._office.url}/api/v1{path}", json=body,
                data=None if data is None else io.BytesIO(data),
                headers=self._headers) as answer:
            return answer.status, await answer.json()


@pytest.fixture
async def admin(office: Office) -> Api:
    return Api(office, await office.bearer("admin"))


@pytest.fixture
async def lead(office: Office) -> Api:
    return Api(office, await office.bearer("sofia"))


async def save(admin: Api, text: str = OTHER) -> int:
    status, kept = await admin("POST", "/menus/main/versions", {"text": text, "note": "new"})
    assert status == 201, kept
    version: int = kept["version"]
    return version


async def test_a_version_is_kept_taken_into_use_and_undone(office: Office, admin: Api) -> None:
    first, second = await save(admin), await save(admin)
    assert (await admin("GET", "/menus/main"))[1]["version"] is None
    for version in (first, second):
        assert (await admin("POST", "/menus/main/use", {"version": version}))[0] == 200
    shown = (await admin("GET", "/menus/main"))[1]
    assert (shown["version"], shown["text"]) == (second, OTHER)
    assert [one["is_used"] for one in shown["versions"]] == [True, False]
    assert (await admin("POST", "/menus/main/undo"))[1] == {"version": first}
    assert (await admin("POST", "/menus/main/undo"))[1] == {"version": None}
    assert (await admin("POST", "/menus/main/undo"))[0] == 404
    async with office.store.read() as tx:
        deeds = [row.what for row in (await audit_reading.page(tx, audit_reading.Filter()))[0]]
    assert deeds.count("menu.used") == 4
    assert deeds.count("menu.saved") == 2


async def test_a_text_with_faults_is_not_kept_and_they_are_named_with_their_lines(
    admin: Api,
) -> None:
    broken = OTHER.replace('next = "choose"', 'next = "chose"', 1)
    line = broken.splitlines().index('next = "chose"') + 1
    status, refused = await admin("POST", "/menus/main/versions", {"text": broken})
    assert (status, refused["code"]) == (422, "menu_invalid")
    checked = (await admin("POST", "/menus/main/check", {"text": broken}))[1]
    assert not checked["ok"]
    assert checked["map"] is None
    assert (checked["faults"][0]["line"], checked["faults"][0]["place"]) == (
        line, "steps.greet.next")
    status, refused = await admin("POST", "/menus/survey/versions", {"text": OTHER})
    assert (status, refused["faults"][0]["why"]) == (422, "must be 'survey'")
    assert (await admin("POST", "/menus/nothing/versions", {"text": OTHER}))[0] == 404
    good = (await admin("POST", "/menus/main/check", {"text": OTHER}))[1]
    assert good["ok"]
    assert {box["name"] for box in good["map"]["boxes"]} >= {"choose", "operator", "reading"}


FOR_ADMINISTRATORS = (
    ("POST", "/menus/main/versions", {"text": OTHER}),
    ("POST", "/menus/main/use", {"version": None}),
    ("POST", "/menus/main/undo", None),
    ("POST", "/menus/main/try", {"text": OTHER}),
    ("DELETE", "/menu-prompts/en/greeting", None),
)


async def test_leads_look_administrators_change_and_operators_see_nothing(
    office: Office, lead: Api,
) -> None:
    for method, path, body in FOR_ADMINISTRATORS:
        assert (await lead(method, path, body))[0] == 403
    assert (await lead("POST", "/menu-switches/incident", {"is_on": True}))[0] == 200
    assert (await lead("GET", "/menus/main"))[1]["switches"] == {"incident": True}
    anna = Api(office, await office.bearer("anna"))
    for path in ("/menus", "/menus/main", "/menus/main/leaving", "/menu-prompts"):
        assert (await anna("GET", path))[0] == 403


async def test_a_trial_walks_the_menu_with_the_facts_of_a_client_and_stores_nothing(
    office: Office, admin: Api,
) -> None:
    async with office.store.begin() as tx:
        client = await clients.create(tx, name="Ivan Ivanov", number="+79161234567", at=NOW,
                                      by="billing", source="billing")
    status, walked = await admin("POST", "/menus/main/try", {
        "text": shipped_menu(), "number": "8 916 123-45-67", "keys": ["1", "9", "2"]})
    assert status == 200, walked
    said = [line["text"] for line in walked["lines"] if line["kind"] == "say"]
    assert said[0] == "Welcome to Volga Energy."
    assert "Your account is settled. You owe nothing." in said
    assert {"kind": "client", "text": str(client)} in walked["lines"]
    assert walked["way"] == "queue:billing"
    waiting = (await admin("POST", "/menus/main/try", {"text": shipped_menu()}))[1]
    assert waiting["way"] is None
    russian = (await admin("POST", "/menus/main/try", {
        "text": shipped_menu(), "language": "ru", "keys": ["0"]}))[1]
    assert "Здравствуйте" in russian["lines"][1]["text"]


async def call(office: Office, number: int, path: list[str], outcome: str = "abandoned",
               queue: str | None = None) -> int:
    async with office.store.begin() as tx:
        return await interactions.upsert_call(tx, CallFacts(
            call_id=f"c{number}", pbx="main", direction="in", number=f"+7916000{number:04}",
            started_at=NOW - timedelta(minutes=number + 1), ended_at=NOW, outcome=outcome,
            queue=queue, operator="101" if outcome == "answered" else None,
            menu_path=tuple(f"main:{step}" for step in path)))


async def test_where_callers_leave_is_counted_and_each_figure_opens_its_calls(
    office: Office, lead: Api,
) -> None:
    for number in range(3):
        await call(office, number, ["greet", "choose"])
    await call(office, 3, ["greet", "choose", "tell_debt", "more", "choose"])
    await call(office, 4, ["greet"])
    await call(office, 5, ["greet", "choose", "operator"], queue="billing")     # left the queue
    await call(office, 6, ["greet", "choose", "billing"], "answered", "billing")
    await call(office, 7, ["greet", "choose", "goodbye"], "served")
    await call(office, 9_000, ["greet"])            # a week ago
    found = (await lead("GET", "/menus/main/leaving?since=2026-11-22T00:00:00Z"))[1]
    assert found["calls"] == 8
    assert found["steps"]["choose"] == {"entered": 7, "left": 4}
    assert found["steps"]["greet"] == {"entered": 8, "left": 1}
    assert found["steps"]["operator"] == {"entered": 1, "left": 0}
    assert found["steps"]["goodbye"] == {"entered": 1, "left": 0}
    path = "/menus/main/leaving/choose?since=2026-11-22T00:00:00Z&limit=3"
    page = (await lead("GET", path))[1]
    assert [one["number"] for one in page["items"]] == [
        "+79160000000", "+79160000001", "+79160000002"]
    rest = (await lead("GET", f"{path}&cursor={quote(page['cursor'])}"))[1]
    assert [one["number"] for one in rest["items"]] == ["+79160000003"]
    assert rest["cursor"] is None


async def test_answers_of_a_survey_belong_to_the_call_and_its_operator(
    office: Office, lead: Api,
) -> None:
    contact = await call(office, 1, ["greet", "operator"], "answered", "billing")
    async with office.store.begin() as tx:
        for question, answer in (("solved", 1), ("kind", 4)):
            await menu_contacts.answer(tx, call_id="c1", menu="survey", question=question,
                                       answer=answer, at=NOW - timedelta(minutes=1))
    assert await settling.settle(office.desk) == 2
    found = (await lead("GET", "/reports/survey"))[1]["items"]
    assert [(one["question"], one["operator"], one["count"], one["average"]) for one in found] == [
        ("kind", "101", 1, 4.0), ("solved", "101", 1, 1.0)]
    assert {one["queue"] for one in found} == {"billing"}
    behind = "/reports/survey/answers?menu=survey&question=kind&operator=101&queue=billing"
    [one] = (await lead("GET", behind))[1]["items"]
    assert (one["answer"], one["interaction_id"]) == (4, contact)
    assert (await lead("GET", behind.replace("101", "102")))[1]["items"] == []
    assert (await lead("GET", f"/interactions/{contact}/survey"))[1]["answers"] == [
        {"question": "solved", "answer": 1}, {"question": "kind", "answer": 4}]


async def test_a_message_becomes_a_recording_of_the_contact_and_a_task_of_its_group(
    office: Office,
) -> None:
    contact = await call(office, 1, ["greet", "choose", "message"])
    folder = recordings_folder(office.desk.settings) / "new"
    folder.mkdir(parents=True)
    (folder / "message-1-in.sln").write_bytes(array("h", [9_000, -9_000] * 8_000).tobytes())
    async with office.store.begin() as tx:
        await menu_contacts.leave_message(tx, call_id="c1", sound="message-1", group="billing",
                                          at=NOW)
    async with office.screen("anna") as screen:
        assert await settling.settle(office.desk) == 1
        await screen.until(lambda views: bool(views["tasks"]))
        task = next(iter(screen.views["tasks"].values()))
    assert "+79160000001" in task["title"]
    assert task["group"] == "billing"
    async with office.store.read() as tx:
        kept, = await recordings.of_interaction(tx, contact)
        assert (await interactions.one(tx, contact)).recorded == 1
    assert (kept.state, kept.seconds) == ("kept", 2.0)
    assert await settling.settle(office.desk) == 0


async def test_a_message_whose_call_is_unknown_is_a_task_all_the_same(
    office: Office,
) -> None:
    async with office.store.begin() as tx:
        for number, minutes in ((1, 1), (2, 11)):
            await menu_contacts.leave_message(
                tx, call_id="nowhere", sound=f"message-{number}", group="billing",
                at=NOW - timedelta(minutes=minutes))
    assert await settling.settle(office.desk) == 1     # the other may still be found


def tone(seconds: float, *, level: float = 0.3, rate: int = 16_000, channels: int = 1) -> bytes:
    samples = array("h", (round(32_767 * level * math.sin(place / 9))
                          for place in range(round(seconds * rate))))
    data = sound.wav(samples, rate)
    return data if channels == 1 else data[:22] + bytes([2, 0]) + data[24:]


async def test_a_recorded_prompt_is_checked_kept_heard_and_taken_back(
    office: Office, admin: Api,
) -> None:
    status, taken = await admin("POST", "/menu-prompts/en/greeting", data=tone(2.0))
    assert status == 200, taken
    assert 1.8 < taken["seconds"] < 2.1
    named = {(one["language"], one["name"]): one["recorded"]
             for one in (await admin("GET", "/menu-prompts"))[1]["items"]}
    assert named["en", "greeting"]
    assert not named["ru", "greeting"]
    assert ("en", "debt") not in named          # it has a sum in it
    async with office.http.get(f"{office.url}/api/v1/menu-prompts/en/greeting",
                               headers=admin._headers) as answer:
        assert (await answer.read())[:4] == b"RIFF"
    assert (await admin("DELETE", "/menu-prompts/en/greeting"))[0] == 200
    assert (await admin("DELETE", "/menu-prompts/en/greeting"))[0] == 404


async def test_a_recording_that_cannot_be_used_is_refused_with_the_reason(admin: Api) -> None:
    for data, code in ((b"no sound", "prompt_format"), (tone(0.1), "prompt_length")):
        status, refused = await admin("POST", "/menu-prompts/en/greeting", data=data)
        assert (status, refused["code"]) == (422, code)
        assert refused["detail"]
    for path in ("/menu-prompts/xx/greeting", "/menu-prompts/en/..%2Fetc"):
        assert (await admin("POST", path, data=tone(1)))[0] == 404


async def test_the_menu_server_takes_versions_and_recordings_over_without_a_restart(
    office: Office, admin: Api, monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def speaks(self: object, texts: object, **_: object) -> int:
        return 0

    monkeypatch.setattr("ivr.speech.PromptCache.build", speaks)     # nobody listens here
    current = Current(office.desk.menus.plan, office.store)
    before = current.house
    await current.look()
    assert current.house is before
    version = await save(admin)
    await admin("POST", "/menus/main/use", {"version": version})
    await current.look()
    assert current.house.menus["main"].steps["greet"] != before.menus["main"].steps["greet"]
    assert before.menus["main"].steps["greet"] == office.desk.menus.plan.menus["main"].steps[
        "greet"]                                # a call under way keeps what it began with
    await admin("POST", "/menu-prompts/en/greeting", data=tone(1))
    await current.look()
    assert "greeting" in current.house.speakers["en"].recorded
    await admin("POST", "/menus/main/undo")
    await current.look()
    assert current.house.menus["main"] == before.menus["main"]


async def test_a_clients_pin_is_made_anew_told_once_and_taken_back(office: Office) -> None:
    anna = Api(office, await office.bearer("anna"))
    async with office.store.begin() as tx:
        him = await clients.create(tx, name="Ivan", by="t", source="t", at=NOW)
    assert (await anna("GET", f"/clients/{him}/menu-pin"))[1] == {"is_set": False}
    status, made = await anna("POST", f"/clients/{him}/menu-pin")
    assert (status, len(made["pin"])) == (201, 6)
    async with office.store.read() as tx:
        kept = await menu_identity.pin_hash(tx, him)
    assert kept is not None
    assert menu_identity.is_right(made["pin"], kept)
    assert (await anna("GET", f"/clients/{him}/menu-pin"))[1] == {"is_set": True}
    assert (await anna("DELETE", f"/clients/{him}/menu-pin"))[0] == 200
    assert (await anna("GET", f"/clients/{him}/menu-pin"))[1] == {"is_set": False}
    assert (await anna("POST", "/clients/999999/menu-pin"))[0] == 404
    async with office.store.read() as tx:
        deeds = [(row.what, row.by) for row in
                 (await audit_reading.page(tx, audit_reading.Filter(client_id=him)))[0]]
    assert deeds[:2] == [("client.pin_dropped", "101"), ("client.pin_set", "101")]
