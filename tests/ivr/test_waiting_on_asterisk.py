"""Two stories on a real Asterisk, with the server and the menu server: a caller who gives up
waiting and not his place, and an incident that only its street hears of."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert

from crm_store import callbacks, clients, incidents
from crm_store.store import Store
from crm_store.tables.billing import Accounts, Addresses
from cti.pbx.find import Program
from cti.pbx.plan import QueuePlan, WorldPlan
from ivr.menu_file import parse
from ivr.plan import IvrPlan
from tests.ivr.conftest import NOW, QUEUES, STRANGER, Serving
from tests.pbx.fixtures import ENTRY, PrivatePbx, private_pbx
from tests.pbx.manager import Manager, manager
from tests.pbx.phones import phone
from tests.workstation.office import Office
from tests.workstation.test_real_calls import ready, settings_for, states, working

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(300)]
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
IVAN, ANNA = "+79161234501", "+79161234502"     # the world answers for numbers that end so
AT_ONCE = """
id = "main"
start = "look"
operator = "queue"
[steps.look]
do = "look_up"
what = "client_by_number"
found = "area"
not_found = "queue"
failed = "queue"
[steps.area]
do = "branch"
on = "incident"
when = { street = "note" }
otherwise = "queue"
[steps.note]
do = "look_up"
what = "note_incident"
found = "told"
not_found = "queue"
failed = "queue"
[steps.told]
do = "say"
say = ["incident_street"]
next = "queue"
[steps.queue]
do = "queue"
queue = "default"
"""
NO_KEY = """
id = "called_back"
start = "hello"
operator = "queue"
[steps.hello]
do = "say"
say = ["goodbye"]
next = "queue"
[steps.queue]
do = "queue"
queue = "default"
"""


@pytest.fixture(scope="module")
def telling_pbx(asterisk: Program) -> Iterator[PrivatePbx]:
    """Nobody is told again while he waits: on a slow machine, too, each is where he was."""
    world = WorldPlan(colleagues=("103",), debtor_answers_s=(1, 1), debtor_talks_s=280,
                      colleague_answers_s=(1, 1), colleague_talks_s=(3, 3))
    with private_pbx(asterisk, menu_limit_s=120, tells_line=True, world=world,
                     queues=tuple(QueuePlan(id=one) for one in QUEUES)) as one:
        yield one


@pytest.fixture
def plan_there(ivr_plan: IvrPlan, telling_pbx: PrivatePbx) -> IvrPlan:
    """Menus that lead to the queue at once, so that only waiting takes time."""
    own = {name: parse(text, ivr_plan.known) for name, text in (
        ("main", AT_ONCE), ("called_back", NO_KEY))}
    return replace(ivr_plan, port=telling_pbx.ports.agi_menu, menus={**ivr_plan.menus, **own})


@asynccontextmanager
async def centre(
    pbx: PrivatePbx, plan: IvrPlan, serve_plan: Serving, folder: Path,
) -> AsyncIterator[tuple[Office, Manager]]:
    settings = settings_for(pbx, folder, store={"url": plan.store_url}, queue=[
        {"id": one, "name": one, "wrap_up_s": 600} for one in QUEUES])
    async with (working(settings) as office, serve_plan(plan), manager(
            pbx.ports.ami, "observer", pbx.password("ami:observer")) as observer):
        yield office, observer


def step(name: str) -> Callable[[dict[str, str]], bool]:
    return lambda event: event.get("Step") == name


async def test_a_caller_hears_his_place_asks_to_be_called_back_and_is_called_in_turn(
    telling_pbx: PrivatePbx, plan_there: IvrPlan, serve_plan: Serving, tmp_path: Path,
) -> None:
    sip = telling_pbx.ports.sip
    async with (centre(telling_pbx, plan_there, serve_plan, tmp_path / "s") as (office, observer),
                ready(office, "vera") as vera, phone(tmp_path, sip, IVAN, tone_hz=0) as ivan):
        await telling_pbx.world_originate(talk_s=60)        # somebody whom Vera talks with first
        await vera.until(lambda views: "wrap_up" in states(views))
        await ivan.dial(ENTRY, sip)
        await observer.wait("DesklineMenu", where=step("told_next"), limit_s=30)
        first = await observer.wait("QueueCallerJoin", where=of(IVAN), limit_s=30)
        await telling_pbx.world_originate("listen", caller_number=STRANGER, talk_s=280)
        await observer.wait("DesklineMenu", where=step("told_place"), limit_s=30)
        later = await observer.wait("QueueCallerJoin", where=of(STRANGER), limit_s=30)
        assert (first["Position"], later["Position"]) == ("1", "2")
        await ivan.digits("1")                              # while he waits
        await observer.wait("DesklineMenu", where=step("all_choices"), limit_s=30)
        await ivan.digits("1")
        await observer.wait("DesklineMenu", where=step("confirm"), limit_s=30)
        await ivan.digits("1")
        await observer.wait("DesklineMenu", where=step("kept"), limit_s=30)
        again = await observer.wait(
            "QueueCallerJoin", where=lambda event: event["Linkedid"].startswith("deskline-cb-"),
            limit_s=60)
        assert (again["Position"], again["Count"]) == ("1", "2")    # before who came later
        assert await settled(office.store) == [(IVAN, "called_back", 1)]
        done = next(one for one in vera.conversations if one["state"] == "wrap_up")
        assert (await vera.ask("conversation.finish", conversation=done["id"], note="done",
                               disposition="resolved")).problem is None
        taken = await observer.wait("AgentConnect", limit_s=30, nth=2)  # after the first caller
        assert taken["CallerIDNum"] == IVAN


async def settled(store: Store) -> list[tuple[str, str, int]]:
    """Whose call-backs are over, and why, once there are any."""
    async with asyncio.timeout(30):
        while True:
            async with store.read() as tx:
                if found := await callbacks.recent(tx, LONG_AGO):
                    return [(one.number, one.why, one.tries) for one in found]
            await asyncio.sleep(0.05)


def of(number: str) -> Callable[[dict[str, str]], bool]:
    return lambda event: event.get("CallerIDNum") == number


async def test_only_callers_of_the_street_hear_of_an_incident_and_are_linked_to_it(
    telling_pbx: PrivatePbx, plan_there: IvrPlan, serve_plan: Serving, tmp_path: Path,
) -> None:
    async with centre(telling_pbx, plan_there, serve_plan, tmp_path / "s") as (office, observer):
        ivan = await living(office.store, IVAN, "Lenina st.")
        await living(office.store, ANNA, "Gogolya st.")
        async with office.store.begin() as tx:
            incident = await incidents.propose(tx, "Samara", "Lenina st.", at=NOW)
            assert incident is not None
            await incidents.decide(tx, incident, "open", note="", by="test", at=NOW)
        async with asyncio.TaskGroup() as calls:
            for number in (ANNA, IVAN):
                calls.create_task(telling_pbx.world_originate(
                    "listen", caller_number=number, talk_s=60))
        told = await observer.wait("DesklineMenu", where=step("told"), limit_s=30)
        assert told["CallerIDNum"] == IVAN
        for number in (ANNA, IVAN):
            await observer.wait("QueueCallerJoin", where=of(number), limit_s=60)
        assert len(observer.seen("DesklineMenu", step("told"))) == 1
        async with office.store.read() as tx:
            linked = await incidents.callers(tx, incident)
    assert [one.client_id for one in linked] == [ivan]
    await asyncio.to_thread(telling_pbx.hang_up_everything)


async def living(store: Store, number: str, street: str) -> int:
    async with store.begin() as tx:
        client = await clients.create(tx, name=street, number=number, by="billing", at=NOW,
                                      source="billing")
        address = await tx.scalar(insert(Addresses).values(
            city="Samara", street=street, house="1", search_key="x").returning(Addresses.id))
        await tx.run(insert(Accounts).values(
            number=f"4009{client:04d}", client_id=client, address_id=address, balance_minor=0,
            currency="RUB", balance_at=NOW, opened_on=date(2020, 1, 1)))
    return client
