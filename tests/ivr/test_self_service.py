"""What callers do with keys, over real sockets and a real base: readings, promises, requests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, update

from crm_store import clients, menu_contacts, menu_identity, menus, readings, restraints, timeline
from crm_store.store import Store
from crm_store.tables.billing import Debts
from crm_store.tables.clients import Clients
from ivr.enquiries_money import check_promise, keep_promise
from ivr.enquiry import Asker, Caller
from ivr.house import house_of
from ivr.plan import IvrPlan, shipped_wording
from ivr.speaking import Speaker
from ivr.speech import PromptCache, Voice
from ivr.tasks import Failed, Found
from ivr.wording import Quantity, Spelled, Value, Word, Wording, fragments, parse
from tests.ivr.conftest import AHEAD, DEBTOR, STRANGER, Serving
from tests.ivr.telephone import LEAVES, LEAVES_TALKING, Telephone, call

AT = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@pytest.fixture
async def store(company_url: str) -> AsyncIterator[Store]:
    opened = Store(company_url)
    yield opened
    await opened.close()


@pytest.fixture
def sounds(prompts_dir: Path, espeak: Voice, english: Wording) -> Callable[..., str]:
    """The name of the sound that says these phrases."""
    cache = PromptCache(prompts_dir, espeak)

    def name(*phrases: str, **values: Value) -> str:
        return cache.joined(fragments(english, phrases, values)).name
    return name


def steps(telephone: Telephone) -> list[str]:
    return [told.rpartition("Step: ")[2] for told in telephone.told if "DesklineMenu" in told]


async def kept(store: Store) -> list[int]:
    """What the electricity meter of the debtor showed, the latest first."""
    async with store.read() as tx:
        client = await clients.by_account(tx, "40012345")
        assert client is not None
        return [one.value_milli for one in (await readings.of_client(tx, client))[0].readings]


async def test_a_reading_is_read_back_confirmed_and_kept(
    menu_port: int, store: Store, sounds: Callable[..., str],
) -> None:
    telephone = await call(menu_port, ["4", "1", "1350", "1", "-", "0"], number=DEBTOR)
    named = {"resource": Word("electricity"), "meter": Spelled("4711")}
    assert sounds("meter_named", "meter_last", **named, last_reading=Quantity(1203, "kWh"),
                  last_reading_on=date(2026, 10, 25)) in telephone.heard
    assert sounds("reading_confirm", reading=Quantity(1350, "kWh")) in telephone.heard
    assert steps(telephone)[-4:] == [       # and the other meter is offered
        "reading_thanks", "meter_named", "reading", "operator"]
    assert (await kept(store))[0] == 1_350_000
    async with store.read() as tx:
        page = await timeline.page(tx, 1, limit=1, kinds=("reading",))
    assert page.items[0].facts["value"] == 1350
    assert page.items[0].facts["source"] == "phone"


@pytest.mark.parametrize(("digits", "why"), [("1202", "lower"), ("9000", "much")])
async def test_what_a_meter_can_hardly_show_is_told_and_never_kept(
    menu_port: int, store: Store, digits: str, why: str,
) -> None:
    telephone = await call(menu_port, ["4", "1", digits, digits, digits], number=DEBTOR)
    assert steps(telephone).count(f"reading_{why}") == 2
    assert telephone.variables == {"DESKLINE_NEXT": "queue:billing"}
    assert await kept(store) == [1_203_400, 1_000_000]


async def test_a_reading_that_is_not_confirmed_is_not_kept(menu_port: int, store: Store) -> None:
    await call(menu_port, ["4", "1", "1350", "2", "1360", LEAVES], number=DEBTOR)
    assert await kept(store) == [1_203_400, 1_000_000]


async def test_the_second_meter_can_be_read_too(menu_port: int, store: Store) -> None:
    telephone = await call(menu_port, ["4", "2", "17", "1", "9", LEAVES], number=DEBTOR)
    assert telephone.variables == {}
    async with store.read() as tx:
        water = (await readings.of_client(tx, 1))[1]
    assert [one.value_milli for one in water.readings] == [17_000]


async def test_a_client_without_a_meter_reaches_a_person(menu_port: int) -> None:
    telephone = await call(menu_port, ["4"], number=AHEAD)
    assert steps(telephone)[-2:] == ["meter_none", "operator"]


async def test_a_payment_is_promised_once(
    menu_port: int, store: Store, sounds: Callable[..., str],
) -> None:
    again = await call(menu_port, ["1", "3", "20", "7", "1", "9", "1", "3", "5", LEAVES],
                       number=DEBTOR)
    assert sounds("promise_late") in again.heard
    assert sounds("promise_made") in again.heard
    async with store.read() as tx:
        promises = await restraints.open_promises(tx, 1)
        page = await timeline.page(tx, 1, limit=5, kinds=("promise",))
    assert [(one.amount_minor, one.currency) for one in promises] == [(4_812_50, "RUB")]
    assert [item.facts["by"] for item in page.items] == ["menu"]


async def test_whose_debt_went_while_he_promised_to_pay_it_talks_with_a_person(
    store: Store,
) -> None:
    zone = ZoneInfo("Europe/Moscow")
    async with store.begin() as tx:
        asked = await check_promise(tx, Asker(Caller(DEBTOR, 1), "7", AT, zone))
        caller = Caller(DEBTOR, 1, memory=asked.remember)
        await tx.run(delete(Debts))
        kept = await keep_promise(tx, Asker(caller, "", AT, zone))
        assert await restraints.open_promises(tx, 1) == []
    assert (asked.heard, kept.heard) == (Found(), Failed())


async def test_who_has_a_pin_is_asked_for_it_and_only_so_often(
    menu_port: int, store: Store,
) -> None:
    async with store.begin() as tx:
        await menu_identity.set_pin(tx, 1, menu_identity.hashed("271828"), by="101", at=AT)
    right = await call(menu_port, ["1", "40012345", "1111", "271828", LEAVES], number=STRANGER)
    assert "DesklineClient,Client: 1,How: account" in right.told
    for _ in range(2):
        wrong = await call(menu_port, ["1", "40012345", "1111", "2222", "3333"], number=STRANGER)
        assert "tell_debt" not in steps(wrong)
        assert wrong.variables == {"DESKLINE_NEXT": "queue:billing"}
    other = await call(menu_port, ["1", "40012345", "271828"], number="+79990000001")
    assert "tell_debt" not in steps(other)      # the account is closed to guesses for today


async def test_guessing_accounts_ends_with_a_person(menu_port: int) -> None:
    for _ in range(3):
        await call(menu_port, ["1", "99990000", "99990001"], number=STRANGER)
    telephone = await call(menu_port, ["1", "40012345"], number=STRANGER)
    assert telephone.variables == {"DESKLINE_NEXT": "queue:billing"}
    assert not any("DesklineClient" in told for told in telephone.told)


async def test_a_client_hears_that_he_has_no_request_and_where_we_are(
    menu_port: int, sounds: Callable[..., str],
) -> None:
    telephone = await call(menu_port, ["5", "9", "6", LEAVES], number=DEBTOR)
    assert sounds("request_none") in telephone.heard
    assert sounds("office") in telephone.heard


async def test_an_incident_is_told_when_a_supervisor_has_turned_it_on(
    menu_port: int, store: Store, sounds: Callable[..., str],
) -> None:
    assert sounds("incident") not in (await call(menu_port, ["3"])).heard
    async with store.begin() as tx:
        await menus.turn(tx, "incident", is_on=True, by="109", at=AT)
    told = await call(menu_port, ["3"])
    assert sounds("incident") in told.heard
    assert told.variables == {"DESKLINE_NEXT": "queue:outages"}


async def test_the_star_repeats_the_question(menu_port: int, sounds: Callable[..., str]) -> None:
    telephone = await call(menu_port, ["*", "*", "*", "2"])
    assert telephone.heard.count(sounds("choices")) == 4
    assert telephone.variables == {"DESKLINE_NEXT": "queue:billing"}


async def test_a_message_is_kept_with_its_call_even_when_the_caller_hangs_up(
    menu_port: int, store: Store, ivr_plan: IvrPlan,
) -> None:
    await call(menu_port, ["7", LEAVES_TALKING], number=STRANGER)
    async with store.read() as tx:
        left = await menu_contacts.unsettled_messages(tx)
    assert [(one.call_id, one.group_id) for one in left] == [("1732269600.1", "billing")]
    assert (ivr_plan.messages_dir / f"{left[0].sound}-in.sln").stat().st_size > 4_000


async def test_the_answers_of_a_survey_are_kept_and_the_last_one_counts(
    menu_port: int, store: Store,
) -> None:
    for does in (["1", "4"], ["1", "5"], ["7", "-"]):
        telephone = await call(menu_port, does, menu="survey")
        assert telephone.variables == {"DESKLINE_NEXT": "hangup"}
    async with store.read() as tx:
        found = await menu_contacts.rated(tx, AT.replace(year=2000), AT.replace(year=2999))
    assert {(one.question, one.count, one.average) for one in found} == {
        ("solved", 1, 1.0), ("kind", 1, 5.0)}


@pytest.fixture
async def bilingual(ivr_plan: IvrPlan, espeak: Voice) -> IvrPlan:
    """Russian too, spoken by a few short words of ours: what is said is known by its fragments."""
    text = shipped_wording("ru")
    russian = parse(text, company="Волга")
    voice = Voice("ru", 150, espeak.environment)
    known = replace(ivr_plan.known, phrases={**ivr_plan.known.phrases, "ru": russian.phrases})
    plan = replace(ivr_plan, known=known, speakers={
        **ivr_plan.speakers, "ru": Speaker.of(russian, voice, ivr_plan.prompts_dir)})
    for speaker in house_of(plan).speakers.values():
        await speaker.prompts.build(speaker.texts("RUB"))
    return plan


async def test_the_language_is_that_of_the_card_the_choice_or_the_number_dialled(
    bilingual: IvrPlan, serve_plan: Serving, store: Store, sounds: Callable[..., str],
) -> None:
    speaker = house_of(bilingual).speakers["ru"]

    def russian(*phrases: str) -> str:
        return speaker.prompts.joined(speaker.fragments("main", phrases, {})).name

    entries = {**bilingual.entries, "74951200001": replace(
        bilingual.entries["74951200001"], language="ru")}
    async with serve_plan(replace(bilingual, entries=entries)) as port:
        chosen = await call(port, ["8", "0"], number=STRANGER)
        dialled = await call(port, ["8", "0"], number=STRANGER, entry="74951200001")
        async with store.begin() as tx:
            await tx.run(update(Clients).values(language="ru"))
        carded = await call(port, ["0"], number=DEBTOR)
    assert chosen.heard == [sounds("greeting"), sounds("choices"), russian("choices")]
    assert dialled.heard == [russian("greeting"), russian("choices"), sounds("choices")]
    assert carded.heard[0] == russian("greeting")
