"""Tasks as people meet them: made in one step, told when due, seen by those they concern."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cti.changes import CallAnswered
from tests.workstation.office import Office, Screen, add_client, open_office, settings_in
from workstation import reminders
from workstation.actions.tasks import show_all
from workstation.policy import Person
from workstation.views import moment

SOFIA = Person(id=9, operator="109", login="sofia", name="Sofia", role="supervisor",
               groups=frozenset(), queues=(), locale="en")


class Clock:
    """The company's time, moved by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def ahead(self, **stretch: int) -> str:
        return moment(self.now + timedelta(**stretch))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def office(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
                 ) -> AsyncIterator[Office]:
    monkeypatch.setattr("workstation.reminders.BEAT_S", 0.05)
    async with open_office(tmp_path, clock=clock) as opened:
        yield opened


def tasks(screen: Screen) -> list[dict[str, Any]]:
    return sorted(screen.views["tasks"].values(), key=lambda view: int(view["id"]))


async def make(screen: Screen, clock: Clock, **args: Any) -> dict[str, Any]:
    wanted = {"title": "Call back", "due_at": clock.ahead(hours=2), **args}
    reply = await screen.ask("task.make", **wanted)
    assert reply.problem is None, reply.problem
    made: dict[str, Any] = reply.result["task"]
    return made


async def test_a_task_is_on_the_screens_of_those_it_concerns(office: Office, clock: Clock) -> None:
    async with office.screen("anna") as anna, office.screen("boris") as boris, \
            office.screen("sofia") as sofia:
        own = await make(anna, clock)
        for_boris = await make(anna, clock, operator="102")
        for_all = await make(anna, clock, group="billing")
        await boris.until(lambda views: len(views["tasks"]) == 2)
        await sofia.until(lambda views: len(views["tasks"]) == 3)
        assert {view["id"] for view in tasks(boris)} == {for_boris["id"], for_all["id"]}
        assert [own["operator"], for_all["operator"]] == ["101", None]
        assert len(tasks(anna)) == 3     # those he gave are his to follow


async def test_a_task_from_the_conversation_knows_its_client(office: Office, clock: Clock) -> None:
    client = await add_client(office, "Ivanov Ivan", "+79161234567")
    await office.play("inbound/answered_caller_hangs_up",
                      until=lambda change: isinstance(change, CallAnswered))
    async with office.screen("anna") as anna:
        await anna.until(lambda views: bool(views["conversations"]))
        talk = anna.conversations[0]
        await anna.ask("conversation.choose", conversation=talk["id"], client_id=client)
        made = await make(anna, clock, conversation=talk["id"], title="Send the act")
        assert (made["client_id"], made["client_name"]) == (client, "Ivanov Ivan")
        await anna.until(lambda views: any(
            item["kind"] == "task" for view in views["conversations"].values()
            for item in view["timeline"]))


async def test_it_is_told_when_due_and_the_lead_when_late(office: Office, clock: Clock) -> None:
    async with office.screen("anna") as anna, office.screen("sofia") as sofia:
        made = await make(anna, clock, remind=[-30, 60])
        clock.now += timedelta(minutes=91)
        await anna.until(lambda views: any(view["told_at"] for view in views["tasks"].values()))
        assert tasks(anna)[0]["late"] is False
        clock.now += timedelta(minutes=30)
        await sofia.until(lambda views: any(view["late_at"] for view in views["tasks"].values()))
        late = tasks(sofia)[0]
        assert (late["id"], late["late"], late["leads"]) == (made["id"], True, ["109"])


async def test_a_restart_neither_loses_nor_repeats_a_reminder(
    tmp_path: Path, clock: Clock
) -> None:
    settings = settings_in(tmp_path)
    async with open_office(tmp_path, clock=clock, settings=settings) as office, \
            office.screen("anna") as anna:
        await make(anna, clock, remind=[-30])
    clock.now += timedelta(minutes=100)         # it falls due while nobody serves
    async with open_office(tmp_path, clock=clock, settings=settings) as office, \
            office.screen("anna") as anna:
        await anna.until(lambda views: any(view["told_at"] for view in views["tasks"].values()))
        assert await reminders.tell_due(office.desk) == 0
        told = (await anna.ask("task.history", id=tasks(anna)[0]["id"])).result["events"]
    assert [event["kind"] for event in told] == ["made", "reminded"]


async def test_done_disappears_and_comes_back_when_reopened(office: Office, clock: Clock) -> None:
    async with office.screen("anna") as anna, office.screen("sofia") as sofia:
        made = await make(anna, clock)
        await sofia.until(lambda views: len(views["tasks"]) == 1)
        await anna.ask("task.done", id=made["id"], note="said yes")
        await sofia.until(lambda views: not views["tasks"])
        done = (await anna.ask("task.list", done=True)).result["tasks"]
        assert [task["id"] for task in done] == [made["id"]]
        again = await anna.ask("task.done", id=made["id"])
        assert again.problem is not None
        assert again.problem.code == "task_done"
        assert (await sofia.ask("task.reopen", id=made["id"], note="not really")).problem is None
        await anna.until(lambda views: len(views["tasks"]) == 1)


async def test_who_hands_a_task_over_sees_it_no_more_unless_he_gave_it(
    office: Office, clock: Clock
) -> None:
    async with office.screen("anna") as anna, office.screen("sofia") as sofia:
        made = await make(sofia, clock, operator="101")
        await anna.until(lambda views: len(views["tasks"]) == 1)
        reply = await anna.ask("task.hand_over", id=made["id"], operator="102", note="his client")
        assert reply.result["task"]["operator"] == "102"
        await anna.until(lambda views: not views["tasks"])
        assert len(tasks(sofia)) == 1
        gone = await anna.ask("task.done", id=made["id"])
        assert gone.problem is not None
        assert gone.problem.code == "not_found"


@pytest.mark.parametrize(("args", "code"), [
    ({"title": "   "}, "title_missing"), ({"title": "x" * 201}, "title_missing"),
    ({"due_at": "tomorrow"}, "no_date"), ({"due_at": "2026-11-23T10:00:00"}, "no_date"),
    ({"due_at": "0001-01-01T00:00:00+14:00"}, "date_unusable"),
    ({"due_at": "9999-12-31T23:59:59-14:00"}, "date_unusable"),
    ({"due_at": "2026-11-22T09:00:00Z"}, "date_unusable"),
    ({"due_at": "2200-01-01T00:00:00Z"}, "date_unusable"),
    ({"operator": "999"}, "unknown_operator"), ({"group": "pirates"}, "unknown_group"),
    ({"remind": [1, 2, 3, 4, 5, 6]}, "reminders_unusable"),
    ({"remind": [10**12]}, "reminders_unusable"), ({"note": "x" * 2001}, "too_long"),
    ({"client_id": 999}, "not_found"), ({"request_id": 999}, "not_found"),
    ({"client_id": 2**70}, "unreadable"), ({"conversation": 7}, "not_found"),
    ({"client_id": -1}, "unreadable"), ({"colour": "red"}, "unreadable")])
async def test_what_cannot_be_a_task_is_refused_with_the_reason(
    office: Office, clock: Clock, args: dict[str, Any], code: str
) -> None:
    async with office.screen("anna") as anna:
        reply = await anna.ask(
            "task.make", **({"title": "Call", "due_at": clock.ahead(hours=1)} | args))
        assert reply.problem is not None
        assert reply.problem.code == code
        assert not tasks(anna)


async def test_a_picture_of_all_tasks_never_takes_a_new_one_away(
    office: Office, clock: Clock
) -> None:
    async with office.screen("anna") as anna:
        for count in range(1, 16):
            async with asyncio.TaskGroup() as group:
                group.create_task(show_all(office.desk))
                group.create_task(make(anna, clock))
            assert len(office.desk.board.seen_by(SOFIA, ("tasks",))["tasks"]) == count


async def test_hostile_words_stay_words(office: Office, clock: Clock) -> None:
    title = "<img src=x onerror=alert(1)>\x00\x1b[2J ‮ '; drop table tasks; --"
    async with office.screen("anna") as anna:
        made = await make(anna, clock, title=title)
        assert "<img src=x" in made["title"]
        assert "\x00" not in made["title"]


async def test_the_api_pages_tasks_and_does_what_the_screen_does(
    office: Office, clock: Clock
) -> None:
    bearer = await office.bearer("sofia")
    url = f"{office.url}/api/v1/tasks"
    for title in ("one", "two", "three"):
        answer = await office.http.post(url, headers=bearer, json={
            "title": title, "due_at": clock.ahead(hours=3), "operator": "101"})
        assert answer.status == 201
    first = (await answer.json())["id"]
    seen, cursor = [], ""
    while cursor is not None:
        page = await (await office.http.get(url, headers=bearer, params={
            "limit": "2", "operator": "101", **({"cursor": cursor} if cursor else {})})).json()
        seen += [task["title"] for task in page["items"]]
        cursor = page["cursor"]
    assert seen == ["one", "two", "three"]
    moved = await office.http.post(f"{url}/{first}/reschedule", headers=bearer,
                                   json={"due_at": clock.ahead(days=2)})
    assert (await moved.json())["due_at"] == clock.ahead(days=2)
    assert (await office.http.post(f"{url}/{first}/done", headers=bearer,
                                   json={"note": "ok"})).status == 200
    told = await (await office.http.get(f"{url}/{first}/history", headers=bearer)).json()
    assert [event["kind"] for event in told["events"]] == ["made", "moved", "done"]


async def test_another_groups_task_is_not_there_for_an_operator(
    tmp_path: Path, clock: Clock
) -> None:
    settings = settings_in(tmp_path)
    anna, *others = settings.operator
    alone = anna.model_copy(update={"groups": ("outages",)})
    settings = settings.model_copy(update={"operator": (alone, *others)})
    async with open_office(tmp_path, clock=clock, settings=settings) as office, \
            office.screen("sofia") as sofia, office.screen("anna") as narrow:
        made = await make(sofia, clock, group="metering")
        bearer = await office.bearer("anna")
        answer = await office.http.get(f"{office.url}/api/v1/tasks/{made['id']}", headers=bearer)
        assert answer.status == 404
        assert (await narrow.ask("task.list")).result["tasks"] == []
