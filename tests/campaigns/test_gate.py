"""The claim gate: once, in time, lawful; asked as Asterisk asks."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from campaigns import gate, picking, steering
from campaigns.coverage import State
from campaigns.gate import GatePlan, Pass, Refusal
from campaigns.rule_files import rule_set
from crm_store import campaigns as rows
from crm_store import claims, restraints
from crm_store.claims import AttemptRow
from crm_store.store import Store
from cti.agi import serve
from tests.campaigns.conftest import make_campaign
from tests.campaigns.exchange import GATE, START

NUMBER = "+79160000001"


async def _intend(store: Store, law: str = "rehearsal") -> AttemptRow:
    campaign_id = await make_campaign(store, [[NUMBER]], law=[law])
    lease = picking.Lease("test", START + timedelta(seconds=10), "t1")
    async with store.begin() as tx:
        return (await picking.pick(tx, await rows.get(tx, campaign_id), rule_set([law]), lease,
                                   wanted=1, now=START))[0]


async def _claim(store: Store, attempt: int, after_s: float = 1,
                 plan: GatePlan = GATE) -> Pass | Refusal:
    async with store.begin() as tx:
        return await gate.claim(tx, attempt, plan, now=START + timedelta(seconds=after_s))


async def test_attempt_passes_once(store: Store) -> None:
    attempt = await _intend(store)
    first, second = await _claim(store, attempt.id), await _claim(store, attempt.id)
    assert first == Pass(NUMBER, "collection", GATE.caller_id, 30)
    assert second == Refusal("attempt_is_dialling")


async def test_of_many_at_once_one_passes(store: Store) -> None:
    attempt = await _intend(store)
    async with asyncio.TaskGroup() as tasks:
        asked = [tasks.create_task(_claim(store, attempt.id)) for _ in range(6)]
    assert sum(isinstance(task.result(), Pass) for task in asked) == 1


async def test_claim_after_the_lease_is_refused(store: Store) -> None:
    attempt = await _intend(store)
    assert await _claim(store, attempt.id, after_s=11) == Refusal("not_wanted_any_more")
    assert await _claim(store, 999) == Refusal("no_such_attempt")


async def test_law_is_asked_again_at_the_gate(store: Store) -> None:
    attempt = await _intend(store, "DEFAULT-strict")
    assert (await _claim(store, attempt.id, after_s=12 * 3600)) == Refusal("hours")
    async with store.read() as tx:
        entry = (await steering.entries(tx, 1))[0]
        assert (entry.state, entry.why) == (State.WAITING_UNTIL, "hours")
        assert (await claims.get(tx, attempt.id)).state == "void"


async def test_do_not_call_mark_set_a_moment_ago_stops_the_dial(store: Store) -> None:
    attempt = await _intend(store)
    async with store.begin() as tx:
        await restraints.suppress(tx, client_id=attempt.client_id, e164=None, reason="asked",
                                  by="101", at=START)
    assert await _claim(store, attempt.id) == Refusal("suppressed")


class _Asterisk:
    """The channel's side of a FastAGI connection: sends its header, answers every command."""

    def __init__(self) -> None:
        self.variables: dict[str, str] = {}

    async def ask(self, port: int, query: str) -> dict[str, str]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        header = {"request": f"agi://127.0.0.1/claim{query}", "channel": "Local/1",
                  "network_script": f"claim{query}"}
        lines = [f"agi_{name}: {value}\n" for name, value in header.items()]
        writer.write("".join([*lines, "\n"]).encode())
        while line := await reader.readline():
            _, _, name, value = line.decode().strip().split(" ", 3)
            self.variables[name.strip('"')] = value.strip('"')
            writer.write(b"200 result=1\n")
        writer.close()
        return self.variables


async def _ask(store: Store, query: str, plan: GatePlan = GATE) -> dict[str, str]:
    script = gate.script(store, plan, lambda: START + timedelta(seconds=1))
    async with serve("127.0.0.1", 0, {gate.ROUTE: script}) as server, asyncio.timeout(10):
        return await _Asterisk().ask(server.port, query)


async def test_asterisk_is_told_the_number_and_the_claim_last(store: Store) -> None:
    attempt = await _intend(store)
    told = await _ask(store, f"?attempt={attempt.id}")
    assert told == {
        "DESKLINE_NUMBER": NUMBER, "DESKLINE_QUEUE": "collection",
        "DESKLINE_CALLERID": "+74951200000", "DESKLINE_RING_S": "30", "DESKLINE_MENU": "",
        "DESKLINE_CLAIM": "yes"}
    assert list(told)[-1] == "DESKLINE_CLAIM"


@pytest.mark.parametrize("query", ["", "?attempt=", "?attempt=999", "?attempt=-1", "?attempt=x",
                                   "?attempt=9999999999999999999999", "?attempt=１"])
async def test_wrong_question_gets_no_claim(store: Store, query: str) -> None:
    assert await _ask(store, query) == {}


@pytest.mark.parametrize(("trunk", "rehearses"), [("203.0.113.7", True), (GATE.trunk_host, False)])
async def test_rehearsal_gets_no_claim_when_the_trunk_is_real(
    store: Store, trunk: str, rehearses: bool,
) -> None:
    attempt = await _intend(store)
    plan = GatePlan(trunk, "+74951200000", rehearses)
    assert await _ask(store, f"?attempt={attempt.id}", plan) == {}


async def test_store_that_cannot_answer_gives_no_claim(store: Store) -> None:
    attempt = await _intend(store)
    broken = Store("sqlite:////nowhere/deskline.db")
    assert await _ask(broken, f"?attempt={attempt.id}") == {}
    await broken.close()
