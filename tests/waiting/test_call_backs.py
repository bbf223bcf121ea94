"""Call-backs on a real base: one for a person, dialled once, in the order of arrival."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crm_store import callbacks, clients
from crm_store.base import Tx
from crm_store.callbacks import Asked, Callback, Rule
from crm_store.store import Store
from cti.changes import CallAnswered, CallEnded, CallQueued
from tests.waiting.conftest import NOON, settings_of
from tests.workstation.office import Office, add_client, open_office
from workstation.waiting import announcing, calling
from workstation.waiting.announcing import Waiter
from workstation.waiting.calling import CallBacks
from workstation.waiting.waits import CALL_BACK

NUMBER, SECOND = "+79161234567", "+79161234568"
RULE = Rule(tries=2, again_after=timedelta(minutes=15))


def asked(number: str = NUMBER, *, ago_s: int = 60, client_id: int | None = None,
          queue: str = "billing") -> Asked:
    return Asked(queue=queue, entry="74951200000", number=number, client_id=client_id,
                 call_id=None, source="queue", language="en",
                 arrived_at=NOON - timedelta(seconds=ago_s), at=NOON)


def change(kind: type[Any], call: str, number: str = NUMBER, direction: str = "in",
           **more: Any) -> Any:
    dialled = number if direction == "out" else "+74951200000"
    return kind(at=NOON, call=call, pbx="main", direction=direction,
                caller_number=number if direction == "in" else "", caller_name="",
                dialled_number=dialled, channel="PJSIP/trunk-1", **more)


def ended(call: str, outcome: str) -> CallEnded:
    made: CallEnded = change(
        CallEnded, call, direction="out", outcome=outcome, cause=0, ended_by="client",
        operator=None, queue=None, started_at=NOON, answered_at=None, waited_s=0.0, talked_s=0.0,
        held_s=0.0)
    return made


async def line(store: Store) -> list[Callback]:
    async with store.read() as tx:
        return await callbacks.line(tx)


async def put(store: Store, *tokens: Asked) -> list[int]:
    async with store.begin() as tx:
        return [(await callbacks.ask(tx, one))[0] for one in tokens]


async def test_a_person_has_one_token_with_the_moment_at_which_he_first_came(
    store: Store,
) -> None:
    async with store.begin() as tx:
        ivan = await clients.create(tx, name="Ivan Ivanov", number=NUMBER, by="test", at=NOON,
                                    source="test")
    first, second, third = await put(
        store, asked(client_id=ivan, ago_s=600), asked(ago_s=30),
        asked("+79990000000", client_id=ivan, ago_s=10))
    assert first == second == third
    found, = await line(store)
    assert (found.number, found.client_name) == ("+79990000000", "Ivan Ivanov")
    assert found.arrived_at == NOON - timedelta(seconds=600)


async def test_a_dial_is_begun_once_and_claimed_once(office: Office) -> None:
    token, = await put(office.store, asked())

    async def twice(tx: Tx) -> tuple[int | None, int | None]:
        return await callbacks.begin(tx, token, at=NOON), await callbacks.begin(tx, token, at=NOON)
    async with office.store.begin() as tx:
        dial, none = await twice(tx)
    assert (dial is not None, none) == (True, None)
    assert dial is not None
    claimed = await calling.claim(office.desk, dial)
    assert claimed is not None
    assert claimed.number == NUMBER
    assert await calling.claim(office.desk, dial) is None
    assert await calling.claim(office.desk, dial + 1) is None


async def test_who_is_not_there_is_called_again_by_rule_and_then_given_up(store: Store) -> None:
    token, = await put(store, asked())
    for left in (1, 0):
        async with store.begin() as tx:
            dial = await callbacks.begin(tx, token, at=NOON)
            assert dial is not None
            assert await callbacks.claim(tx, dial, at=NOON) is not None
            assert await callbacks.missed(tx, dial, "no_answer", RULE, at=NOON)
            assert not await callbacks.missed(tx, dial, "no_answer", RULE, at=NOON)
        found = await line(store)
        assert len(found) == left
    async with store.read() as tx:
        over, = await callbacks.recent(tx, NOON)
    assert (over.state, over.why, over.tries) == ("exhausted", "no_answer", 2)


async def test_a_dial_that_was_never_claimed_is_no_try_and_is_not_dialled_later(
    office: Office,
) -> None:
    token, = await put(office.store, asked())
    async with office.store.begin() as tx:
        dial = await callbacks.begin(tx, token, at=NOON - timedelta(minutes=2))
    assert dial is not None
    await CallBacks(office.desk).tidy()             # as after a restart
    found, = await line(office.store)
    assert (found.state, found.tries) == ("waiting", 0)
    assert await calling.claim(office.desk, dial) is None


async def test_a_dial_of_which_nobody_knows_counts_as_made(office: Office) -> None:
    token, = await put(office.store, asked())
    long_ago = NOON - timedelta(minutes=10)
    async with office.store.begin() as tx:
        dial = await callbacks.begin(tx, token, at=long_ago)
        assert dial is not None
        await callbacks.claim(tx, dial, at=long_ago)
    await CallBacks(office.desk).tidy()
    found, = await line(office.store)
    assert (found.state, found.tries, found.why) == ("waiting", 1, "unknown")
    assert found.not_before == NOON + timedelta(minutes=15)


async def test_he_pressed_the_key_and_waits_in_the_queue_so_his_token_is_done(
    office: Office,
) -> None:
    token, = await put(office.store, asked())
    async with office.store.begin() as tx:
        dial = await callbacks.begin(tx, token, at=NOON)
    calls = CallBacks(office.desk)
    call = f"{CALL_BACK}{dial}"
    await calls.take(change(CallQueued, call, direction="out", queue="billing", position=1))
    await calls.take(ended(call, "answered"))
    assert await line(office.store) == []
    assert office.desk.waits.arrived[call] == NOON - timedelta(seconds=60)


@pytest.mark.parametrize(("outcome", "why"), [("busy", "busy"), ("abandoned", "unconfirmed")])
async def test_a_call_that_reached_nobody_is_a_try(
    office: Office, outcome: str, why: str,
) -> None:
    token, = await put(office.store, asked())
    async with office.store.begin() as tx:
        dial = await callbacks.begin(tx, token, at=NOON)
    await CallBacks(office.desk).take(ended(f"{CALL_BACK}{dial}", outcome))
    found, = await line(office.store)
    assert (found.state, found.why) == ("waiting", why)


@pytest.mark.parametrize(("kind", "more", "state"), [
    (CallQueued, {"queue": "billing", "position": 1}, "withdrawn"),
    (CallAnswered, {"operator": "101", "queue": None, "operator_channel": "x"}, "served")])
async def test_who_calls_again_or_was_served_is_not_called_back(
    office: Office, kind: type[Any], more: dict[str, Any], state: str,
) -> None:
    await put(office.store, asked(), asked(SECOND))
    calls = CallBacks(office.desk)
    await calls.dial_due()                  # nobody is signed in: nothing is dialled
    await calls.take(change(kind, "17.1", **more))
    found, = await line(office.store)
    assert found.number == SECOND
    async with office.store.read() as tx:
        over, = await callbacks.recent(tx, NOON)
    assert (over.number, over.state) == (NUMBER, state)


async def test_who_calls_again_has_the_place_of_his_token(office: Office) -> None:
    await put(office.store, asked(ago_s=900), asked(SECOND, ago_s=300))
    told = await announcing.announced(office.desk, Waiter(
        queue="billing", moment="before", arrived_at=NOON, number=NUMBER, is_sent=False))
    assert told["SINCE"] == str(int((NOON - timedelta(seconds=900)).timestamp()))
    assert (told["PLACE"], told["SAY"], told["WAIT_MIN"]) == ("1", "yes", "")
    later = await announcing.announced(office.desk, Waiter(
        queue="billing", moment="before", arrived_at=NOON, number=None, is_sent=False))
    assert (later["PLACE"], later["OFFERED"]) == ("3", "yes")


async def test_leads_see_who_is_to_be_called_back_by_name_and_others_do_not(
    office: Office,
) -> None:
    ivan = await add_client(office, "Ivan Ivanov", NUMBER)
    token, _ = await put(office.store, asked(client_id=ivan), asked(SECOND, ago_s=10))
    async with office.screen("sofia") as lead, office.screen("anna") as anna:
        shown = (await lead.ask("waiting.show")).result
        assert shown is not None
        assert [(one["client_name"], one["place"]) for one in shown["callbacks"]] == [
            ("Ivan Ivanov", 1), ("", 2)]
        assert (await anna.ask("waiting.show")).problem is not None
        assert (await lead.ask("callback.withdraw", id=token, why="by mail")).problem is None
        assert (await lead.ask("callback.withdraw", id=token, why="again")).problem is not None
    assert [one.number for one in await line(office.store)] == [SECOND]


async def test_the_web_form_gives_a_place_in_line_once_the_number_is_confirmed(
    tmp_path: Path,
) -> None:
    settings = settings_of(tmp_path, call_back={"web_queue": "billing"}, requests={
        "web_form": {"on": True, "seconds": 0}})
    async with open_office(tmp_path, clock=lambda: NOON, settings=settings) as office:
        url = f"{office.url}/form/call-back?lang=en"

        async def send(**fields: str) -> tuple[int, str]:
            page = await (await office.http.get(url)).text()
            seal = re.search(r'name="seal" value="([^"]+)"', page)
            assert seal is not None
            answer = await office.http.post(url, data={"seal": seal[1]} | fields)
            return answer.status, await answer.text()
        assert (await send(contact="+1 900 555 0100"))[0] == 422
        status, page = await send(contact="8 (916) 123-45-67")
        assert (status, NUMBER in page) == (200, True)
        assert await line(office.store) == []
        assert (await send(contact=NUMBER, confirmed=NUMBER))[0] == 201
        found, = await line(office.store)
        assert (found.number, found.source, found.entry) == (NUMBER, "web", "74951200000")
        assert (await office.http.get(f"{office.url}/form/call-back?lang=ru")).status == 200
