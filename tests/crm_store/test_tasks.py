"""Tasks: who must do what by when, told once before, at and after; late ones reach the lead."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from crm_store import clients, errors, requests, tasks, timeline
from crm_store.base import Tx
from crm_store.store import Store
from crm_store.tasks import NewTask

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
DUE = NOW + timedelta(hours=4)


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


async def made(tx: Tx, **changes: Any) -> tasks.TaskRow:
    values: dict[str, Any] = {"title": "Call back about the meter", "operator": "101",
                              "due_at": DUE, "by": "101", "at": NOW}
    return await tasks.make(tx, NewTask(**(values | changes)))


@pytest.fixture(autouse=True)
async def _groups(store: Store) -> None:
    async with store.begin() as tx:
        await requests.ensure_groups(tx, {"billing": "Billing", "metering": "Metering"})


async def test_a_task_is_told_before_at_and_after_each_once(store: Store) -> None:
    async with store.begin() as tx:
        task = await made(tx, remind=(-60, 0, 30))
    told = []
    for at in range(0, 330, 10):
        async with store.begin() as tx:
            told += [(at, one.is_late) for one in await tasks.tell_due(tx, NOW + minutes(at))]
    assert told == [(180, False), (240, True), (270, False)]
    async with store.read() as tx:
        row = await tasks.one(tx, task.id)
    assert (row.told_at, row.late_at) == (NOW + minutes(270), DUE)


async def test_what_fell_due_while_nobody_looked_is_told_once_and_together(store: Store) -> None:
    async with store.begin() as tx:
        task = await made(tx, remind=(-60, 0))
    async with store.begin() as tx:
        [told] = await tasks.tell_due(tx, DUE + timedelta(days=1))
        assert (told.task.id, told.is_late, told.is_reminder) == (task.id, True, True)
    async with store.begin() as tx:
        assert await tasks.tell_due(tx, DUE + timedelta(days=2)) == []


async def test_two_servers_never_tell_the_same_reminder_twice(store: Store) -> None:
    async with store.begin() as tx:
        for _ in range(20):
            await made(tx)

    async def tell() -> list[tasks.Told]:
        async with store.begin() as tx:
            return await tasks.tell_due(tx, DUE, limit=7)
    async with asyncio.TaskGroup() as group:
        works = [group.create_task(tell()) for _ in range(6)]
    told = [one for work in works for one in work.result()]
    while more := await tell():
        told += more
    assert sum(one.is_reminder for one in told) == sum(one.is_late for one in told) == 20


async def test_who_is_done_is_not_reminded_and_who_reopens_is_again(store: Store) -> None:
    async with store.begin() as tx:
        task = await made(tx, remind=(-60, 0))
        await tasks.finish(tx, task.id, by="101", at=NOW, note="said yes")
        assert await tasks.tell_due(tx, DUE) == []
        with pytest.raises(tasks.AlreadyDone):
            await tasks.finish(tx, task.id, by="102", at=NOW)
        reopened = await tasks.reopen(tx, task.id, by="109", at=NOW + minutes(1))
        assert reopened.done_at is None
        with pytest.raises(tasks.NotDone):
            await tasks.reopen(tx, task.id, by="109", at=NOW)
        assert [one.is_late for one in await tasks.tell_due(tx, DUE)] == [True]
    async with store.read() as tx:
        history = await tasks.events(tx, task.id)
    assert [(one.kind, one.by) for one in history] == [
        ("made", "101"), ("done", "101"), ("reopened", "109"), ("reminded", tasks.CLOCK),
        ("late", tasks.CLOCK)]
    assert history[1].note == "said yes"


async def test_another_date_plans_the_reminders_anew(store: Store) -> None:
    later = DUE + timedelta(days=1)
    async with store.begin() as tx:
        task = await made(tx, remind=(0,))
        await tasks.tell_due(tx, DUE)
        moved = await tasks.reschedule(tx, task.id, due_at=later, by="101", at=DUE + minutes(1))
        assert (moved.due_at, moved.told_at, moved.late_at) == (later, None, None)
        assert await tasks.tell_due(tx, later - minutes(1)) == []
        assert len(await tasks.tell_due(tx, later)) == 1


async def test_a_moment_that_has_passed_already_is_not_told(store: Store) -> None:
    async with store.begin() as tx:
        await made(tx, remind=(-24 * 60, 0))
        assert await tasks.tell_due(tx, NOW + minutes(5)) == []


async def test_a_task_goes_from_hand_to_hand_and_its_history_says_so(store: Store) -> None:
    async with store.begin() as tx:
        task = await made(tx)
        handed = await tasks.hand_over(tx, task.id, operator=None, group="metering", by="101",
                                       at=NOW, note="not mine")
        assert (handed.operator, handed.group, handed.group_name) == (
            None, "metering", "Metering")
        with pytest.raises(errors.Conflict):
            await tasks.hand_over(tx, task.id, operator=None, group=None, by="101", at=NOW)


async def test_a_group_that_is_not_there_is_refused(store: Store) -> None:
    with pytest.raises(errors.Conflict):
        async with store.begin() as tx:
            await made(tx, group="nobody")


async def test_the_timeline_of_the_client_tells_of_it(store: Store) -> None:
    async with store.begin() as tx:
        client_id = await clients.create(tx, name="Ivanov", by="101", at=NOW)
        task = await made(tx, client_id=client_id)
        await tasks.finish(tx, task.id, by="101", at=DUE)
        page = await timeline.page(tx, client_id, kinds=("task",))
    [item] = page.items
    assert item.key == f"task:{task.id}"
    assert (item.facts["title"], item.facts["done_at"]) == (task.title, DUE.isoformat())


async def test_everybody_is_listed_what_he_may_see(store: Store) -> None:
    async with store.begin() as tx:
        mine = await made(tx, by="109")
        group = await made(tx, operator=None, group="billing", by="109")
        given = await made(tx, operator="104", by="101")
        await made(tx, operator="104", by="109")
        seen, _ = await tasks.page(tx, visible_to=tasks.Sight("101", ("billing",)))
        assert {row.id for row in seen} == {mine.id, group.id, given.id}
        everything, _ = await tasks.page(tx, visible_to=None)
        assert len(everything) == 4
        of_104, _ = await tasks.page(tx, visible_to=None, operator="104")
        assert len(of_104) == 2


@pytest.mark.parametrize("done", [False, True])
async def test_pages_bring_every_task_once(store: Store, done: bool) -> None:
    async with store.begin() as tx:
        for place in range(7):
            task = await made(tx, due_at=DUE + minutes(place // 3))
            if done:
                await tasks.finish(tx, task.id, by="101", at=NOW + minutes(place // 3))
        seen: list[int] = []
        cursor: str | None = None
        while True:
            rows, cursor = await tasks.page(tx, visible_to=None, done=done, cursor=cursor, limit=3)
            seen += [row.id for row in rows]
            if cursor is None:
                break
    assert len(seen) == len(set(seen)) == 7


@given(st.lists(st.integers(-43_200, 43_200), max_size=5, unique=True), st.integers(-600, 600))
def test_plans_lie_ahead_and_the_lead_is_told_exactly_once(
    remind: list[int], left: int
) -> None:
    due = NOW + minutes(left)
    plan = tasks.plan(due, remind, NOW)
    assert [kind for kind, _ in plan].count("late") == 1
    assert all(at > NOW for kind, at in plan if kind == "remind")
    assert {at for kind, at in plan if kind == "remind"} == {
        due + minutes(count) for count in remind if due + minutes(count) > NOW}


_DUE = "select id from task_reminders where told_at is null and due_at <= {at} order by due_at"
HOT = {
    "what is due": _DUE,
    "all open": "select id from tasks where done_at is null order by due_at, id limit 50",
    "one's own": "select id from tasks where operator = '101' and done_at is null",
    "a group's": "select id from tasks where group_id = 'billing' and done_at is null",
    "a client's": "select id from tasks where client_id = 7",
    "its history": "select id from task_events where task_id = 7 order by id",
}


@pytest.mark.parametrize("name", HOT)
async def test_hot_statements_use_an_index(store: Store, name: str) -> None:
    async with store.begin() as tx:
        await made(tx)
        if tx.dialect == "sqlite":
            sql = HOT[name].format(at=1_764_000_000_000_000)
            rows = [str(row[3]) for row in await tx.all(text(f"explain query plan {sql}"))]
            assert not [row for row in rows if row.startswith("SCAN") and "INDEX" not in row], rows
        else:
            await tx.run(text("set local enable_seqscan = off"))
            sql = HOT[name].format(at="now()")
            rows = [str(row[0]) for row in await tx.all(text(f"explain {sql}"))]
            assert not [row for row in rows if "Seq Scan" in row], rows
