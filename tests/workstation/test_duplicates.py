"""Duplicates as people meet them: warned while typing, decided, merged, parted, led."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import ClientResponse

from crm_store import duplicate_search, merges
from cti.changes import OperatorOffered
from tests.workstation.office import Office, Screen, add_client
from workstation.web.routes import PREFIX

PHONE = "+79161234567"


async def _pair(office: Office) -> tuple[int, int]:
    low = await add_client(office, "Иванов Иван", PHONE)
    high = await add_client(office, "Ivanov Ivan", PHONE)
    await duplicate_search.run(office.store, clock=office.desk.clock)
    return low, high


async def _asked(screen: Screen, action: str, **args: Any) -> Any:
    reply = await screen.ask(action, **args)
    assert reply.problem is None, reply.problem
    return reply.result


async def _post(office: Office, login: str, path: str, **body: Any) -> ClientResponse:
    return await office.http.post(office.url + PREFIX + path, json=body,
                                  headers=await office.bearer(login))


async def _get(office: Office, login: str, path: str) -> ClientResponse:
    return await office.http.get(office.url + PREFIX + path,
                                 headers=await office.bearer(login))


def _is_offer(change: object) -> bool:
    return isinstance(change, OperatorOffered)


async def test_an_operator_is_warned_as_he_types(office: Office) -> None:
    known = await add_client(office, "Иванов Иван Петрович", PHONE)
    async with office.screen("anna") as anna:
        found = await _asked(anna, "duplicate.check", name="ivanov iv", phone="8 916 123-45-67")
        assert found["suspects"] == []
        found = await _asked(anna, "duplicate.check", name="ivanov ivan",
                             phone="8 916 123-45-67")
        assert [one["client_id"] for one in found["suspects"]] == [known]
        assert {one["code"] for one in found["suspects"][0]["reasons"]} == {
            "same_phone", "name_within"}
        too_long = await anna.ask("duplicate.check", name="x" * 301)
        assert too_long.problem is not None
        assert too_long.problem.code == "unreadable"


async def test_the_number_of_the_conversation_counts(office: Office) -> None:
    tape = await office.play("inbound/answered_caller_hangs_up", until=_is_offer)
    offer = next(change for change in tape.changes if isinstance(change, OperatorOffered))
    number = office.desk.floor.calls[offer.call].client_number
    known = [await add_client(office, name, number) for name in ("Ivanov I", "Petrova Anna")]
    async with office.screen("anna") as anna:
        await anna.until(lambda views: bool(views["conversations"]))
        found = await _asked(anna, "duplicate.check", name="Иванов Иван",
                             conversation=anna.conversations[0]["id"])
        assert [one["client_id"] for one in found["suspects"]] == known[:1]


async def test_a_lead_compares_merges_and_takes_it_back(office: Office) -> None:
    low, high = await _pair(office)
    async with office.screen("sofia") as sofia:
        listed = await _asked(sofia, "duplicate.list")
        assert listed["waiting"] == 1
        pair = listed["pairs"][0]
        assert (pair["low"]["client_id"], pair["high"]["client_id"]) == (low, high)
        both = await _asked(sofia, "duplicate.compare", id=pair["id"])
        assert "name" in both["choosable"]
        done = await _asked(sofia, "duplicate.decide", id=pair["id"], decision="same", keep=low,
                            take=["name"])
        assert (await _asked(sofia, "client.card", client_id=low))["card"]["name"] == "Ivanov Ivan"
        told = (await _asked(sofia, "merge.list", client_id=high))["merges"]
        assert [one["id"] for one in told] == [done["merge"]]
        await _asked(sofia, "client.unmerge", merge=done["merge"])
        again = await sofia.ask("client.unmerge", merge=done["merge"])
        assert again.problem is not None
        assert again.problem.code == "undone"
        assert (await _asked(sofia, "duplicate.list"))["waiting"] == 0
        assert len((await _asked(sofia, "duplicate.list", state="different"))["pairs"]) == 1


async def test_a_screen_that_shows_the_absorbed_client_is_led_to_the_kept_one(
    office: Office,
) -> None:
    tape = await office.play("inbound/answered_caller_hangs_up", until=_is_offer)
    offer = next(change for change in tape.changes if isinstance(change, OperatorOffered))
    number = office.desk.floor.calls[offer.call].client_number
    absorbed = await add_client(office, "Ivanov I", number)
    kept = await add_client(office, "Ivanov Ivan")
    async with office.screen("anna") as anna, office.screen("sofia") as sofia:
        await anna.until(lambda views: bool(views["conversations"]))
        await _asked(anna, "conversation.choose", conversation=anna.conversations[0]["id"],
                     client_id=absorbed)
        await _asked(anna, "draft.save", conversation=anna.conversations[0]["id"], base=0,
                     note="typed", disposition=None, form_type=None, form={})
        await _asked(sofia, "client.merge", kept=kept, absorbed=absorbed, reason="one person")
        await anna.until(lambda views: [view["client_id"] for view in views["conversations"]
                                        .values()] == [kept])
        assert anna.conversations[0]["draft"]["note"] == "typed"
        await _asked(anna, "conversation.choose", conversation=anna.conversations[0]["id"],
                     client_id=absorbed)
        assert anna.conversations[0]["client_id"] == kept, "he stands for the other"
        card = (await _asked(anna, "client.card", client_id=absorbed))["card"]
        assert card["client_id"] == kept


async def test_merging_is_for_leads(office: Office) -> None:
    low, high = await _pair(office)
    async with office.screen("anna") as anna:
        for action, args in (
                ("duplicate.list", {}), ("duplicate.compare", {"id": 1}),
                ("duplicate.decide", {"id": 1, "decision": "same"}),
                ("client.merge", {"kept": low, "absorbed": high}),
                ("client.unmerge", {"merge": 1}), ("merge.list", {})):
            reply = await anna.ask(action, **args)
            assert reply.problem is not None, action
            assert reply.problem.code == "not_allowed", action


async def test_the_api_merges_and_parts(office: Office) -> None:
    low, high = await _pair(office)
    listed = await (await _get(office, "sofia", "/duplicates")).json()
    pair = listed["items"][0]["id"]
    both = await (await _get(office, "sofia", f"/duplicates/{pair}")).json()
    assert (both["low"]["client_id"], both["high"]["client_id"]) == (low, high)
    merged = await _post(office, "sofia", f"/clients/{low}/merge", absorbed=high)
    assert merged.status == 200, await merged.text()
    found = await (await _get(office, "sofia", f"/clients/{high}")).json()
    assert found["client_id"] == low
    again = await _post(office, "sofia", f"/clients/{low}/merge", absorbed=high)
    problem = await again.json()
    assert (again.status, problem["code"]) == (409, "already_merged")
    other = await _post(office, "sofia", "/clients/999/unmerge", merge=1)
    assert other.status == 404
    parted = await _post(office, "sofia", f"/clients/{high}/unmerge")
    assert (await parted.json()) == {"merge": 1}
    found = await (await _get(office, "sofia", f"/clients/{high}")).json()
    assert found["client_id"] == high
    merges_now = await (await _get(office, "sofia", f"/merges?client_id={low}")).json()
    assert [one["undone_by"] is None for one in merges_now["items"]] == [False]


@pytest.mark.parametrize(("path", "body", "status"), [
    ("/duplicates/1/decide", {"decision": "maybe"}, 400),
    ("/duplicates/4711/decide", {"decision": "later"}, 404),
    ("/duplicates/x/decide", {"decision": "later"}, 400),
    ("/clients/1/merge", {"absorbed": 1}, 404),
    ("/clients/1/merge", {"absorbed": -1}, 400), ("/clients/1/merge", {}, 400),
    ("/clients/1/merge", {"absorbed": 2, "take": "name"}, 400),
    ("/clients/1/unmerge", {}, 404), ("/clients/1/unmerge", {"merge": 10**19}, 400),
])
async def test_bad_wishes_are_problem_documents(
    office: Office, path: str, body: dict[str, Any], status: int,
) -> None:
    answer = await _post(office, "sofia", path, **body)
    assert answer.status == status, await answer.text()
    assert answer.content_type == "application/problem+json"


async def test_a_new_client_over_the_api_can_be_checked_first(office: Office) -> None:
    known = await add_client(office, "Ivanov Ivan", PHONE)
    answer = await _post(office, "anna", "/duplicates/check", name="Иванов И",
                         phone="89161234567")
    assert [one["client_id"] for one in (await answer.json())["suspects"]] == [known]


async def test_what_an_old_screen_says_about_the_absorbed_client_reaches_the_kept_one(
    office: Office,
) -> None:
    low, high = await _pair(office)
    async with office.store.begin() as tx:
        await merges.merge(tx, low, high, by="x", at=office.desk.clock(), reason="")
    async with office.screen("anna") as anna:
        reply = await anna.ask("request.file", client_id=high, type="meter_dispute", fields={})
        if reply.problem is None:
            cards = await anna.ask("client.timeline", client_id=low, cursor=None)
            assert "request" in {item["kind"] for item in cards.result["items"]}


async def test_who_is_created_in_spite_of_the_warning_is_on_the_work_list(office: Office) -> None:
    known = await add_client(office, "Ivanov Ivan", PHONE)
    made = await (await _post(office, "anna", "/clients", name="Иванов И", phone=PHONE)).json()
    listed = await (await _get(office, "sofia", "/duplicates")).json()
    assert [(one["low"]["client_id"], one["high"]["client_id"], one["found_by"])
            for one in listed["items"]] == [(known, made["client_id"], "operator")]
