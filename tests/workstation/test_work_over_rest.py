"""An operator's work over REST: what the socket does, the API does alike."""

from __future__ import annotations

from typing import Any

from tests.workstation.office import Office
from tests.workstation.test_guiding import SCRIPT, talking
from workstation.web.routes import PREFIX


async def call(office: Office, headers: dict[str, str], method: str, path: str,
               **body: Any) -> dict[str, Any]:
    answer = await office.http.request(method, f"{office.url}{PREFIX}{path}", headers=headers,
                                       **({"json": body} if body else {}))
    told = await answer.json()
    assert answer.status == 200, (method, path, told)
    return dict(told)


async def test_a_contact_is_worked_from_script_to_outcome_without_a_socket(
    office: Office
) -> None:
    async with talking(office) as (anna, number, client):
        bearer = await office.bearer("anna")
        here = f"/conversations/{number}"
        [mine] = (await call(office, bearer, "GET", "/conversations"))["items"]
        assert (mine["id"], mine["client_id"]) == (number, client)
        await call(office, bearer, "POST", f"{here}/client", client_id=client)
        await call(office, bearer, "PUT", f"{here}/script", script=SCRIPT)
        told = await call(office, bearer, "POST", f"{here}/script/answers", script=SCRIPT,
                          step="greeting", answer="himself")
        assert told["script"]["steps"][0]["said"] == "Yes, in person"
        assert (await call(office, bearer, "GET", f"{here}/script"))["script"] == told["script"]
        needed = mine["questions_needed"]
        await call(office, bearer, "POST", f"{here}/identity", confirmed=True,
                   answered=[one["id"] for one in mine["questions"][:needed]])
        offered = await call(office, bearer, "GET", f"/clients/{client}/proposals")
        assert "instalments" in [one["id"] for one in offered["proposals"]]
        said = await call(office, bearer, "POST", f"/clients/{client}/proposals",
                          proposal="instalments", answer="refused", conversation=number)
        assert [one["answer"] for one in said["answered"]] == ["refused"]
        await call(office, bearer, "PUT", f"{here}/draft", base=0, note="Over REST",
                   disposition=None, form_type=None, form={})
        await anna.until(lambda views: any(
            view["draft"]["note"] == "Over REST" for view in views["conversations"].values()))
        page = await call(office, bearer, "GET", f"/clients/{client}/timeline?kinds=call")
        [contact] = [item["facts"] for item in page["items"]]
        assert contact["scripted"] == 1
        given = await call(office, bearer, "GET",
                           f"/interactions/{contact['interaction_id']}/answers")
        assert [one["answer"] for one in given["answers"]] == ["Yes, in person"]


async def test_messages_help_and_my_day_are_routes_too(office: Office) -> None:
    async with office.screen("anna") as anna:
        lead, bearer = await office.bearer("sofia"), await office.bearer("anna")
        sent = await call(office, lead, "POST", "/messages", to_kind="operator", to="101",
                          text="Outage in Samara")
        await anna.until(lambda views: bool(views["messages"]))
        await call(office, bearer, "POST", f"/messages/{sent['message']['id']}/seen")
        [listed] = (await call(office, lead, "GET", "/messages"))["messages"]
        assert listed["receipts"][0]["at"]
        asked = await call(office, bearer, "POST", "/help", text="He shouts")
        number = asked["help"]["id"]
        told = await call(office, lead, "POST", f"/help/{number}/answer", text="Coming")
        assert told["help"]["answer"] == "Coming"
        await call(office, bearer, "POST", f"/help/{number}/end")
        assert (await call(office, bearer, "GET", "/me/day"))["day"]["mine"]["calls"] == 0
        await call(office, bearer, "PUT", "/me/keys", keys={})
        assert (await call(office, bearer, "GET", "/me/keys"))["keys"] == {}
