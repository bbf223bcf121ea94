"""A card edited in the terminal, by keys alone."""

from __future__ import annotations

from typing import Any

import pytest
from textual.widgets import Input

from tests.terminal import story
from tests.terminal.stage import Stage, on_stage
from workstation import protocol as p
from workstation.terminal import card_form
from workstation.terminal.workplace import Workplace

BASE = (*story.QUEUES, story.operator(state="talking"))
TARIFF = p.FieldView(key="tariff", label="Tariff", kind="choice", choices=["Day", "Night"],
                     currency="", refers_to="", searchable=True, sensitive=False, place=0,
                     version=1, retired=False)


def deep(**changes: Any) -> p.CardView:
    return story.card(**{
        "version": 4, "flags": ["deceased"], "time_zone": "Asia/Vladivostok",
        "emails": [p.EmailView(email="ivan@example.org", name="", primary=True, source="call",
                               trust=30, confirmed_at=None, confirmed_by=None)],
        "relations": [p.RelationView(id=5, client_id=7, name="Vektor", role="bookkeeper",
                                     calls_for=True, note="", confirmed_at=None,
                                     confirmed_by=None)],
        "consents": [p.ConsentView(kind="calls", given=False, channel="phone", note="", by="101",
                                   at=story.ago(10))],
        "custom": [p.CustomView(field=TARIFF, value="Night", text="Night", hidden=False)],
        **changes})


def talk() -> p.ConversationView:
    return story.conversation(card=deep())


async def _editing(stage: Stage) -> None:
    await stage.sees("Ivanov Ivan Ivanovich")
    await stage.press("e")
    await stage.sees("Edit the card: Ivanov Ivan Ivanovich", "Enter or Ctrl+S")


def _told(asked: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in asked["changes"].items() if value not in (None, [], {})}


def _at(stage: Stage, name: str) -> Input:
    found = next(one for one in stage.app.screen.query(Input) if one.name == name)
    found.focus()
    return found


async def test_the_card_tells_what_hangs_on_the_client() -> None:
    async with on_stage(*BASE, talk()) as stage:
        await stage.sees("deceased: Calls to this")
        picture = str(stage.app.screen.query_one("#card").render())
        for text in ("ivan@example.org", "Tariff Night", "calls for Vektor as", "withdrawn"):
            assert text in " ".join(picture.split()), picture


async def test_a_changed_name_is_saved_with_enter() -> None:
    async with on_stage(*BASE, talk()) as stage:
        stage.server.answers["client.change"] = {"card": deep(version=5)}
        await _editing(stage)
        await stage.press("end")
        await stage.type(" jr")
        await stage.press("enter")
        asked = (await stage.asked("client.change"))[0]
        assert (asked["client_id"], asked["version"], _told(asked)) == (
            501, 4, {"name": "Ivanov Ivan Ivanovich jr"})
        await stage.sees_no("Edit the card")


async def test_escape_undoes_the_field_then_leaves() -> None:
    async with on_stage(*BASE, talk()) as stage:
        await _editing(stage)
        await stage.type("x")
        await stage.press("escape")
        assert _at(stage, "name").value == "Ivanov Ivan Ivanovich"
        await stage.press("escape")
        await stage.sees_no("Edit the card")
        assert stage.server.done("client.change") == []


async def test_what_is_wrong_stands_below_its_row() -> None:
    async with on_stage(*BASE, talk()) as stage:
        stage.server.answers["client.change"] = p.Problem(
            code="fields_invalid", title="x", facts={"fields": {"phones.0": "no_phone"}})
        await _editing(stage)
        _at(stage, "phones")
        await stage.type("call me")
        await stage.press("enter")
        await stage.sees("! This is no telephone number.")


async def test_the_second_of_two_sees_what_changed_and_keeps_his_text() -> None:
    async with on_stage(*BASE, talk()) as stage:
        stage.server.answers["client.change"] = p.Problem(code="stale", title="x", facts={
            "version": 5, "card": deep(version=5, name="Ivanov I."), "changes": [p.ChangedView(
                version=5, field="name", label="", before="Ivanov Ivan Ivanovich",
                after="Ivanov I.", hidden=False, by="102", at=story.ago(1))]})
        await _editing(stage)
        await stage.press("end")
        await stage.type(" jr")
        await stage.press("enter")
        await stage.sees("while you were typing", "Ivanov Ivan Ivanovich → Ivanov I.")
        assert _at(stage, "name").value == "Ivanov Ivan Ivanovich jr"
        stage.server.answers["client.change"] = {"card": deep(version=6)}
        await stage.press("enter")
        asked = await stage.asked("client.change", 2)
        assert (asked[1]["version"], _told(asked[1])) == (
            5, {"name": "Ivanov Ivan Ivanovich jr"})


@pytest.mark.parametrize(("typed", "edit"), [
    ({}, p.ClientEdit()),
    ({"flag.vip": "yes"}, p.ClientEdit(flags=["vip", "deceased"])),
    ({"tags": "a, b,"}, p.ClientEdit(tags=["a", "b"])),
    ({"phone.+74951234567": "remove", "phones": "8 916"}, p.ClientEdit(phones=[
        p.PhoneEdit(number="+74951234567", removed=True), p.PhoneEdit(number="8 916")])),
    ({"addresses": "Samara, Lenina, 5"}, p.ClientEdit(addresses=[
        p.AddressEdit(city="Samara", street="Lenina", house="5")])),
    ({"relations": "#12, son", "relation.5": "confirm"}, p.ClientEdit(relations=[
        p.RelationEdit(id=5, confirmed=True), p.RelationEdit(client_id=12, role="son")])),
    ({"relations": "nobody"}, p.ClientEdit(relations=[p.RelationEdit(role="")])),
    ({"custom.tariff": ""}, p.ClientEdit(custom={"tariff": ""})),
    ({"consent.calls": "given"}, p.ClientEdit(consents=[
        p.ConsentEdit(kind="calls", given=True)])),
])
def test_only_what_differs_is_sent(typed: dict[str, str], edit: p.ClientEdit) -> None:
    assert card_form.edit_of(card_form.rows(Workplace(locale="en"), deep()), typed) == edit
