"""Changing a card: what is kept, and what the second of two people is told."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crm_store import clients, consents, custom_fields, editing, errors, timeline
from crm_store.base import Tx
from crm_store.editing import ClientChanges
from crm_store.store import Store

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
MOTHER = "+79161234567"
HOME = editing.Place(city="Samara", street="Lenina", house="5", flat="12", postcode="443000")


async def _client(tx: Tx, name: str = "Ivanov Ivan", number: str | None = MOTHER) -> int:
    return await clients.create(tx, name=name, number=number, by="101", at=NOW)


async def _change(tx: Tx, client_id: int, version: int = 1, by: str = "101",
                  **changes: Any) -> int:
    return await editing.change(tx, client_id, version=version, by=by, at=NOW,
                                changes=ClientChanges(**changes))


async def test_what_is_changed_is_stored_with_who_and_when(store: Store) -> None:
    async with store.begin() as tx:
        client_id = await _client(tx)
        assert await _change(tx, client_id, name="Иванов Иван", language="ru", flags=("vip",),
                             tags=("b", "a", "b"), time_zone="Europe/Samara") == 2
        card = await clients.card(tx, client_id)
        told = await editing.history(tx, client_id)
        hits = await clients.search(tx, "Иванов", region="RU")
    assert (card.name, card.language, card.time_zone, card.version) == (
        "Иванов Иван", "ru", "Europe/Samara", 2)
    assert (card.flags, card.tags) == (("vip",), ("b", "a"))
    assert ("name", "Ivanov Ivan", "Иванов Иван", "101", NOW) in [
        (one.field, one.before, one.after, one.by, one.at) for one in told]
    assert [hit.client_id for hit in hits] == [client_id]


async def test_a_card_saved_as_it_is_stays_at_its_version(store: Store) -> None:
    async with store.begin() as tx:
        client_id = await _client(tx)
        assert await _change(tx, client_id, name="Ivanov Ivan", kind="person", language="") == 1
        assert await _change(tx, client_id) == 1
        assert await editing.history(tx, client_id) == []


async def test_the_second_of_two_sees_what_changed_and_nothing_is_overwritten(
    store: Store,
) -> None:
    async with store.begin() as tx:
        client_id = await _client(tx)
    async with store.begin() as tx:
        await _change(tx, client_id, by="102", name="Ivanova Anna", tags=("new",))
    async with store.begin() as tx:
        with pytest.raises(errors.Stale) as told:
            await _change(tx, client_id, by="101", name="Ivanov I.", flags=("vip",))
    async with store.read() as tx:
        card = await clients.card(tx, client_id)
    assert told.value.stored_version == card.version == 2
    since = [one for one in told.value.since if isinstance(one, editing.Changed)]
    assert [(one.field, one.after, one.by, one.at) for one in since] == [
        ("name", "Ivanova Anna", "102", NOW), ("tags", ["new"], "102", NOW)]
    assert (card.name, card.flags) == ("Ivanova Anna", ())


async def test_of_two_saves_at_the_same_moment_one_is_told(store: Store) -> None:
    async with store.begin() as tx:
        client_id = await _client(tx)

    async def save(name: str) -> bool:
        try:
            async with store.begin() as tx:
                await _change(tx, client_id, name=name)
        except errors.Stale:
            return False
        return True
    async with asyncio.TaskGroup() as group:
        tried = [group.create_task(save(name)) for name in ("A", "B", "C")]
    assert sorted(task.result() for task in tried) == [False, False, True]


async def test_a_change_stands_in_the_timeline_and_in_the_audit(store: Store) -> None:
    async with store.begin() as tx:
        client_id = await _client(tx)
        await _change(tx, client_id, name="Ivanova", tags=("x",))
        page = await timeline.page(tx, client_id)
    assert [(item.kind, item.facts["fields"], item.facts["by"]) for item in page.items] == [
        ("change", ["name", "tags"], "101")]


async def test_phones_are_added_named_preferred_confirmed_and_taken_away(store: Store) -> None:
    office = "+74951112233"
    async with store.begin() as tx:
        client_id = await _client(tx)
        await _change(tx, client_id, phones=(editing.PhoneEdit(
            e164=office, original="8 495 111-22-33", label="office", is_primary=True),))
        await _change(tx, client_id, 2, phones=(editing.PhoneEdit(
            e164=office, is_confirmed=True),))
        first, second = (await clients.card(tx, client_id)).phones
        await _change(tx, client_id, 3, phones=(editing.PhoneEdit(e164=office, is_removed=True),))
        left = (await clients.card(tx, client_id)).phones
        told = await editing.history(tx, client_id)
    assert (first.e164, first.label, first.source, first.trust, first.confirmed_by) == (
        office, "office", "operator", 95, "101")
    assert (second.e164, second.is_primary) == (MOTHER, False)
    assert [(phone.e164, phone.is_primary) for phone in left] == [(MOTHER, True)]
    assert [(one.version, one.field) for one in told] == [
        (4, f"phone:{office}"), (3, f"phone:{office}"), (2, f"phone:{office}")]


async def test_mail_and_addresses_are_links_with_source_and_trust(store: Store) -> None:
    async with store.begin() as tx:
        client_id = await _client(tx)
        await _change(
            tx, client_id,
            emails=(editing.EmailEdit(email="ivan@example.org", original="Ivan@Example.org"),),
            addresses=(editing.AddressEdit(place=HOME, label="home", is_confirmed=True),))
        card = await clients.card(tx, client_id)
    mail, home = card.emails[0], card.addresses[0]
    assert (mail.email, mail.is_primary, mail.source, mail.trust) == (
        "ivan@example.org", True, "operator", 60)
    assert (home.place, home.label, home.trust, home.confirmed_by) == (HOME, "home", 95, "101")


async def test_another_text_of_an_address_leaves_the_old_one_to_its_others(store: Store) -> None:
    async with store.begin() as tx:
        client_id = await _client(tx)
        await _change(tx, client_id, addresses=(editing.AddressEdit(place=HOME),))
        link = (await clients.card(tx, client_id)).addresses[0]
        moved = editing.Place(city="Samara", street="Mira", house="1")
        await _change(tx, client_id, 2, addresses=(editing.AddressEdit(id=link.id, place=moved),))
        assert [one.place for one in (await clients.card(tx, client_id)).addresses] == [moved]
        stranger = await _client(tx, "Petrov", None)
        with pytest.raises(errors.NotFound):
            await _change(tx, stranger, addresses=(editing.AddressEdit(
                id=link.id, is_removed=True),))


async def test_who_calls_for_whom_stands_on_both_cards(store: Store) -> None:
    async with store.begin() as tx:
        mother = await _client(tx, "Petrova Anna")
        son = await _client(tx, "Petrov Oleg", None)
        await _change(tx, son, relations=(editing.RelationEdit(other_id=mother, role="son"),))
        hers, his = await clients.card(tx, mother), await clients.card(tx, son)
        assert [(one.role, one.name, one.calls_for) for one in his.relations] == [
            ("son", "Petrova Anna", True)]
        assert [(one.role, one.name, one.calls_for) for one in hers.relations] == [
            ("son", "Petrov Oleg", False)]
        await _change(tx, mother, relations=(editing.RelationEdit(
            id=hers.relations[0].id, is_removed=True),))
        assert (await clients.card(tx, son)).relations == ()


@pytest.mark.parametrize("other", [0, 4711])
async def test_nobody_calls_for_himself_or_for_nobody(store: Store, other: int) -> None:
    async with store.begin() as tx:
        client_id = await _client(tx)
        with pytest.raises((errors.Conflict, errors.NotFound)):
            await _change(tx, client_id, relations=(editing.RelationEdit(
                other_id=other or client_id, role="son"),))


async def test_consents_are_a_history_and_the_latest_counts(store: Store) -> None:
    async with store.begin() as tx:
        client_id = await _client(tx)
        for version, given in enumerate((True, False), 1):
            await editing.change(tx, client_id, version=version, by="101",
                                 at=NOW + timedelta(minutes=version), changes=ClientChanges(
                                     consents=(editing.ConsentEdit(
                                         kind="calls", is_given=given, note="asked"),)))
        events = await consents.history(tx, client_id)
        card = await clients.card(tx, client_id)
        kinds = [item.kind for item in (await timeline.page(tx, client_id)).items]
    assert [(one.kind, one.is_given) for one in events] == [("calls", False), ("calls", True)]
    assert [(one.kind, one.is_given, one.by) for one in card.consents] == [
        ("calls", False, "101")]
    assert kinds == ["consent", "consent"]


async def test_custom_values_stand_on_the_card_in_the_fields_order(store: Store) -> None:
    async with store.begin() as tx:
        client_id = await _client(tx)
        for key, shape in (
            ("tariff", custom_fields.Shape(label="Tariff", kind="text")),
            ("area", custom_fields.Shape(label="Area", kind="number", place=-1)),
        ):
            await custom_fields.define(tx, key, shape, by="boss", at=NOW)
        await _change(tx, client_id, custom={"tariff": "Night", "area": 54.5})
        card = await clients.card(tx, client_id)
        assert [(one.field.label, one.value) for one in card.custom] == [
            ("Area", 54.5), ("Tariff", "Night")]
        assert [hit.client_id for hit in await custom_fields.find(tx, "nigh")] == [client_id]
        await _change(tx, client_id, 2, custom={"tariff": None})
        assert [one.value for one in (await clients.card(tx, client_id)).custom] == [54.5, None]
        assert await custom_fields.find(tx, "nigh") == []


async def test_a_reference_must_lead_somewhere(store: Store) -> None:
    async with store.begin() as tx:
        client_id, other = await _client(tx), await _client(tx, "Petrov", None)
        await custom_fields.define(tx, "friend", custom_fields.Shape(
            label="Friend", kind="reference", refers_to="client"), by="boss", at=NOW)
        await _change(tx, client_id, custom={"friend": other})
        with pytest.raises(errors.ValueInvalid):
            await _change(tx, client_id, 2, custom={"friend": 4711})
        with pytest.raises(errors.ValueInvalid):
            await _change(tx, client_id, 2, custom={"unheard_of": "x"})


async def test_nothing_of_a_refused_change_stays(store: Store) -> None:
    async with store.begin() as tx:
        client_id = await _client(tx)
    with pytest.raises(errors.NotFound):
        async with store.begin() as tx:
            await _change(tx, client_id, name="Half", relations=(editing.RelationEdit(
                other_id=4711),))
    async with store.read() as tx:
        assert (await clients.card(tx, client_id)).name == "Ivanov Ivan"
        assert await editing.history(tx, client_id) == []


async def test_nobody_edits_a_client_who_is_not_there(store: Store) -> None:
    async with store.begin() as tx:
        with pytest.raises(errors.NotFound):
            await _change(tx, 4711, name="x")


async def test_the_history_comes_page_by_page(store: Store) -> None:
    async with store.begin() as tx:
        client_id = await _client(tx)
        for version in range(1, 6):
            await _change(tx, client_id, version, name=f"Name {version}", tags=(str(version),))
        first = await editing.history(tx, client_id, limit=2)
        second = await editing.history(tx, client_id, before=first[-1].version, limit=2)
    assert [one.version for one in first] == [6, 6, 5, 5]
    assert [one.version for one in second] == [4, 4, 3, 3]
