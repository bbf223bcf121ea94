"""Fifty debtors behind the private trunk; the dialler is killed while it works."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update

from campaigns import ledger, previewing, steering
from campaigns.coverage import State
from campaigns.pacing import Pacing
from campaigns.retries import Miss, RetryPlan
from crm_store import campaigns as rows
from crm_store import claims, dial_cards
from crm_store.claims import AttemptRow
from crm_store.store import Store
from crm_store.tables.campaigns import Attempts, CampaignEntries
from cti.ami import Account, Session, connect
from cti.commands import Commands
from cti.pbx.find import Program
from cti.pbx.plan import WorldPlan
from tests.campaigns.conftest import make_campaign
from tests.pbx.fixtures import PrivatePbx, private_pbx
from tests.pbx.manager import Manager, manager

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(420)]

ROOT = Path(__file__).resolve().parents[2]
PLAN = RetryPlan({miss: (3,) for miss in Miss if miss is not Miss.INVALID}, max_attempts=2)
COLLEAGUES = ("103", "104", "105", "106", "107")
# 30 answer, 6 are busy, 6 ring out, 4 do not exist, 2 hang up at once, 2 find no way through
ENDINGS = (*range(30), 60, 61, 62, 63, 64, 65, 70, 71, 72, 73, 74, 75, 85, 86, 87, 88, 90, 91,
           95, 96)
PREFIX = "+7916777"


@pytest.fixture(scope="module")
def pbx(asterisk: Program) -> Iterator[PrivatePbx]:
    """Where people are quick: fifty calls are many."""
    with private_pbx(asterisk, world=WorldPlan(
            colleagues=COLLEAGUES, debtor_answers_s=(1, 1), colleague_answers_s=(0, 1),
            colleague_talks_s=(1, 2))) as one:
        yield one


@pytest.fixture
async def base(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Store]:
    shutil.copy(sqlite_template, tmp_path / "deskline.db")
    store = Store.at(tmp_path / "deskline.db")
    yield store
    await store.close()


@asynccontextmanager
async def dialler_process(pbx: PrivatePbx, store: Store, folder: Path,
                          ) -> AsyncIterator[asyncio.subprocess.Process]:
    """Runs until it is killed, here with signal 9 as well."""
    plan: dict[str, Any] = {
        "ami": pbx.ports.ami, "gate": pbx.ports.agi_gate, "tapes": str(folder / "tapes"),
        "observer": pbx.password("ami:observer"), "control": pbx.password("ami:control"),
        "store": store.url.render_as_string(hide_password=False),
        "operators": {f"PJSIP/{name}": name for name in COLLEAGUES}}
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.campaigns.dialler_process", cwd=ROOT, env=environment,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(plan).encode() + b"\n")
        async with asyncio.timeout(20):
            assert await process.stdout.readline() == b"up\n"
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.wait()


async def _choose_outcomes(store: Store) -> None:
    """What the operators' screens do after each talk."""
    async with store.begin() as tx:
        for attempt in await claims.undisposed(tx):
            await steering.record_disposition(
                tx, attempt.id, "promised", by=attempt.operator or "", at=attempt.ended_at
                or attempt.intent_at)


async def _work_until(store: Store, campaign_id: int, limit_s: float) -> bool:
    """Operators work and the ledger is summed all the time; True when the campaign has ended."""
    until = time.monotonic() + limit_s
    while time.monotonic() < until:
        await _choose_outcomes(store)
        async with store.read() as tx:
            await ledger.coverage_of(tx, campaign_id)       # raises when it does not add up
            if not await rows.running(tx):
                return True
        await asyncio.sleep(0.2)
    return False


def _invited(far_end: Manager) -> Counter[str]:
    """Calls that reached the trunk's far end, by the number's last two digits; each is told
    when it is over."""
    return Counter(event["Exten"] for event in far_end.seen("Hangup")
                   if event["Context"] == "debtor")


async def test_fifty_debtors_with_the_dialler_killed_are_each_dialled_once_per_attempt(
    pbx: PrivatePbx, base: Store, tmp_path: Path,
) -> None:
    for name in COLLEAGUES:
        pbx.ask(f"queue add member PJSIP/{name} to collection penalty 0 as {name}")
    numbers = [[f"{PREFIX}{index:02d}{ending:02d}"] for index, ending in enumerate(ENDINGS)]
    campaign_id = await make_campaign(base, numbers, plan=PLAN, ring_s=5)
    is_over = False
    async with manager(pbx.ports.world_ami, "world", pbx.password("ami:world")) as far_end:
        for lives_s in (5, 8, 4, 300):
            async with dialler_process(pbx, base, tmp_path):
                is_over = await _work_until(base, campaign_id, lives_s)
        await asyncio.sleep(2)      # the last calls are over, too
        seen = _invited(far_end)
    for name in COLLEAGUES:
        pbx.ask(f"queue remove member PJSIP/{name} from collection")
    assert is_over
    await _check(seen, base, campaign_id)


async def _check(seen: Counter[str], base: Store, campaign_id: int) -> None:
    async with base.read() as tx:
        listed = await steering.entries(tx, campaign_id, limit=100)
        made = {entry.id: [item for item in await claims.of_entry(tx, entry.id)
                           if item.dialling_at is not None] for entry in listed}
        assert (await ledger.coverage_of(tx, campaign_id)).size == len(ENDINGS) == 50
    for entry in listed:
        number, dials = entry.numbers[0], len(made[entry.id])
        unclear = sum(item.status == "LOST" for item in made[entry.id])
        assert dials - unclear <= seen[number[-2:]] <= dials, (number, entry.sentence)
        assert dials <= PLAN.max_attempts
    by_ending = {int(entry.numbers[0][-2:]): entry for entry in listed}
    assert all(by_ending[ending].why in ("no_number_left", "attempts_used_up")
               for ending in (85, 86, 87, 88))
    assert sum(entry.state is State.PROMISED for entry in listed) >= 24
    assert all(by_ending[ending].state is State.EXHAUSTED for ending in (60, 65, 70, 75, 95))


async def _with_a_good_morning(store: Store, campaign_id: int, answered: int) -> None:
    """So many of the list were dialled an hour ago, answered after a second, and promised."""
    before = datetime.now(UTC) - timedelta(hours=1)
    async with store.begin() as tx:
        for listed in await rows.page(tx, campaign_id, limit=answered):
            entry = listed.entry
            await tx.run(insert(Attempts).values(
                entry_id=entry.id, ordinal=1, client_id=entry.client_id,
                e164=listed.numbers[0].e164, state="settled", channel_id=f"m{entry.id}",
                dialler="morning", lease_until=before, decision={}, intent_at=before,
                dialling_at=before, answered_at=before + timedelta(seconds=1),
                talking_at=before + timedelta(seconds=1), ended_at=before + timedelta(seconds=3),
                status="ENDED", cause=16, disposition="promised"))
            await tx.run(update(CampaignEntries).where(CampaignEntries.id == entry.id).values(
                state="promised", why="promised"))


def _is_ahead(one: AttemptRow) -> bool:
    """Whether more was dialled than operators were free, as its decision tells."""
    told = one.decision
    return int(str(told["lines_in_flight"])) + int(str(told["dial"])) > int(
        str(told["operators_ready"]))


async def test_predictive_dials_ahead_of_free_operators_and_drops_within_the_cap(
    pbx: PrivatePbx, base: Store, tmp_path: Path,
) -> None:
    for name in COLLEAGUES:
        pbx.ask(f"queue add member PJSIP/{name} to collection penalty 0 as {name}")
    numbers = [[f"+791678{index:03d}{index % 30:02d}"] for index in range(200)]
    later = [[f"+791679{index:03d}{(10, 65)[index % 2]}"] for index in range(36)]
    campaign_id = await make_campaign(base, numbers + later, plan=PLAN, ring_s=5, start=False)
    await _with_a_good_morning(base, campaign_id, len(numbers))
    async with base.begin() as tx:
        at = datetime.now(UTC)
        await steering.set_pace(tx, campaign_id, Pacing.PREDICTIVE, by="test", at=at)
        await steering.start(tx, campaign_id, by="test", at=at)
    async with dialler_process(pbx, base, tmp_path):
        is_over = await _work_until(base, campaign_id, 120)
    for name in COLLEAGUES:
        pbx.ask(f"queue remove member PJSIP/{name} from collection")
    assert is_over
    async with base.read() as tx:
        made = [item
                for listed in (await rows.page(tx, campaign_id, limit=300))[len(numbers):]
                for item in await claims.of_entry(tx, listed.entry.id)]
        answered, dropped = await claims.answered_and_dropped(
            tx, campaign_id, since=at - timedelta(hours=2))
    assert any(map(_is_ahead, made))
    assert dropped <= 0.02 * answered


async def _card_of(store: Store, operator: str) -> dial_cards.DialCard:
    """What the dialler puts on an operator's screen; the queue may have to be seen first."""
    async with asyncio.timeout(60):
        while True:
            async with store.read() as tx:
                for card in await dial_cards.held(tx):
                    if card.operator == operator:
                        return card
            await asyncio.sleep(0.2)


async def test_operator_dials_the_card_on_his_screen_and_his_talk_is_the_attempts(
    pbx: PrivatePbx, base: Store, tmp_path: Path,
) -> None:
    """… and a number that is busy is the dialler's to try again, as for any attempt."""
    pbx.ask("queue add member PJSIP/103 to collection penalty 0 as 103")
    campaign_id = await make_campaign(base, [["+79167760010"], ["+79167760160"]], plan=PLAN,
                                      ring_s=5, start=False)
    async with base.begin() as tx:
        at = datetime.now(UTC)
        await steering.set_pace(tx, campaign_id, Pacing.PREVIEW, by="test", at=at)
        await steering.start(tx, campaign_id, by="test", at=at)
    account = Account(host="127.0.0.1", port=pbx.ports.ami, name="control",
                      secret=pbx.password("ami:control"))
    async with connect(account) as control, dialler_process(pbx, base, tmp_path):
        for _ in range(2):
            await _dial_card(control, base, await _card_of(base, "103"))
    pbx.ask("queue remove member PJSIP/103 from collection")
    async with base.read() as tx:
        met, busy = [(await claims.of_entry(tx, entry.id))[0]
                     for entry in await steering.entries(tx, campaign_id)]
    assert (met.operator, met.disposition, met.miss) == ("103", "promised", None)
    assert met.talking_at is not None
    assert (busy.miss, busy.cause, busy.talking_at) == ("busy", 17, None)


async def _dial_card(control: Session, store: Store, card: dial_cards.DialCard) -> None:
    """He presses the key; until the attempt is over."""
    async with store.begin() as tx:
        attempt = await previewing.dial(tx, card.attempt, "103", now=datetime.now(UTC))
    await Commands(lambda: control).dial_card(
        "PJSIP/103", attempt.id, attempt.channel_id, attempt.e164)
    async with asyncio.timeout(60):
        while True:
            await _choose_outcomes(store)
            async with store.read() as tx:
                if (await claims.get(tx, attempt.id)).state == "settled":
                    return
            await asyncio.sleep(0.2)
