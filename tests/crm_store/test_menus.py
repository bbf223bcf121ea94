"""Menus in the store, on both engines: versions and undoing, figures, guesses, readings."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, text

from crm_store import (
    clients,
    errors,
    interactions,
    menu_contacts,
    menu_identity,
    menu_leaving,
    menus,
    readings,
    timeline,
)
from crm_store.contacts import CallFacts
from crm_store.store import Store
from crm_store.tables.billing import Accounts, Meters

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)


async def saved(store: Store, menu: str = "main") -> int:
    async with store.begin() as tx:
        return await menus.save(tx, menu, f"text {menu}", note="", by="110", at=NOW)


async def used(store: Store) -> int | None:
    async with store.read() as tx:
        use = (await menus.in_use(tx)).get("main")
    return use.version if use is not None else None


async def test_undoing_walks_back_through_what_was_in_use(store: Store) -> None:
    versions = [await saved(store) for _ in range(3)]
    async with store.begin() as tx:
        for version in versions:
            await menus.use(tx, "main", version, by="110", at=NOW)
    for expected in (versions[1], versions[0], None):
        async with store.begin() as tx:
            assert await menus.undo(tx, "main", by="110", at=NOW) == expected
        assert await used(store) == expected
    with pytest.raises(errors.NotFound):
        async with store.begin() as tx:
            await menus.undo(tx, "main", by="110", at=NOW)


async def test_a_version_of_another_menu_is_never_taken_into_use(store: Store) -> None:
    version = await saved(store, "survey")
    with pytest.raises(errors.NotFound):
        async with store.begin() as tx:
            await menus.use(tx, "main", version, by="110", at=NOW)
    async with store.read() as tx:
        assert await menus.text_of(tx, "survey", version) == "text survey"
        assert [one.is_used for one in await menus.versions(tx, "survey")] == [False]


async def test_a_switch_is_off_until_it_is_turned(store: Store) -> None:
    for is_on in (True, False, True):
        async with store.begin() as tx:
            await menus.turn(tx, "incident", is_on=is_on, by="109", at=NOW)
            assert await menus.is_on(tx, "incident") is is_on
            assert not await menus.is_on(tx, "other")
            assert await menus.switches(tx) == {"incident": is_on}


async def call(store: Store, number: int, path: list[str], outcome: str = "abandoned",
               queue: str | None = None, ago: timedelta = timedelta()) -> None:
    async with store.begin() as tx:
        await interactions.upsert_call(tx, CallFacts(
            call_id=f"c{number}", pbx="main", direction="in", started_at=NOW - ago,
            number=f"+7916{number:07}", outcome=outcome, queue=queue, menu_path=tuple(path)))


async def test_callers_who_left_are_counted_at_their_last_step_and_listed(store: Store) -> None:
    await call(store, 1, ["main:greet", "main:choose"])
    await call(store, 2, ["main:greet", "main:choose", "main:choose"])
    await call(store, 3, ["main:greet", "main:a_b"])
    await call(store, 4, ["main:greet", "main:axb"])            # `_` is no joker
    await call(store, 5, ["main:greet", "main:choose"], queue="billing")
    await call(store, 6, ["main:greet", "main:choose"], "answered", "billing")
    await call(store, 7, ["main:greet", "main:choose", "survey:hello"], "answered", "billing")
    await call(store, 8, ["main:greet"], ago=2 * DAY)
    await call(store, 9, [])
    async with store.read() as tx:
        calls, steps = await menu_leaving.leaving(tx, "main", NOW - DAY, NOW + DAY)
        listed, _ = await menu_leaving.leavers(tx, "main", "a_b", NOW - DAY, NOW + DAY)
        first, cursor = await menu_leaving.leavers(tx, "main", "choose", NOW - DAY, NOW + DAY,
                                                   limit=1)
        second, end = await menu_leaving.leavers(tx, "main", "choose", NOW - DAY, NOW + DAY,
                                                 limit=1, cursor=cursor)
    assert calls == 7
    assert (steps["greet"].entered, steps["greet"].left) == (7, 0)
    assert (steps["choose"].entered, steps["choose"].left) == (5, 2)
    assert [one.number for one in listed] == ["+79160000003"]
    assert [one.number for one in (*first, *second)] == ["+79160000002", "+79160000001"]
    assert end is None


async def test_the_period_is_read_by_its_index(store: Store) -> None:
    """PostgreSQL would read a small table whole: it is told not to, and must then find an index
    whose range is the period."""
    asked = ("select count(*) from interactions where started_at >= {} and started_at < {} and "
             "menu_path is not null and absorbed_into is null")
    async with store.read() as tx:
        if tx.dialect == "sqlite":
            rows = await tx.all(text("explain query plan " + asked.format(0, 9)))
        else:
            await tx.run(text("set local enable_seqscan = off"))
            rows = await tx.all(text("explain " + asked.format(
                "timestamptz '2026-01-01'", "timestamptz '2026-02-01'")))
    plan = " ".join(str(row) for row in rows)
    if tx.dialect == "sqlite":
        assert "ix_interactions_started_at" in plan
    else:
        assert re.search(r"Index Cond: .*started_at >= .* AND .*started_at <", plan), plan
        assert "Seq Scan" not in plan


@given(st.text("0123456789", min_size=4, max_size=8))
@settings(deadline=None, max_examples=10)
def test_a_pin_is_right_or_wrong_and_never_kept_as_it_is(pin: str) -> None:
    kept = menu_identity.hashed(pin)
    assert menu_identity.is_right(pin, kept)
    assert not menu_identity.is_right(pin + "0", kept)
    assert f"{pin}:" not in kept


async def test_wrong_guesses_count_for_a_day(store: Store) -> None:
    subject = menu_identity.subject("number", "+79161234567")
    async with store.begin() as tx:
        for minutes in (0, 30):
            await menu_identity.note_guess(tx, (subject, "other"),
                                           NOW + timedelta(minutes=minutes))
        assert await menu_identity.guesses(tx, subject, NOW + timedelta(minutes=31)) == 2
        assert await menu_identity.guesses(tx, subject, NOW + DAY + timedelta(minutes=1)) == 1
        assert await menu_identity.guesses(tx, subject, NOW + 2 * DAY) == 0
    assert "7916" not in subject


async def test_a_reading_is_kept_and_told_on_the_card(store: Store) -> None:
    async with store.begin() as tx:
        client = await clients.create(tx, name="Ivan", by="test", source="test", at=NOW)
        account = await tx.scalar(insert(Accounts).values(
            number="4001", client_id=client, balance_minor=0, currency="RUB", balance_at=NOW,
            opened_on=date(2020, 1, 1)).returning(Accounts.id))
        meter = await tx.scalar(insert(Meters).values(
            account_id=account, number="77", resource="gas", unit="m3",
            installed_on=None).returning(Meters.id))
        await readings.hand_in(tx, meter, 12_000, source="phone", by="menu", at=NOW)
        [found] = await readings.of_client(tx, client)
        page = await timeline.page(tx, client, limit=9, kinds=("reading",))
        with pytest.raises(errors.NotFound):
            await readings.hand_in(tx, meter + 1, 1, source="phone", by="menu", at=NOW)
    assert [one.value_milli for one in found.readings] == [12_000]
    assert page.items[0].facts["value"] == 12


async def test_answers_are_rated_by_question_and_operator(store: Store) -> None:
    await call(store, 1, ["main:greet"], "answered", "billing")
    async with store.begin() as tx:
        for answer in (2, 5):           # the last one counts
            await menu_contacts.answer(tx, call_id="c1", menu="survey", question="kind",
                                       answer=answer, at=NOW)
        [open_one] = await menu_contacts.unsettled_answers(tx)
        contact = await interactions.by_call(tx, "c1")
        assert contact is not None
        await menu_contacts.settle_answer(tx, open_one.id, contact.id, "101", at=NOW)
        assert await menu_contacts.unsettled_answers(tx) == []
        assert await menu_contacts.of_interaction(tx, contact.id) == [("kind", 5)]
        [rated] = await menu_contacts.rated(tx, NOW - DAY, NOW + DAY)
    assert (rated.operator, rated.count, rated.average) == ("101", 1, 5.0)
