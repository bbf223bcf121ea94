"""The identity check: questions from the client's own data, and no sum leaves us before it."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from sqlalchemy import insert, select

from crm_store import clients, identity, interactions, timeline
from crm_store.cards import Card
from crm_store.store import Store
from crm_store.tables.audit import Audit
from crm_store.tables.billing import Accounts, Debts, Meters
from crm_store.tables.clients import IdentityConfirmations
from cti.changes import CallAnswered
from tests.workstation.office import Office, Screen, add_client, open_office, settings_in
from tests.workstation.test_live import is_shown
from tests.workstation.test_work import TAPE, after_a_call
from workstation import identity_questions
from workstation.outcome_settings import Identity
from workstation.rights import Right

SUMS = ("98765432", "11223344", "55667788")     # balance, debt, payment: in minor units


async def a_client(office: Office, number: str | None = None) -> int:
    """Somebody who owes, with an account, a meter, and a payment in his timeline."""
    client, now = await add_client(office, "Owing Olga", number), datetime.now(UTC)
    async with office.store.begin() as tx:
        account = (await tx.run(insert(Accounts).values(
            client_id=client, number="400-77-1234", currency="RUB", balance_minor=-int(SUMS[0]),
            balance_at=now, opened_on=date(2020, 1, 1)).returning(Accounts.id))).scalar_one()
        await tx.run(insert(Meters).values(
            account_id=account, number="M-77", resource="electricity", unit="kWh"))
        await tx.run(insert(Debts).values(
            client_id=client, account_id=account, amount_minor=int(SUMS[1]), currency="RUB",
            since_on=date(2026, 1, 1), as_of=now))
        await timeline.put(tx, client, datetime(2026, 10, 5, 12, tzinfo=UTC), "payment", 1, {
            "account": "400-77-1234", "amount_minor": int(SUMS[2]), "currency": "RUB",
            "method": "bank"})
    return client


@asynccontextmanager
async def talking(office: Office, login: str = "anna") -> AsyncIterator[tuple[Screen, int]]:
    """In a call, with that client chosen."""
    async with office.screen(login) as screen:
        await office.play(TAPE, until=lambda change: isinstance(change, CallAnswered))
        await screen.until(is_shown)
        client = await a_client(office)
        key = screen.conversations[0]["id"]
        await screen.ask("conversation.choose", conversation=key, client_id=client)
        yield screen, client


def asked(screen: Screen) -> dict[str, str]:
    return {one["kind"]: one["answer"] for one in screen.conversations[0]["questions"]}


async def confirm(screen: Screen, *answered: str, confirmed: bool = True) -> Any:
    return await screen.ask("conversation.identity", conversation=screen.conversations[0]["id"],
                            confirmed=confirmed, answered=list(answered))


# ── questions ────────────────────────────────────────────────────────────────────────────────
async def test_only_what_is_known_is_asked_and_no_answer_is_a_sum(office: Office) -> None:
    async with talking(office) as (anna, _):
        assert asked(anna) == {"account": "1234", "meter": "M-77", "payment": "2026-10-05"}
        assert anna.conversations[0]["questions_needed"] == 2


async def test_too_few_answers_confirm_nobody_and_the_refusal_counts_them(
    office: Office
) -> None:
    async with talking(office) as (anna, _):
        reply = await confirm(anna, "account", "made up")
        assert reply.problem is not None
        assert (reply.problem.code, reply.problem.facts) == (
            "identity_questions", {"needed": 2, "ticked": 1})
        assert anna.conversations[0]["card"]["masked"] is True
        assert (await confirm(anna, "account", "payment")).problem is None
        shown = anna.conversations[0]
        assert (shown["identity"], shown["card"]["debt_minor"]) == ("confirmed", int(SUMS[1]))
        assert shown["confirmed"]["name"] == "Anna Petrova"
        assert (shown["confirmed"]["here"], shown["questions"]) == (True, [])


async def test_whoever_oversees_needs_no_answers(office: Office) -> None:
    async with office.screen("sofia") as sofia:
        await office.play(TAPE, until=lambda change: isinstance(change, CallAnswered))
        view = office.desk.conversations.of("101")[0]
        mine = msgspec.structs.replace(view, operator="109")
        office.desk.conversations.put(mine)
        client = await a_client(office)
        await sofia.ask("conversation.choose", conversation=mine.id, client_id=client)
        assert (await confirm(sofia)).problem is None


async def test_what_somebody_may_not_see_is_not_his_to_ask(tmp_path: Path) -> None:
    settings = settings_in(tmp_path).model_copy(update={"right": (
        Right(id="no_money", see=("contacts", "papers", "notes")),)})
    async with open_office(tmp_path, settings=settings) as office, talking(office) as (anna, _):
        assert not asked(anna).keys() & {"account", "meter", "payment"}


def test_questions_come_in_the_order_of_the_settings_and_leave_out_what_is_sensitive() -> None:
    assert [one.kind for one in identity_questions.drawn(
        Identity(ask=("phone", "account")), _nobody(), [], "+79161112233",
        ZoneInfo("Europe/Moscow"))] == []


def _nobody() -> Card:
    return Card(client_id=1, kind="person", name="N", language=None, time_zone=None, flags=(),
                tags=(), source="test", version=1, phones=(), emails=(), addresses=(),
                relations=(), consents=(), custom=(), accounts=(), debt_minor=0, currency=None,
                oldest_debt_on=None, identity_confirmed_at=None, merged_into=None)


# ── nothing leaves us before ─────────────────────────────────────────────────────────────────
async def test_no_sum_reaches_an_operators_screens_or_programs_before_the_check(
    office: Office
) -> None:
    async with talking(office) as (anna, client):
        for action, args in (
            ("client.card", {"client_id": client}),
            ("client.timeline", {"client_id": client, "cursor": None}),
            ("client.history", {"client_id": client}), ("client.search", {"text": "Olga"}),
            ("script.show", {"conversation": anna.conversations[0]["id"]}),
            ("proposal.list", {"client_id": client}),
        ):
            reply = await anna.ask(action, **args)
            assert reply.problem is None, (action, reply.problem)
        headers = await office.bearer("anna")
        said = b"".join([msgspec.json.encode(message) for message in anna.heard])
        for path in ("", "/timeline", "/sources"):
            answer = await office.http.get(f"{office.url}/api/v1/clients/{client}{path}",
                                           headers=headers)
            assert answer.status == 200, path
            said += await answer.read()
        text = said.decode()
        between = r"[\s,.\u00a0\u202f]?"       # however somebody writes a sum
        assert not [digits for digits in SUMS if re.search(between.join(digits), text)]
        assert b"M-77" in said, "what is no sum is there"


async def test_a_field_of_money_is_masked_as_sums_are(office: Office) -> None:
    async with talking(office) as (anna, client):
        async with office.screen("admin") as boss:
            await boss.ask("field.define", key="deposit", shape={
                "label": "Deposit", "kind": "money", "currency": "RUB"})
            await boss.ask("client.change", client_id=client, version=1,
                           changes={"custom": {"deposit": "777000.11"}})
        shown = (await anna.ask("client.card", client_id=client)).result["card"]["custom"][0]
        assert (shown["hidden"], shown["value"]) == (True, None)


# ── how long it counts ───────────────────────────────────────────────────────────────────────
async def test_a_tick_counts_on_the_same_number_for_a_while(tmp_path: Path) -> None:
    store = Store(f"sqlite+aiosqlite:///{tmp_path / 'a.db'}")
    await store.migrate()
    now = datetime.now(UTC)
    async with store.begin() as tx:
        client = await clients.create(tx, name="A", number="+79161112233", by="t", at=now,
                                      source="test")
        await identity.confirm(tx, client, "+79161112233", by="101", at=now,
                               answered=["account"])

        async def stands(number: str | None, since: datetime) -> bool:
            said = await identity.standing(tx, client, number, interaction_id=None, since=since)
            return said is not None and said.is_confirmed

        assert await stands("+79161112233", now - timedelta(minutes=30))
        assert not await stands("+79161112233", now + timedelta(seconds=1)), "too long ago"
        assert not await stands("+79169999999", now - timedelta(minutes=30)), "another number"
        assert not await stands(None, now - timedelta(minutes=30)), "a hidden number"
        await identity.refuse(tx, client, "+79161112233", by="102", at=now)
        assert not await stands("+79161112233", now - timedelta(minutes=30)), "the last word"
    await store.close()


async def test_the_next_call_of_the_number_is_confirmed_and_says_by_whom(
    office: Office
) -> None:
    number = "+79161234567"
    client = await a_client(office, number)
    async with office.store.begin() as tx:
        await identity.confirm(tx, client, number, by="102", at=datetime.now(UTC),
                               answered=["account", "payment"])
    async with after_a_call(office) as anna:
        await anna.until(lambda _: anna.conversations[0]["client_id"] == client)
        shown = anna.conversations[0]
        assert shown["number"] == number
        assert (shown["client_id"], shown["identity"]) == (client, "confirmed")
        assert (shown["confirmed"]["by"], shown["confirmed"]["here"]) == ("102", False)
        assert shown["card"]["masked"] is False


async def test_taken_back_it_is_masked_again_also_after_a_restart(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    async with open_office(tmp_path, settings=settings) as office, talking(office) as (anna, _):
        await confirm(anna, "account", "payment")
        await confirm(anna, confirmed=False)
        assert anna.conversations[0]["identity"] == "refused"
        assert anna.conversations[0]["card"]["masked"] is True
    async with open_office(tmp_path, settings=settings) as again, again.screen("anna") as anna:
        await anna.until(lambda views: bool(views["conversations"]))
        assert anna.conversations[0]["identity"] == "refused"


# ── what is kept, and who asks for it ────────────────────────────────────────────────────────
async def test_who_was_confirmed_on_which_number_by_what_is_kept_and_audited(
    office: Office
) -> None:
    async with talking(office) as (anna, client):
        await confirm(anna, "account", "meter")
        async with office.store.read() as tx:
            row = await tx.first(select(IdentityConfirmations))
            said = await tx.first(select(Audit.facts).where(Audit.what == "client.identity"))
        assert (row.client_id, row.by, row.answered) == (client, "101", ["account", "meter"])
        assert row.e164 == anna.conversations[0]["number"]
        facts = said.facts if isinstance(said.facts, dict) else json.loads(said.facts)
        assert facts["answered"] == ["account", "meter"]


async def test_a_campaign_can_ask_in_which_contacts_the_person_himself_was_there(
    office: Office
) -> None:
    async with talking(office) as (anna, _):
        call = anna.conversations[0]["call"]
        async with office.store.read() as tx:
            stored = await interactions.by_call(tx, call)
            assert stored is not None
            assert await identity.confirmed_in(tx, [stored.id]) == frozenset()
        await confirm(anna, "account", "payment")
        async with office.store.read() as tx:
            assert await identity.confirmed_in(tx, [stored.id]) == {stored.id}
        await confirm(anna, confirmed=False)
        async with office.store.read() as tx:
            assert await identity.confirmed_in(tx, [stored.id]) == frozenset()


@pytest.mark.parametrize("is_confirmed", [False, True])
async def test_reached_in_person_may_only_be_said_of_who_was_recognised(
    office: Office, is_confirmed: bool
) -> None:
    async with talking(office) as (anna, _):
        view = office.desk.conversations.of("101")[0]
        chosen = msgspec.structs.replace(
            view.dispositions[0], id="reached_in_person", needs_identity=True)
        office.desk.conversations.change("101", view.call, dispositions=[chosen],
                                         state="wrap_up")
        if is_confirmed:
            await confirm(anna, "account", "payment")
        reply = await anna.ask("conversation.finish", conversation=view.id,
                               disposition="reached_in_person", note="")
        code = reply.problem.code if reply.problem else None
        assert code == (None if is_confirmed else "identity_missing")
