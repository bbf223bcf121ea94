"""Editing a card and defining fields, over the socket and over the API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.workstation.office import Office, add_client, open_office

CLIENTS = "/api/v1/clients"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(tmp_path) as office:
        yield office


async def _patch(office: Office, login: str, client_id: int, version: int,
                 changes: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    answer = await office.http.patch(
        f"{office.url}{CLIENTS}/{client_id}", headers=await office.bearer(login),
        json={"version": version, "changes": changes})
    return answer.status, await answer.json()


async def test_a_card_is_edited_over_the_socket(office: Office) -> None:
    client_id = await add_client(office, "Ivanov", "+79161234567")
    async with office.screen("anna") as screen:
        reply = await screen.ask("client.change", client_id=client_id, version=1, changes={
            "name": "Иванов Иван", "language": "ru", "time_zone": "Europe/Samara",
            "tags": ["slow payer"], "flags": ["vip"],
            "phones": [{"number": "8 (495) 111-22-33", "name": "office", "primary": True}],
            "emails": [{"email": "Ivan@Example.org", "confirmed": True}],
            "addresses": [{"city": "Samara", "street": "Lenina", "house": "5"}],
            "consents": [{"kind": "calls", "given": True, "note": "by phone"}]})
        assert reply.problem is None, reply.problem
        card = reply.result["card"]
        told = (await screen.ask("client.history", client_id=client_id)).result
    assert (card["name"], card["version"], card["flags"]) == ("Иванов Иван", 2, ["vip"])
    assert [(one["e164"], one["name"], one["primary"]) for one in card["phones"]] == [
        ("+74951112233", "office", True), ("+79161234567", "", False)]
    assert (card["emails"][0]["email"], card["emails"][0]["confirmed_by"]) == (
        "ivan@example.org", "101")
    assert card["addresses"][0]["text"] == "Samara, Lenina, 5"
    assert card["consents"][0]["given"]
    assert {one["field"] for one in told["changes"]} == {
        "name", "language", "time_zone", "tags", "flags", "phone:+74951112233",
        "email:ivan@example.org", "address", "consent:calls"}
    assert [one["kind"] for one in told["consents"]] == ["calls"]


async def test_the_second_of_two_is_told_what_changed_and_by_whom(office: Office) -> None:
    client_id = await add_client(office, "Ivanov")
    async with office.screen("anna") as anna, office.screen("boris") as boris:
        first = await anna.ask("client.change", client_id=client_id, version=1,
                               changes={"name": "Ivanov Ivan"})
        second = await boris.ask("client.change", client_id=client_id, version=1,
                                 changes={"name": "Ivanov I.", "tags": ["x"]})
        assert first.problem is None
        assert second.problem is not None
        facts = second.problem.facts
        again = await boris.ask("client.change", client_id=client_id, version=facts["version"],
                                changes={"name": "Ivanov I."})
    assert second.problem.code == "stale"
    assert facts["version"] == 2
    told = facts["changes"]
    assert [(one["field"], one["before"], one["after"], one["by"]) for one in told] == [
        ("name", "Ivanov", "Ivanov Ivan", "101")]
    assert facts["card"]["name"] == "Ivanov Ivan"
    assert again.result["card"]["version"] == 3


async def test_the_api_tells_a_stale_edit_in_its_problem_document(office: Office) -> None:
    client_id = await add_client(office, "Ivanov")
    await _patch(office, "anna", client_id, 1, {"name": "Ivanov Ivan"})
    status, told = await _patch(office, "boris", client_id, 1, {"name": "Petrov"})
    assert (status, told["code"], told["changes"][0]["after"]) == (409, "stale", "Ivanov Ivan")


@pytest.mark.parametrize(("changes", "wrong"), [
    ({"name": "  "}, {"name": "name_missing"}), ({"name": "x" * 201}, {"name": "too_long"}),
    ({"time_zone": "Mars/Base"}, {"time_zone": "no_zone"}),
    ({"language": "klingon!"}, {"language": "no_language"}),
    ({"tags": ["x" * 61]}, {"tags": "too_long"}),
    ({"phones": [{"number": "call me"}, {"number": "101"}]},
     {"phones.0": "no_phone", "phones.1": "internal_phone"}),
    ({"emails": [{"email": "not mail"}]}, {"emails.0": "no_email"}),
    ({"addresses": [{"city": "Samara"}]},
     {"addresses.0.street": "missing", "addresses.0.house": "missing"}),
    ({"relations": [{"role": "son"}]}, {"relations.0.client_id": "missing"}),
    ({"relations": [{"client_id": 4711, "role": "son"}]}, {"relations": "no_client"}),
    ({"custom": {"nothing": "x"}}, {"custom.nothing": "no_field"}),
])
async def test_what_is_wrong_is_told_beside_its_field(
    office: Office, changes: dict[str, Any], wrong: dict[str, str],
) -> None:
    client_id = await add_client(office, "Ivanov")
    status, told = await _patch(office, "anna", client_id, 1, changes)
    assert (status, told["code"], told["fields"]) == (422, "fields_invalid", wrong)


async def test_a_flag_nobody_knows_is_unreadable(office: Office) -> None:
    client_id = await add_client(office, "Ivanov")
    assert (await _patch(office, "anna", client_id, 1, {"flags": ["debtor"]}))[0] == 400


async def test_a_client_comes_over_the_api_with_all_that_is_known(office: Office) -> None:
    answer = await office.http.post(
        f"{office.url}{CLIENTS}", headers=await office.bearer("anna"), json={
            "name": "Romashka", "kind": "organisation", "phone": "+74951112233",
            "card": {"emails": [{"email": "info@romashka.example"}], "tags": ["flowers"]}})
    card = await answer.json()
    assert (answer.status, card["emails"][0]["email"], card["tags"]) == (
        201, "info@romashka.example", ["flowers"])


async def test_a_field_is_on_every_card_as_soon_as_it_is_defined(office: Office) -> None:
    client_id = await add_client(office, "Ivanov")
    boss = await office.bearer("admin")
    made = await office.http.post(f"{office.url}/api/v1/fields", headers=boss, json={
        "shape": {"label": "Credit limit", "kind": "money"}})
    assert made.status == 201, await made.text()
    field = await made.json()
    assert (field["key"], field["currency"]) == ("credit_limit", "RUB")
    _, card = await _patch(office, "admin", client_id, 1, {"custom": {"credit_limit": "1 500,50"}})
    assert [(one["value"], one["text"]) for one in card["custom"]] == [
        ({"amount_minor": 150050, "currency": "RUB"}, "1500.50 RUB")]
    gone = await office.http.delete(f"{office.url}/api/v1/fields/credit_limit?version=1",
                                    headers=boss)
    assert gone.status == 204
    card = await (await office.http.get(f"{office.url}{CLIENTS}/{client_id}", headers=boss)).json()
    assert card["custom"] == []


async def test_a_sensitive_value_is_hidden_until_identity_is_ticked(office: Office) -> None:
    client_id = await add_client(office, "Ivanov")
    async with office.screen("admin") as boss:
        await boss.ask("field.define", key="passport", shape={
            "label": "Passport", "kind": "text", "sensitive": True})
        await boss.ask("client.change", client_id=client_id, version=1,
                       changes={"custom": {"passport": "4510 123456"}})
    async with office.screen("anna") as anna:
        card = (await anna.ask("client.card", client_id=client_id)).result["card"]
        told = (await anna.ask("client.history", client_id=client_id)).result["changes"]
        refused = await anna.ask("client.change", client_id=client_id, version=2,
                                 changes={"custom": {"passport": "x"}})
    assert [(one["value"], one["text"], one["hidden"]) for one in card["custom"]] == [
        (None, "", True)]
    assert [(one["after"], one["hidden"]) for one in told] == [(None, True)]
    assert refused.problem is not None
    assert refused.problem.code == "not_allowed"


@pytest.mark.parametrize(("shape", "wrong"), [
    ({"label": " ", "kind": "text"}, {"label": "label_missing"}),
    ({"label": "Tariff", "kind": "choice"}, {"choices": "choices_missing"}),
    ({"label": "Friend", "kind": "reference"}, {"refers_to": "target_missing"}),
    ({"label": "Limit", "kind": "money", "currency": "12"}, {"currency": "no_currency"}),
])
async def test_a_field_that_cannot_be_is_told_beside_its_place(
    office: Office, shape: dict[str, Any], wrong: dict[str, str],
) -> None:
    async with office.screen("admin") as boss:
        reply = await boss.ask("field.define", shape=shape, key="some_key")
    assert reply.problem is not None
    assert (reply.problem.code, reply.problem.facts["fields"]) == ("fields_invalid", wrong)


async def test_only_administrators_define_fields(office: Office) -> None:
    async with office.screen("anna") as anna:
        reply = await anna.ask("field.define", shape={"label": "X", "kind": "text"})
    assert reply.problem is not None
    assert reply.problem.code == "not_allowed"
