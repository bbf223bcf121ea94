"""An operator's work on a call: identity, draft, outcome, request. What is typed is never lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from crm_store import interactions, requests
from crm_store.tables.billing import Accounts, Meters, Readings
from cti.changes import CallAnswered
from tests.workstation.office import Office, Screen, add_client, open_office, settings_in
from tests.workstation.test_live import is_shown

TAPE = "inbound/answered_caller_hangs_up"
ANSWERED = {"disposition": "resolved", "note": "Explained the bill"}


@asynccontextmanager
async def after_a_call(office: Office, login: str = "anna") -> AsyncIterator[Screen]:
    """A screen on which the tape's call is over and waits for its outcome."""
    async with office.screen(login) as screen:
        await office.play(TAPE)
        await screen.until(is_shown)
        await screen.until(lambda views: all(
            view["state"] == "wrap_up" for view in views["conversations"].values()))
        yield screen


async def test_an_outcome_with_its_note_is_in_the_clients_timeline(office: Office) -> None:
    async with after_a_call(office) as anna:
        shown = anna.conversations[0]
        made = await anna.ask("conversation.new_client", conversation=shown["id"],
                              name="Ivanov Ivan")
        await anna.ask("conversation.finish", conversation=shown["id"], **ANSWERED)
        assert not anna.conversations
        client = made.result["client_id"]
        card = await anna.ask("client.card", client_id=client)
        call = next(item for item in card.result["timeline"] if item["kind"] == "call")
        assert call["facts"]["note"] == "Explained the bill"
        assert call["facts"]["disposition"] == "resolved"


async def test_wrap_up_becomes_a_segment_of_the_call(office: Office) -> None:
    async with after_a_call(office) as anna:
        shown = anna.conversations[0]
        await anna.ask("conversation.finish", conversation=shown["id"], **ANSWERED)
        async with office.store.read() as tx:
            stored = await interactions.by_call(tx, shown["call"])
            assert stored is not None
            kinds = [part.kind for part in await interactions.segments(tx, stored.id)]
    assert kinds[-1] == "wrap_up"
    assert "talk" in kinds


@pytest.mark.parametrize(("args", "code"), [
    ({"disposition": "", "note": ""}, "outcome_missing"),
    ({"disposition": "promised", "note": ""}, "outcome_missing"),
    ({"disposition": "other", "note": "  "}, "note_missing"),
])
async def test_an_outcome_that_is_not_enough_leaves_the_draft(
    office: Office, args: dict[str, Any], code: str
) -> None:
    async with after_a_call(office) as anna:
        shown = anna.conversations[0]
        await _save(anna, shown["id"], 0, "half a note")
        reply = await anna.ask("conversation.finish", conversation=shown["id"], **args)
        assert reply.problem is not None
        assert reply.problem.code == code
        assert anna.conversations[0]["draft"]["note"] == "half a note"


async def test_nothing_is_finished_while_they_talk(office: Office) -> None:
    async with office.screen("anna") as anna:
        await office.play(TAPE, until=lambda change: isinstance(change, CallAnswered))
        await anna.until(is_shown)
        reply = await anna.ask("conversation.finish", conversation=anna.conversations[0]["id"],
                               **ANSWERED)
        assert reply.problem is not None
        assert reply.problem.code == "still_talking"


async def test_two_screens_of_one_operator_show_the_same_letters(office: Office) -> None:
    async with after_a_call(office) as page, office.screen("anna") as terminal:
        conversation = page.conversations[0]["id"]
        first = await _save(page, conversation, 0, "from the page")
        await terminal.until(lambda views: views["conversations"][str(conversation)]["draft"]
                             ["note"] == "from the page")
        second = await _save(terminal, conversation, first, "from the terminal")
        assert second > first
        await page.until(lambda views: views["conversations"][str(conversation)]["draft"]
                         ["note"] == "from the terminal")


async def test_what_was_typed_survives_a_restart_of_the_server(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    async with open_office(tmp_path, settings=settings) as office, after_a_call(office) as anna:
        await _save(anna, anna.conversations[0]["id"], 0, "typed before the crash")
    async with open_office(tmp_path, settings=settings) as again:
        await again.settled()
        async with again.screen("anna") as anna:
            assert anna.conversations[0]["draft"]["note"] == "typed before the crash"
            reply = await anna.ask("conversation.finish",
                                   conversation=anna.conversations[0]["id"], **ANSWERED)
            assert reply.problem is None


async def test_sums_are_hidden_until_the_identity_is_ticked(office: Office) -> None:
    async with after_a_call(office) as anna:
        shown = anna.conversations[0]
        await anna.ask("conversation.new_client", conversation=shown["id"], name="Ivanov")
        assert anna.conversations[0]["card"]["masked"] is True
        await anna.ask("conversation.identity", conversation=shown["id"], confirmed=True)
        assert anna.conversations[0]["card"]["masked"] is False
        assert anna.conversations[0]["identity"] == "confirmed"
        phone = anna.conversations[0]["card"]["phones"][0]
        assert phone["confirmed_by"] == "101"


async def test_a_conversation_of_somebody_else_is_not_there(office: Office) -> None:
    async with after_a_call(office) as anna, office.screen("boris") as boris:
        reply = await _refusal(boris, "conversation.finish",
                               conversation=anna.conversations[0]["id"], **ANSWERED)
        assert reply == "not_found"


async def test_wrap_up_is_prolonged_on_the_server(office: Office) -> None:
    async with after_a_call(office) as anna:
        shown = anna.conversations[0]
        reply = await anna.ask("conversation.extend", conversation=shown["id"])
        assert reply.result["until"] > shown["wrap_up_until"]
        assert anna.conversations[0]["wrap_up_until"] == reply.result["until"]


async def test_when_wrap_up_is_over_the_conversation_and_its_draft_stay(office: Office) -> None:
    async with after_a_call(office) as anna:
        conversation = anna.conversations[0]["id"]
        await _save(anna, conversation, 0, "slow typist")
        counting = office.desk.wrap_up.counting("101")
        assert counting is not None
        office.desk.wrap_up._counting["101"] = type(counting)(
            counting.call, counting.began_at, counting.began_at)
        await anna.until(lambda views: views["conversations"][str(conversation)]
                         ["wrap_up_until"] is None)
        assert anna.conversations[0]["draft"]["note"] == "slow typist"
        again = await anna.ask("conversation.extend", conversation=conversation)
        assert again.problem is None, "more time is given after the time, too"
        assert anna.conversations[0]["wrap_up_until"] == again.result["until"]


async def test_a_request_goes_to_the_group_responsible_with_a_deadline(office: Office) -> None:
    async with after_a_call(office) as anna, office.screen("sofia") as sofia:
        client = await _client_with_meter(office)
        conversation = anna.conversations[0]["id"]
        await anna.ask("conversation.choose", conversation=conversation, client_id=client)
        form = anna.conversations[0]["form"]
        filled = {field["name"]: field["value"] for field in form["fields"]}
        assert (filled["account"], filled["meter"]) == ("400-1", "M-77")
        assert filled["billed_reading"] == "10482"
        reply = await anna.ask("request.file", client_id=client, type="meter_dispute",
                               conversation=conversation, fields={
                                   **filled, "client_reading": "10350", "reason": "broken"})
        assert reply.result["group"] == "metering"
        await sofia.until(lambda views: bool(views["requests"]))
        shown = sofia.views["requests"][str(reply.result["id"])]
        assert (shown["group"], shown["due_at"]) == ("metering", reply.result["due_at"])
        assert any(item["kind"] == "request" for item in anna.conversations[0]["timeline"])
        moved = await sofia.ask("request.move", id=shown["id"], stage="in_work")
        assert moved.result["request"]["stage"] == "in_work"
        assert moved.result["request"]["operator"] == "109", "who takes it answers for it"
        closed = await sofia.ask("request.move", id=shown["id"], stage="done")
        assert closed.problem is None
        await sofia.until(lambda views: str(shown["id"]) not in views["requests"])


async def test_a_form_with_mistakes_names_the_fields(office: Office) -> None:
    async with office.screen("anna") as anna:
        client = await add_client(office, "Ivanov")
        reply = await anna.ask("request.file", client_id=client, type="meter_dispute", fields={
            "reason": "aliens", "client_reading": "many"})
        assert reply.problem is not None
        assert reply.problem.code == "form_invalid"
        for field in ("account", "meter", "reason", "client_reading"):
            assert field in reply.problem.detail
        assert reply.problem.facts["fields"] == {
            "account": "missing", "meter": "missing", "billed_reading": "missing",
            "client_reading": "no_number", "reason": "no_choice"}


async def test_a_request_cannot_jump_over_stages(office: Office) -> None:
    async with office.store.begin() as tx:
        row = await requests.file(tx, requests.NewRequest(
            type="meter_dispute", group="billing", deadline_at=datetime.now(UTC), form={},
            by="101", at=datetime.now(UTC)))
    async with office.screen("anna") as anna:
        assert await _refusal(anna, "request.move", id=row.id, stage="done") == "no_such_step"


async def test_a_request_stays_with_who_took_it_first(office: Office) -> None:
    async with office.store.begin() as tx:
        row = await requests.file(tx, requests.NewRequest(
            type="meter_dispute", group="billing", deadline_at=datetime.now(UTC), form={},
            by="101", at=datetime.now(UTC)))
    async with office.screen("anna") as anna, office.screen("boris") as boris:
        await anna.ask("request.move", id=row.id, stage="in_work")
        moved = await boris.ask("request.move", id=row.id, stage="waiting_client")
        assert moved.result["request"]["operator"] == "101"
    async with office.store.read() as tx:
        told = [(event.kind, event.by) for event in await requests.events(tx, row.id)
                if event.by != "process"]
    assert told == [("filed", "101"), ("moved", "101"), ("assigned", "101"), ("moved", "102")]


async def test_search_finds_by_name_and_number_in_any_spelling(office: Office) -> None:
    client = await add_client(office, "Смирнова Вера", "+79161112233")
    async with office.screen("anna") as anna:
        for text in ("8 916 111-22-33", "смирнова"):
            hits = (await anna.ask("client.search", text=text)).result["hits"]
            assert [hit["client_id"] for hit in hits] == [client], text


async def _save(screen: Screen, conversation: int, base: int, note: str) -> int:
    reply = await screen.ask("draft.save", conversation=conversation, base=base, note=note,
                             disposition=None, form_type=None, form={})
    assert reply.problem is None
    version: int = reply.result["version"]
    return version


async def _refusal(screen: Screen, action: str, **args: Any) -> str:
    reply = await screen.ask(action, **args)
    assert reply.problem is not None
    return reply.problem.code


async def _client_with_meter(office: Office) -> int:
    client, now = await add_client(office, "Metered Maria"), datetime.now(UTC)
    async with office.store.begin() as tx:
        account = (await tx.run(insert(Accounts).values(
            client_id=client, number="400-1", currency="RUB", balance_minor=-100, balance_at=now,
            opened_on=date(2020, 1, 1)).returning(Accounts.id))).scalar_one()
        meter = (await tx.run(insert(Meters).values(
            account_id=account, number="M-77", resource="electricity", unit="kWh")
            .returning(Meters.id))).scalar_one()
        await tx.run(insert(Readings).values(
            meter_id=meter, value_milli=10_482_000, read_at=now, source="phone"))
    return client
