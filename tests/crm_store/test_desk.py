"""Drafts, requests, people and sessions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crm_store import clients, drafts, errors, interactions, requests, staff
from crm_store.interactions import CallFacts
from crm_store.requests import NewRequest
from crm_store.store import Store

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
DISPUTE = NewRequest(type="meter_dispute", group="metering", form={"reading": 10482}, by="101",
                     at=NOW, deadline_at=NOW + timedelta(days=2))


@pytest.fixture
async def interaction(store: Store) -> int:
    async with store.begin() as tx:
        return await interactions.upsert_call(tx, CallFacts(
            call_id="c1", pbx="main", direction="in", started_at=NOW))


async def test_two_screens_never_overwrite_each_others_draft(
    store: Store, interaction: int
) -> None:
    async with store.begin() as tx:
        first = await drafts.save(tx, interaction, "101", version=0, content={"n": "a"}, at=NOW)
        second = await drafts.save(tx, interaction, "101", version=first.version,
                                   content={"n": "ab\x00"}, at=NOW)
        for version in (0, first.version):
            with pytest.raises(errors.Stale) as stale:
                await drafts.save(tx, interaction, "101", version=version, content={}, at=NOW)
            assert stale.value.stored_version == second.version == 2
    async with store.read() as tx:
        loaded = await drafts.load(tx, interaction, "101")
    assert loaded is not None
    assert (loaded.content, loaded.version) == ({"n": "ab"}, 2)


async def test_a_finished_draft_is_no_longer_open(store: Store, interaction: int) -> None:
    async with store.begin() as tx:
        await drafts.save(tx, interaction, "101", version=0, content={}, at=NOW)
        assert len(await drafts.unfinished(tx, "101")) == 1
        await drafts.finish(tx, interaction, "101", at=NOW)
        assert await drafts.unfinished(tx, "101") == []


async def test_a_request_goes_to_its_group_with_a_deadline(store: Store) -> None:
    async with store.begin() as tx:
        await requests.ensure_groups(tx, {"metering": "Metering", "billing": "Billing"})
        client_id = await clients.create(tx, name="Ivanov", by="101", at=NOW)
        new = NewRequest(**{name: getattr(DISPUTE, name) for name in (
            "type", "group", "form", "by", "at", "deadline_at")}, client_id=client_id)
        filed = await requests.file(tx, new)
    async with store.read() as tx:
        assert await requests.listing(tx, group="metering") == [filed]
        assert await requests.listing(tx, group="billing") == []
        item, = (await interactions.timeline(tx, client_id)).items
    assert (filed.client_name, filed.group_name) == ("Ivanov", "Metering")
    assert item.facts["request_id"] == filed.id
    assert item.facts["stage"] == "new"


async def test_a_closed_request_leaves_the_list_and_keeps_its_story(store: Store) -> None:
    async with store.begin() as tx:
        await requests.ensure_groups(tx, {"metering": "Metering"})
        filed = await requests.file(tx, DISPUTE)
        await requests.assign(tx, filed.id, group="metering", responsible="102", by="109", at=NOW)
        assert [row.id for row in await requests.listing(tx, operator="102")] == [filed.id]
        done = await requests.move(tx, filed.id, "done", "102", NOW, "checked", closes=True)
        assert done.closed_at == NOW
        assert await requests.listing(tx) == []
        assert [row.id for row in await requests.listing(tx, open_only=False)] == [filed.id]
        story = await requests.events(tx, filed.id)
    assert [(event.kind, event.to_stage, event.by) for event in story] == [
        ("filed", "new", "101"), ("assigned", "new", "109"), ("moved", "done", "102")]


async def test_a_request_for_an_unknown_group_is_refused(store: Store) -> None:
    with pytest.raises(errors.Conflict):
        async with store.begin() as tx:
            await requests.file(tx, DISPUTE)


async def test_a_session_ends_with_its_time_its_person_or_its_password(store: Store) -> None:
    async with store.begin() as tx:
        anna = await staff.upsert(tx, login="anna", name="Anna", operator_id="101",
                                  roles=("operator",), groups=("billing",), password_hash="h1")
        for token in ("t1", "t2"):
            await staff.open_session(tx, token, anna, csrf="c", opened_at=NOW,
                                     expires_at=NOW + timedelta(hours=12))
        found = await staff.session(tx, "t1", now=NOW)
        assert found is not None
        assert (found.person.login, found.person.roles, found.csrf) == ("anna", ("operator",), "c")
        assert await staff.session(tx, "t1", now=NOW + timedelta(hours=12)) is None
        assert await staff.session(tx, "other", now=NOW) is None
        await staff.close_session(tx, "t1")
        assert await staff.session(tx, "t1", now=NOW) is None
        await staff.set_password_hash(tx, anna, "h2")
        assert await staff.session(tx, "t2", now=NOW) is None


async def test_changing_a_person_keeps_the_password(store: Store) -> None:
    async with store.begin() as tx:
        first = await staff.upsert(tx, login="anna", name="Anna", password_hash="h1")
        again = await staff.upsert(tx, login="anna", name="Anna P.", operator_id="101")
        person = await staff.by_operator(tx, "101")
    assert first == again
    assert person is not None
    assert (person.name, person.password_hash) == ("Anna P.", "h1")


async def test_run_out_sessions_are_forgotten(store: Store) -> None:
    async with store.begin() as tx:
        anna = await staff.upsert(tx, login="anna", name="Anna")
        await staff.open_session(tx, "t1", anna, csrf="c", opened_at=NOW, expires_at=NOW)
        assert await staff.forget_sessions(tx, now=NOW) == 1


async def test_people_of_the_settings_leave_and_come_back_with_them(store: Store) -> None:
    async with store.begin() as tx:
        anna = await staff.upsert(tx, login="anna", name="Anna", operator_id="101",
                                  source="settings")
        await staff.upsert(tx, login="system", name="Billing system")
        await staff.open_session(tx, "t1", anna, csrf="c", opened_at=NOW,
                                 expires_at=NOW + timedelta(hours=12))
    async with store.begin() as tx:
        assert await staff.dismiss(tx, ["boris"]) == ["anna"]
        assert await staff.dismiss(tx, []) == []
        assert await staff.session(tx, "t1", now=NOW) is None
        assert [(row.is_active, row.operator_id) for row in await staff.everyone(tx)] == [
            (False, None), (True, None)]
    async with store.begin() as tx:
        await staff.free_phones(tx, ["101"])
        await staff.upsert(tx, login="anna", name="Anna", operator_id="101", source="settings")
        person = await staff.by_login(tx, "anna")
    assert person is not None
    assert (person.is_active, person.operator_id) == (True, "101")


async def test_requests_of_ones_groups_come_page_by_page(store: Store) -> None:
    async with store.begin() as tx:
        await requests.ensure_groups(tx, {"metering": "Metering", "billing": "Billing"})
        for n in range(5):
            await requests.file(tx, replace(
                DISPUTE, group="billing" if n == 2 else "metering"))
    seen: list[int] = []
    cursor: str | None = None
    async with store.read() as tx:
        while True:
            rows, cursor = await requests.page(tx, groups=["metering"], cursor=cursor, limit=3)
            seen += [row.id for row in rows]
            if cursor is None:
                break
        with pytest.raises(errors.BadCursor):
            await requests.page(tx, cursor="nonsense")
    assert len(seen) == len(set(seen)) == 4
    assert seen == sorted(seen)
