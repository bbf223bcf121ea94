"""What a ringing call's screen is told, in one trip, on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from crm_store import cards, clients, drafts, identity, interactions, pops, sample, timeline
from crm_store.interactions import CallFacts
from crm_store.pops import Caller
from crm_store.store import Store
from crm_store.tables.clients import Clients

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
NUMBER = "+79161234567"
CALL = CallFacts(call_id="c1", pbx="main", direction="in", number=NUMBER, started_at=NOW)


async def _client(store: Store, name: str, number: str | None = NUMBER) -> int:
    async with store.begin() as tx:
        return await clients.create(tx, name=name, number=number, by="101", at=NOW)


async def test_a_pop_is_what_its_parts_say(store: Store) -> None:
    await sample.generate(store, clients=40, now=NOW)
    async with store.read() as tx:
        for client_id in range(1, 41):
            number = (await clients.card(tx, client_id)).phones[0].e164
            pop = await pops.read(tx, Caller(number=number), page=5)
            assert list(pop.candidates) == await clients.candidates(tx, number)
            if pop.client_id is None:
                assert len(pop.candidates) > 1
                continue
            assert pop.card == await cards.card(tx, pop.client_id)
            assert pop.timeline == await timeline.page(tx, pop.client_id, limit=5)


async def test_nobody_known_has_the_numbers_own_history(store: Store) -> None:
    async with store.begin() as tx:
        await interactions.upsert_call(tx, CALL)
    async with store.read() as tx:
        pop = await pops.read(tx, Caller(number=NUMBER))
        hidden = await pops.read(tx, Caller(number=None))
    assert (pop.client_id, pop.card, pop.candidates) == (None, None, ())
    assert [item.facts["call_id"] for item in pop.timeline.items] == ["c1"]
    assert hidden.timeline.items == ()


async def test_whom_the_menu_named_comes_before_whom_the_number_says(store: Store) -> None:
    await _client(store, "Ivanov")
    named = await _client(store, "Petrov", None)
    async with store.read() as tx:
        pop = await pops.read(tx, Caller(number=NUMBER, named=named))
        stranger = await pops.read(tx, Caller(number=NUMBER, named=99_999))
    assert (pop.client_id, pop.named) == (named, pops.Named(named, "Petrov", "menu"))
    assert pop.card
    assert pop.card.name == "Petrov"
    assert [found.name for found in pop.candidates] == ["Ivanov"]
    assert stranger.named is None
    assert stranger.client_id == stranger.candidates[0].client_id


async def test_a_merged_client_who_is_named_is_the_kept_one(store: Store) -> None:
    kept, absorbed = await _client(store, "Ivanov"), await _client(store, "Iwanow", None)
    async with store.begin() as tx:
        await tx.run(update(Clients).where(Clients.id == absorbed).values(merged_into=kept))
    async with store.read() as tx:
        pop = await pops.read(tx, Caller(number=None, named=absorbed))
    assert (pop.client_id, pop.card and pop.card.name) == (kept, "Ivanov")


async def test_what_a_person_chose_ticked_and_typed_comes_back(store: Store) -> None:
    one, other = await _client(store, "Ivanov"), await _client(store, "Petrov")
    async with store.begin() as tx:
        call = await interactions.upsert_call(tx, replace(CALL, client_id=one))
        await interactions.choose_client(tx, call, other, by="101", at=NOW)
        await identity.confirm(tx, other, NUMBER, by="101", at=NOW, interaction_id=call)
        await drafts.save(tx, call, "101", version=0, content={"note": "x"}, at=NOW)
    async with store.read() as tx:
        his = await pops.read(tx, Caller(number=NUMBER, interaction=call, operator="101"))
        others = await pops.read(tx, Caller(number=NUMBER, interaction=call, operator="102"))
    assert his.client_id == other
    assert his.identity
    assert (his.identity.by, his.identity.is_confirmed) == ("101", True)
    assert his.draft
    assert his.draft.content == {"note": "x"}
    assert (others.client_id, others.identity, others.draft) == (other, his.identity, None)


async def test_two_on_one_number_are_left_to_a_person(store: Store) -> None:
    for name in ("Ivanov", "Petrov"):
        await _client(store, name)
    async with store.begin() as tx:
        await interactions.upsert_call(tx, replace(CALL, started_at=NOW - timedelta(days=1)))
    async with store.read() as tx:
        pop = await pops.read(tx, Caller(number=NUMBER))
    assert len(pop.candidates) == 2
    assert (pop.client_id, pop.card) == (None, None)
    assert len(pop.timeline.items) == 1
