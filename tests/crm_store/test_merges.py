"""Merging two clients and parting them again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import PrimaryKeyConstraint, UniqueConstraint, insert, select, update

from crm_store import (
    clients,
    errors,
    held,
    identity,
    interactions,
    merges,
    restraints,
    timeline,
)
from crm_store.base import Base, Tx
from crm_store.merges import MergeRefused
from crm_store.store import Store
from crm_store.tables.audit import Audit
from crm_store.tables.campaigns import Attempts, CampaignEntries, Suppressions
from crm_store.tables.clients import Clients
from crm_store.tables.contacts import Interactions, Timeline
from crm_store.tables.duplicates import DuplicatePairs
from tests.crm_store.two_clients import (
    NOW,
    NUMBERS,
    belongings,
    make,
    picture,
    relate,
    world,
)

LATER = NOW + timedelta(days=1)
FEW = settings(max_examples=12, deadline=None,
               suppress_health_check=[HealthCheck.function_scoped_fixture])


class Undo(Exception):
    pass


def test_every_table_with_a_client_is_known_to_merging() -> None:
    """A new table? Say in `held.HOLDERS` how its rows go along when two clients become one."""
    naming = {table.name: held.naming_clients(table)
              for table in Base.metadata.sorted_tables if held.naming_clients(table)}
    assert set(naming) - set(held.HOLDERS) == set()
    assert set(held.HOLDERS) - set(Base.metadata.tables) == set()
    assert {name: set(columns) - set(held.HOLDERS[name].columns)
            for name, columns in naming.items()
            if set(columns) - set(held.HOLDERS[name].columns)} == {}


def test_what_moves_is_found_by_an_index() -> None:
    """A merge is one writing transaction: nobody may wait for it to read a whole table."""
    for table, how in held.moving():
        leading = {next(iter(index.columns)).name for index in table.indexes}
        leading |= {next(iter(rule.columns)).name for rule in table.constraints
                    if isinstance(rule, PrimaryKeyConstraint | UniqueConstraint)}
        assert set(how.columns) <= leading, table.name


@FEW
@given(one=belongings, other=belongings, take=st.sets(st.sampled_from(merges.CHOOSABLE)))
async def test_merging_and_parting_leaves_the_base_as_it_was(
    store: Store, one: dict[str, Any], other: dict[str, Any], take: set[str],
) -> None:
    async with store.begin(keep=False) as tx:
        here = await world(tx)
        kept, absorbed = await make(tx, one, here), await make(tx, other, here)
        await relate(tx, kept, absorbed, one, here)
        await relate(tx, absorbed, kept, other, here)
        pair = (kept, absorbed)
        before = await picture(tx, pair=pair)
        merge_id = await merges.merge(tx, kept, absorbed, by="102", at=LATER, reason="same",
                                      take=take)
        assert await merges.gather(tx, merge_id) == 0, "nothing stayed behind"
        await merges.unmerge(tx, merge_id, by="102", at=LATER)
        assert await picture(tx, pair=pair) == before


@FEW
@given(one=belongings, other=belongings, third=belongings, in_chain=st.booleans())
async def test_merges_undone_in_turn_leave_the_base_as_it_was(
    store: Store, one: dict[str, Any], other: dict[str, Any], third: dict[str, Any],
    in_chain: bool,
) -> None:
    """A into B, then B into C or C into B."""
    async with store.begin(keep=False) as tx:
        here = await world(tx)
        a, b, c = [await make(tx, has, here) for has in (one, other, third)]
        kept = [await picture(tx)]
        first = await merges.merge(tx, b, a, by="102", at=LATER, reason="same")
        into, gone = (c, b) if in_chain else (b, c)
        second = await merges.merge(tx, into, gone, by="102", at=LATER, reason="same")
        for merge_id in (second, first):
            await merges.unmerge(tx, merge_id, by="102", at=LATER)
        after = await picture(tx)
        kept[0].pop("duplicate_pairs"), after.pop("duplicate_pairs")
        assert after == kept[0]


async def _two(tx: Tx, **changes: Any) -> tuple[int, int]:
    kept = await clients.create(tx, name="Ivanov Ivan", number=NUMBERS[0], by="101", at=NOW)
    absorbed = await clients.create(tx, name="Ivanof Ivan", number=NUMBERS[1], by="101", at=NOW)
    return kept, absorbed


async def _merged(tx: Tx, kept: int, absorbed: int) -> int:
    return await merges.merge(tx, kept, absorbed, by="102", at=LATER, reason="same phone")


async def _entry(tx: Tx, campaign: int, client_id: int, state: str = "not_tried") -> int:
    return int(await tx.scalar(insert(CampaignEntries).values(
        campaign_id=campaign, client_id=client_id, zones=[], state=state, since=NOW, why="x",
        facts={}).returning(CampaignEntries.id)))


async def test_whatever_led_to_the_absorbed_client_leads_to_the_kept_one(store: Store) -> None:
    async with store.begin() as tx:
        kept, absorbed = await _two(tx)
        await _merged(tx, kept, absorbed)
        assert await merges.current(tx, absorbed) == kept
        assert [one.client_id for one in await clients.candidates(tx, NUMBERS[1])] == [kept]
        for typed in ("Ivanof", NUMBERS[1], "Ivanov"):
            hits = await clients.search(tx, typed, region="RU")
            assert [hit.client_id for hit in hits] == [kept], typed


async def test_a_chain_of_merges_leads_to_its_end(store: Store) -> None:
    async with store.begin() as tx:
        a, b = await _two(tx)
        c = await clients.create(tx, name="Ivanow", by="101", at=NOW)
        await _merged(tx, b, a)
        await _merged(tx, c, b)
        assert await merges.current(tx, a) == c
        assert sorted(await merges.everybody(tx, c)) == sorted([a, b, c])


async def test_a_number_of_both_stays_once_and_is_believed_as_the_stronger(store: Store) -> None:
    async with store.begin() as tx:
        kept, absorbed = await _two(tx)
        for client_id in (kept, absorbed):
            await clients.link_phone(tx, client_id, NUMBERS[2], source="call", by="1", at=NOW)
        await identity.confirm(tx, absorbed, NUMBERS[2], by="101", at=NOW)
        await _merged(tx, kept, absorbed)
        card = await clients.card(tx, kept)
    links = {link.e164: link for link in card.phones}
    assert sorted(links) == sorted(NUMBERS)
    assert (links[NUMBERS[2]].trust, links[NUMBERS[2]].confirmed_by) == (95, "101")
    assert [link.e164 for link in card.phones if link.is_primary] == [NUMBERS[0]]


async def test_the_stricter_of_both_holds(store: Store) -> None:
    async with store.begin() as tx:
        kept, absorbed = await _two(tx)
        await tx.run(update(Clients).where(Clients.id == absorbed).values(
            flags=["do_not_call", "deceased"]))
        await restraints.suppress(tx, client_id=absorbed, e164=None, reason="complaint",
                                  by="101", at=NOW)
        await _merged(tx, kept, absorbed)
        facts = await restraints.client_facts(tx, kept)
        assert facts.flags == {"do_not_call", "deceased"}
        assert await restraints.suppressed(tx, kept, []) == {None: "complaint"}


async def test_who_asked_not_to_be_called_while_merged_is_not_called_after(store: Store) -> None:
    async with store.begin() as tx:
        kept, absorbed = await _two(tx)
        merge_id = await _merged(tx, kept, absorbed)
        await tx.run(update(Clients).where(Clients.id == kept).values(flags=["do_not_call"]))
        await restraints.suppress(tx, client_id=kept, e164=None, reason="complaint", by="101",
                                  at=LATER)
        await merges.unmerge(tx, merge_id, by="102", at=LATER)
        for client_id in (kept, absorbed):
            assert (await restraints.client_facts(tx, client_id)).flags == {"do_not_call"}
            assert await restraints.suppressed(tx, client_id, []) == {None: "complaint"}


async def _call(tx: Tx, call: str, number: str, client_id: int) -> int:
    return await interactions.upsert_call(tx, interactions.CallFacts(
        call_id=call, pbx="main", direction="in", number=number, client_id=client_id,
        started_at=LATER))


async def test_what_came_meanwhile_goes_to_whom_its_number_belongs(store: Store) -> None:
    async with store.begin() as tx:
        kept, absorbed = await _two(tx)
        merge_id = await _merged(tx, kept, absorbed)
        theirs = await _call(tx, "c1", NUMBERS[1], kept)
        mine = await _call(tx, "c2", NUMBERS[0], kept)
        nobodys = await _call(tx, "c3", "+79990000000", kept)
        about = await interactions.add_note(tx, kept, "meter", by="101", at=LATER,
                                            interaction_id=theirs)
        bare = await interactions.add_note(tx, kept, "said", by="101", at=LATER)
        await merges.unmerge(tx, merge_id, by="102", at=LATER + timedelta(hours=1))
        shown = {client_id: {(row.kind, row.ref) for row in await tx.all(
            select(Timeline.kind, Timeline.ref).where(Timeline.client_id == client_id))}
            for client_id in (kept, absorbed)}
        owner = {row.id: row.client_id for row in await tx.all(
            select(Interactions.id, Interactions.client_id))}
    assert owner == {theirs: absorbed, mine: kept, nobodys: kept}
    assert shown[absorbed] == {("call", theirs), ("note", about), ("merge", merge_id)}
    assert shown[kept] == {("call", mine), ("call", nobodys), ("note", bare),
                           ("merge", merge_id)}


async def test_what_was_changed_meanwhile_stays_changed(store: Store) -> None:
    async with store.begin() as tx:
        kept, absorbed = await _two(tx)
        await tx.run(update(Clients).where(Clients.id == absorbed).values(
            tags=["a"], custom={"plan": 1, "score": 2}))
        merge_id = await merges.merge(tx, kept, absorbed, by="102", at=LATER, reason="",
                                      take=["name"])
        await tx.run(update(Clients).where(Clients.id == kept).values(
            tags=["a", "b"], custom={"plan": 7, "score": 2, "x": 3}, language="en"))
        await identity.confirm(tx, kept, NUMBERS[1], by="101", at=LATER)
        await merges.unmerge(tx, merge_id, by="102", at=LATER)
        row = (await tx.all(select(Clients.name, Clients.tags, Clients.custom, Clients.language)
                            .where(Clients.id == kept)))[0]
        card = await clients.card(tx, absorbed)
    assert tuple(row) == ("Ivanov Ivan", ["b"], {"plan": 7, "x": 3}, "en")
    assert [(link.e164, link.is_primary, link.confirmed_by) for link in card.phones] == [
        (NUMBERS[1], True, "101")]


async def test_what_reached_the_absorbed_client_late_is_gathered(store: Store) -> None:
    async with store.begin() as tx:
        kept, absorbed = await _two(tx)
        merge_id = await _merged(tx, kept, absorbed)
        await interactions.add_note(tx, absorbed, "typed on an old screen", by="101", at=LATER)
        assert await merges.gather(tx, merge_id) > 0
        assert "note" in {item.kind for item in (await timeline.page(tx, kept)).items}
        await merges.unmerge(tx, merge_id, by="102", at=LATER)
        assert "note" in {item.kind for item in (await timeline.page(tx, absorbed)).items}


async def test_nobody_is_called_twice_on_one_list(store: Store) -> None:
    async with store.begin() as tx:
        here = await world(tx)
        kept, absorbed = await _two(tx)
        first, second = here.campaigns
        mine, theirs = await _entry(tx, first, kept), await _entry(tx, first, absorbed)
        alone = await _entry(tx, second, absorbed)
        merge_id = await _merged(tx, kept, absorbed)
        rows = {row.id: row for row in await tx.all(select(
            CampaignEntries.id, CampaignEntries.state, CampaignEntries.client_id))}
        assert (rows[mine].state, rows[theirs].state) == ("not_tried", "withdrawn")
        assert (rows[alone].state, rows[alone].client_id) == ("not_tried", kept)
        await merges.unmerge(tx, merge_id, by="102", at=LATER)
        states = await tx.all(select(CampaignEntries.state))
        assert [row.state for row in states] == ["not_tried"] * 3


async def test_who_was_reached_as_the_other_is_not_called_again(store: Store) -> None:
    async with store.begin() as tx:
        here = await world(tx)
        kept, absorbed = await _two(tx)
        mine = await _entry(tx, here.campaigns[0], kept)
        await _entry(tx, here.campaigns[0], absorbed, "paid")
        await _merged(tx, kept, absorbed)
        state = await tx.scalar(select(CampaignEntries.state).where(CampaignEntries.id == mine))
        assert state == "withdrawn"


async def test_who_is_being_called_is_not_merged(store: Store) -> None:
    async with store.begin() as tx:
        here = await world(tx)
        kept, absorbed = await _two(tx)
        entry = await _entry(tx, here.campaigns[0], absorbed, "being_tried")
        await tx.run(insert(Attempts).values(
            entry_id=entry, ordinal=1, client_id=absorbed, e164=NUMBERS[1], state="dialling",
            channel_id="ch", dialler="d", lease_until=NOW, decision={}, intent_at=NOW,
            dialling_at=NOW))
        with pytest.raises(MergeRefused) as refused:
            await _merged(tx, kept, absorbed)
    assert refused.value.code == "call_open"


async def test_impossible_merges_say_why(store: Store) -> None:
    async with store.begin() as tx:
        a, b = await _two(tx)
        c = await clients.create(tx, name="Ivanow", by="101", at=NOW)
        with pytest.raises(errors.NotFound):
            await _merged(tx, a, 4711)
        codes = []
        first = await _merged(tx, b, a)
        for kept, absorbed in ((a, a), (c, a), (a, c)):
            with pytest.raises(MergeRefused) as refused:
                await _merged(tx, kept, absorbed)
            codes.append(refused.value.code)
        assert codes == ["same_client", "already_merged", "kept_is_merged"]
        second = await _merged(tx, b, c)
        with pytest.raises(MergeRefused) as refused:
            await merges.unmerge(tx, first, by="102", at=LATER)
        assert (refused.value.code, refused.value.facts) == ("newer_merge", {"first": second})
        await merges.unmerge(tx, second, by="102", at=LATER)
        third = await _merged(tx, c, b)
        with pytest.raises(MergeRefused) as refused:
            await merges.unmerge(tx, first, by="102", at=LATER)
        assert (refused.value.code, refused.value.facts) == ("kept_was_merged",
                                                             {"first": third})
        with pytest.raises(MergeRefused) as refused:
            await merges.unmerge(tx, second, by="102", at=LATER)
        assert refused.value.code == "undone"


async def test_a_crash_in_mid_merge_leaves_nothing_half_done(
    store: Store, monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every statement of a merge may be the last one."""
    async with store.begin() as tx:
        here = await world(tx)
        kept, absorbed = await _two(tx)
        await _entry(tx, here.campaigns[0], absorbed)
        before = await picture(tx)
    run, left = Tx.run, [0]

    async def dying(self: Tx, *args: Any, **more: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise Undo
        return await run(self, *args, **more)

    for statements in range(4, 60, 7):
        left[0] = statements
        monkeypatch.setattr(Tx, "run", dying)
        with pytest.raises(Undo):
            async with store.begin() as tx:
                await _merged(tx, kept, absorbed)
        monkeypatch.setattr(Tx, "run", run)
        async with store.read() as tx:
            assert await picture(tx) == before


async def test_the_history_of_both_tells_of_merge_and_parting(store: Store) -> None:
    async with store.begin() as tx:
        kept, absorbed = await _two(tx)
        merge_id = await _merged(tx, kept, absorbed)
        first = (await timeline.page(tx, kept)).items[0]
        assert (first.kind, first.facts["absorbed_name"]) == ("merge", "Ivanof Ivan")
        assert first.facts["undone_at"] is None
        await merges.unmerge(tx, merge_id, by="103", at=LATER)
        for client_id in (kept, absorbed):
            item = (await timeline.page(tx, client_id)).items[0]
            assert (item.kind, item.facts["undone_by"]) == ("merge", "103")
        deeds = [(row.what, row.client_id) for row in await tx.all(
            select(Audit.what, Audit.client_id).order_by(Audit.id))]
        told = await merges.listing(tx, client_id=absorbed)
    assert [deed for deed in deeds if deed[0].startswith(("client.merged", "client.unm"))] == [
        ("client.merged", kept), ("client.merged", absorbed),
        ("client.unmerged", kept), ("client.unmerged", absorbed)]
    assert [(one.id, one.undone_by) for one in told] == [(merge_id, "103")]


async def test_not_the_same_as_one_is_not_the_same_as_both(store: Store) -> None:
    async with store.begin() as tx:
        kept, absorbed = await _two(tx)
        third = await clients.create(tx, name="Ivanow", by="101", at=NOW)
        await tx.run(insert(DuplicatePairs).values(
            low_id=absorbed, high_id=third, score=80, reasons=[], state="different",
            found_by="search", found_at=NOW, decided_by="101", decided_at=NOW))
        merge_id = await _merged(tx, kept, absorbed)
        pairs = await tx.all(select(DuplicatePairs.state).where(
            DuplicatePairs.low_id == kept, DuplicatePairs.high_id == third))
        assert [row.state for row in pairs] == ["different"]
        await merges.unmerge(tx, merge_id, by="102", at=LATER)
        states = {(row.low_id, row.high_id): row.state for row in await tx.all(select(
            DuplicatePairs.low_id, DuplicatePairs.high_id, DuplicatePairs.state))}
    assert states == {(absorbed, third): "different", (kept, absorbed): "different"}


async def test_marks_on_numbers_follow_the_number(store: Store) -> None:
    async with store.begin() as tx:
        kept, absorbed = await _two(tx)
        merge_id = await _merged(tx, kept, absorbed)
        mark = await restraints.suppress(tx, client_id=kept, e164=NUMBERS[1], reason="wrong",
                                         by="101", at=LATER)
        await merges.unmerge(tx, merge_id, by="102", at=LATER)
        assert await tx.scalar(select(Suppressions.client_id).where(
            Suppressions.id == mark)) == absorbed
