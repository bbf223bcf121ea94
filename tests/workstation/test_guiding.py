"""What a call opens, a script gone through with the client's facts, and what is proposed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from crm_store.tables.billing import Accounts, Debts
from crm_store.tables.clients import Clients
from crm_store.tables.guidance import ProposalAnswers
from tests.workstation.office import Office, Screen, add_client, open_office, settings_in
from tests.workstation.test_live import _caller_of, is_answer, is_shown
from workstation import guidance
from workstation.opening import Came, opened
from workstation.opening_settings import Opening
from workstation.rights import Right
from workstation.settings import Settings, SettingsError

TAPE = "inbound/answered_caller_hangs_up"
SCRIPT = "debt_reminder"


async def owes(office: Office, client: int, minor: int, *, days: int = 60) -> None:
    """An account with a debt of so many days."""
    now, on = datetime.now(UTC), date.today() - timedelta(days=days)  # noqa: DTZ011
    async with office.store.begin() as tx:
        account = (await tx.run(insert(Accounts).values(
            number=f"A-{client}", client_id=client, balance_minor=-minor, currency="RUB",
            balance_at=now, opened_on=date(2020, 1, 1)).returning(Accounts.id))).scalar_one()
        await tx.run(insert(Debts).values(account_id=account, client_id=client, currency="RUB",
                                          amount_minor=minor, since_on=on, as_of=now))


@asynccontextmanager
async def talking(office: Office, *, minor: int = 481_250,
                  name: str = "Ivanov Ivan") -> AsyncIterator[tuple[Screen, int, int]]:
    """Anna talks with a debtor: her screen, the conversation, the client."""
    client = await add_client(office, name, _caller_of(TAPE))
    await owes(office, client, minor)
    async with office.screen("anna") as anna:
        await office.play(TAPE, until=is_answer)
        await anna.until(is_shown)
        await anna.until(lambda views: all(
            view["card"] for view in views["conversations"].values()))
        yield anna, anna.conversations[0]["id"], client


async def say(anna: Screen, conversation: int, *pairs: tuple[str, str]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for step, answer in pairs:
        reply = await anna.ask("script.answer", conversation=conversation, script=SCRIPT,
                               step=step, answer=answer)
        assert reply.problem is None, reply.problem
        shown = reply.result["script"]
    return shown


# ── what a call opens ────────────────────────────────────────────────────────────────────────
def test_the_first_rule_that_fits_and_names_it_decides() -> None:
    rules = (
        Opening(queue="billing", menu="main:figures", tab="offers"),
        Opening(campaign="Debtors *", script="debt_reminder", tab="script"),
        Opening(entry="+74951200001", form="outage"),
        Opening(queue="billing", script="meter_dispute", form="meter_dispute", tab="request"),
    )
    by_menu = opened(rules, Came(queue="billing", menu_path=("main:greet", "main:figures")))
    assert (by_menu.form, by_menu.script, by_menu.tab) == (
        "meter_dispute", "meter_dispute", "offers")
    by_campaign = opened(rules, Came(queue="collection", campaign="Debtors 3"))
    assert (by_campaign.form, by_campaign.script, by_campaign.tab) == (
        "", "debt_reminder", "script")
    assert opened(rules, Came(entry="+74951200001")).form == "outage"
    assert opened(rules, Came(queue="outages")).script == ""
    assert opened((Opening(menu="main", tab="script"),), Came(menu_path=("main:x",))).tab


@pytest.mark.parametrize(("changes", "reason"), [
    ({"opening": [Opening(script="nothing")]}, "no script 'nothing'"),
    ({"opening": [Opening(form="nothing")]}, "no request type 'nothing'"),
    ({"guidance": {"scripts": "/nowhere"}}, "no folder"),
])
def test_an_opening_of_what_is_not_there_is_refused_at_start(
    changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(SettingsError, match=reason):
        guidance.load(Settings(**changes), ())


async def test_a_call_opens_what_its_queue_asks_for(tmp_path: Path) -> None:
    settings = settings_in(tmp_path).model_copy(update={"opening": (
        Opening(queue="billing", script="meter_dispute", tab="script"),)})
    async with open_office(tmp_path, settings=settings) as office, talking(office) as (
            anna, conversation, _):
        shown = anna.conversations[0]
        assert (shown["script"], shown["tab"]) == ("meter_dispute", "script")
        assert shown["form"]["type"] == "meter_dispute"
        reply = await anna.ask("script.show", conversation=conversation)
        assert reply.result["script"]["id"] == "meter_dispute"
        assert {one["id"] for one in reply.result["others"]} >= {"meter_dispute", SCRIPT}


# ── a script in a conversation ───────────────────────────────────────────────────────────────
async def test_answers_lead_on_are_kept_and_are_there_after_a_reload(office: Office) -> None:
    async with talking(office) as (anna, conversation, _):
        await anna.ask("script.choose", conversation=conversation, script=SCRIPT)
        await anna.recognise()
        shown = await say(anna, conversation, ("greeting", "himself"), ("identity", "yes"),
                          ("debt", "pays"), ("day", "2027-01-15"), ("sum", "4812,5"))
        assert shown["done"]
        assert shown["steps"][2]["text"].count("4,812.50") == 1
        assert "15 Jan" in shown["steps"][-1]["text"]
        async with office.screen("anna") as again:
            reply = await again.ask("script.show", conversation=conversation)
            assert reply.result["script"] == shown
            assert again.conversations[0]["guided_at"]


async def test_a_sum_is_dots_until_identity_is_ticked_and_chooses_no_way(office: Office) -> None:
    async with talking(office, minor=0) as (anna, conversation, _):
        await anna.ask("script.choose", conversation=conversation, script=SCRIPT)
        shown = await say(anna, conversation, ("greeting", "himself"), ("identity", "yes"))
        assert shown["steps"][-1]["id"] == "debt"       # not "paid_up": that would tell the sum
        assert "•••••" in shown["steps"][-1]["text"]
        await anna.recognise()
        reply = await anna.ask("script.show", conversation=conversation)
        assert reply.result["script"]["steps"][-1]["id"] == "paid_up"


async def test_what_rights_hide_is_not_in_the_script(tmp_path: Path) -> None:
    settings = settings_in(tmp_path).model_copy(update={"right": (
        Right(id="no_money", see=("contacts", "papers", "notes")),)})
    async with open_office(tmp_path, settings=settings) as office, talking(office) as (
            anna, conversation, client):
        await anna.recognise()
        await anna.ask("script.choose", conversation=conversation, script=SCRIPT)
        shown = await say(anna, conversation, ("greeting", "himself"), ("identity", "yes"))
        assert "4,812" not in str(shown)
        assert f"A-{client}" not in str(shown)
        told = await anna.ask("proposal.list", client_id=client, conversation=conversation)
        assert "instalments" not in [one["id"] for one in told.result["proposals"]]


async def test_a_hostile_name_stays_a_name(office: Office) -> None:
    async with talking(office, name="{debt}\u202e<img src=x>\x1b[2J") as (anna, conversation, _):
        await anna.ask("script.choose", conversation=conversation, script=SCRIPT)
        reply = await anna.ask("script.show", conversation=conversation)
        text = reply.result["script"]["steps"][0]["text"]
        assert "{debt}<img src=x>" in text
        assert not {"\u202e", "\x1b"} & set(text)


@pytest.mark.parametrize(("step", "answer", "code"), [
    ("greeting", "perhaps", "answer_invalid"), ("debt", "pays", "not_on_the_way"),
    ("nowhere", "x", "not_on_the_way"), ("excuse", "x", "not_on_the_way")])
async def test_an_answer_that_fits_no_question_is_refused(office: Office, step: str, answer: str,
                                                          code: str) -> None:
    async with talking(office) as (anna, conversation, _):
        reply = await anna.ask("script.answer", conversation=conversation, script=SCRIPT,
                               step=step, answer=answer)
        assert reply.problem is not None
        assert reply.problem.code == code


async def test_a_contacts_answers_are_told_to_who_may_see_its_client(office: Office) -> None:
    async with talking(office) as (anna, conversation, _):
        await say(anna, conversation, ("greeting", "another"), ("ask_back", "after six"))
        interaction = await office.desk.journal.interaction(anna.conversations[0]["call"])
        async with office.screen("sofia") as sofia:
            told = await sofia.ask("script.answers", interaction=interaction)
            assert [one["answer"] for one in told.result["answers"]] == [
                "Somebody else", "after six"]
    async with office.screen("boris") as boris:
        assert (await boris.ask("script.show", conversation=conversation)).problem is not None


# ── proposals ────────────────────────────────────────────────────────────────────────────────
def names(reply: Any) -> list[str]:
    return [one["id"] for one in reply.result["proposals"]]


async def test_an_offer_stands_with_its_reason_and_later_is_not_before_its_day(
    office: Office
) -> None:
    async with talking(office) as (anna, conversation, client):
        his = {"client_id": client, "conversation": conversation}
        assert "instalments" not in names(await anna.ask("proposal.list", **his))   # masked
        await anna.recognise()
        told = await anna.ask("proposal.list", **his)
        first = told.result["proposals"][0]
        assert first["id"] == "instalments"
        assert first["why"].startswith("Owes 4,812.50 ₽ for 60 days")
        until = (date.today() + timedelta(days=5)).isoformat()  # noqa: DTZ011
        said = await anna.ask("proposal.answer", **his, proposal="instalments", answer="later",
                              until_on=until)
        assert "instalments" not in names(said)
        assert said.result["answered"][0]["answer"] == "later"
        again = await anna.ask("proposal.answer", **his, proposal="instalments",
                               answer="accepted")
        assert again.problem is not None
        assert again.problem.code == "not_proposed"
        async with office.store.begin() as tx:
            await tx.run(update(ProposalAnswers).values(until_at=datetime.now(UTC)))
        assert "instalments" in names(await anna.ask("proposal.list", **his))
        page = await anna.ask("client.timeline", client_id=client, cursor=None,
                              kinds=["proposal"])
        assert [item["facts"]["answer"] for item in page.result["items"]] == ["later"]


async def test_offers_are_told_of_a_card_that_was_opened_too(office: Office) -> None:
    client = await add_client(office, "Petrova")
    async with office.screen("anna") as anna:
        await anna.ask("client.card", client_id=client)
        told = await anna.ask("proposal.list", client_id=client)
        assert names(told) == ["paperless"]
        said = await anna.ask("proposal.answer", client_id=client, proposal="paperless",
                              answer="refused")
        assert names(said) == []
        async with office.store.read() as tx:
            row = await tx.first(select(ProposalAnswers.why, ProposalAnswers.interaction_id))
        assert row is not None
        assert (row.why, row.interaction_id) == ("We have no e-mail address of his.", None)


async def test_a_flag_takes_an_offer_away(office: Office) -> None:
    client = await add_client(office, "Petrova")
    async with office.store.begin() as tx:
        await tx.run(update(Clients).where(Clients.id == client).values(flags=["deceased"]))
    async with office.screen("anna") as anna:
        assert names(await anna.ask("proposal.list", client_id=client)) == []
        async with asyncio.timeout(30):
            closed = await anna.ask("proposal.answer", client_id=client, proposal="paperless",
                                    answer="accepted")
        assert closed.problem is not None
