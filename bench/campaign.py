"""A campaign on the private Asterisk while its dialler, the server's base of it, and Asterisk are
killed: is everybody dialled as often as the ledger says, and nobody twice?

    python -m bench.campaign [--entries 1000] [--kills 200] [--seed 1] [--json]

Debtors behind a real SIP trunk answer, are busy, ring out, fail, hang up early. Two diallers work
on one base, each a process; at random moments (seeded) one of them, or Asterisk, is killed with
-9 and started again. Another connection sums the ledger all the time. At the end the far end's
own records are compared with the attempts. Goals: doubles 0, silent calls 0, attempts against the
law 0, the ledger adds up at every look.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.machine import machine
from campaigns import ledger, night, steering
from campaigns.coverage import LedgerError
from campaigns.retries import Miss, RetryPlan
from crm_store import campaign_lists, campaign_results, claims, clients
from crm_store import campaigns as rows
from crm_store.campaign_lists import Listed
from crm_store.errors import StoreError
from crm_store.store import Store
from cti.pbx.find import find_asterisk
from cti.pbx.plan import WorldPlan
from tests.pbx.fixtures import PrivatePbx, private_pbx
from tests.pbx.manager import Manager, manager

ROOT = Path(__file__).resolve().parents[1]
COLLEAGUES = ("103", "104", "105", "106", "107")
PLAN = RetryPlan({miss: (3,) for miss in Miss if miss is not Miss.INVALID}, max_attempts=2)
# of a hundred: how many behave by which last two digits (see cti.pbx.world)
ENDINGS = (*range(60), *range(60, 70), *range(70, 80), *range(85, 90), *range(90, 95),
           *range(95, 100))
OUTCOMES = ("promised", "refused", "disputed", "reached_in_person")
GOALS = "goals: doubles 0, silent 0, against the law 0, the ledger adds up at every look"


@dataclass(slots=True)
class Verdict:
    entries: int
    kills: Counter[str] = field(default_factory=Counter)
    attempts: int = 0
    invited: int = 0            # calls that reached the far end
    doubles: int = 0            # an attempt that reached it twice, or two calls to one at once
    unknown: int = 0            # attempts whose fate nobody saw: they count as made
    silent: int = 0             # answered, and neither an operator nor a word was there
    against_the_law: int = 0
    looks: int = 0              # at the ledger, between commits of others
    wrong_sums: int = 0
    is_over: bool = False
    seconds: float = 0.0

    @property
    def is_good(self) -> bool:
        return self.is_over and not (
            self.doubles or self.silent or self.against_the_law or self.wrong_sums
            or self.invited > self.attempts or self.attempts - self.unknown > self.invited)


@asynccontextmanager
async def dialler(pbx: PrivatePbx, store: Store,
                  folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    plan = {
        "ami": pbx.ports.ami, "gate": pbx.ports.agi_gate, "tapes": str(folder / "tapes"),
        "observer": pbx.password("ami:observer"), "control": pbx.password("ami:control"),
        "store": store.url.render_as_string(hide_password=False),
        "operators": {f"PJSIP/{name}": name for name in COLLEAGUES}}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.campaigns.dialler_process", cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL)
    try:
        assert process.stdin is not None
        process.stdin.write(json.dumps(plan).encode() + b"\n")
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.wait()


async def fill(store: Store, entries: int) -> int:
    at = datetime.now(UTC)
    async with store.begin() as tx:
        campaign = await steering.create(tx, "proof", queue="collection", by="bench", at=at,
                                         law=("rehearsal",), plan=PLAN, ring_s=5)
    for begin in range(0, entries, 100):
        async with store.begin() as tx:
            people = []
            for index in range(begin, min(begin + 100, entries)):
                number = f"+7916{index:05d}{ENDINGS[index % len(ENDINGS)]:02d}"
                client = await clients.create(tx, name=f"Debtor {index}", number=number,
                                              by="bench", at=at)
                people.append(Listed(client, 100_00, "RUB", ("Europe/Moscow",), (number,)))
            await campaign_lists.add(tx, campaign, people, at=at, by="bench")
    async with store.begin() as tx:
        await steering.start(tx, campaign, by="bench", at=at)
    return campaign


async def work(store: Store, dice: random.Random) -> None:
    """Operators choose outcomes, for ever."""
    while True:
        try:
            async with store.begin() as tx:
                for attempt in await claims.undisposed(tx):
                    await steering.record_disposition(
                        tx, attempt.id, dice.choice(OUTCOMES), by=attempt.operator or "",
                        at=attempt.ended_at or attempt.intent_at)
        except (StoreError, LedgerError):
            pass
        await asyncio.sleep(0.3)


async def look(store: Store, campaign: int, verdict: Verdict) -> None:
    """Sums the ledger until the campaign has ended."""
    while True:
        async with store.read() as tx:
            verdict.looks += 1
            try:
                await ledger.coverage_of(tx, campaign)
            except LedgerError as exc:
                verdict.wrong_sums += 1
                print(f"the ledger: {exc}", file=sys.stderr)
            if not await rows.running(tx):
                verdict.is_over = True
                return
        await asyncio.sleep(0.05)


async def live(pbx: PrivatePbx, store: Store, folder: Path, moments: Sequence[float],
               dice: random.Random, verdict: Verdict) -> None:
    """Diallers that live until their moment; of five moments one is Asterisk's."""
    left = list(moments)
    while True:
        async with dialler(pbx, store, folder):
            if not left:
                await asyncio.Event().wait()
            await asyncio.sleep(left.pop(0))
            if dice.random() < 0.2:
                verdict.kills["asterisk"] += 1
                await asyncio.to_thread(pbx.kill)
                await asyncio.sleep(dice.uniform(0.5, 2))
                await asyncio.to_thread(pbx.start_again)
                join(pbx)
                continue
        verdict.kills["dialler"] += 1


def join(pbx: PrivatePbx) -> None:
    for name in COLLEAGUES:
        pbx.ask(f"queue add member PJSIP/{name} to collection penalty 0 as {name}")


async def play(pbx: PrivatePbx, store: Store, folder: Path, wish: argparse.Namespace) -> Verdict:
    dice, verdict = random.Random(wish.seed), Verdict(wish.entries)
    campaign = await fill(store, wish.entries)
    join(pbx)
    moments = [dice.uniform(1, wish.gap * 2) for _ in range(wish.kills)]
    began = time.monotonic()
    async with AsyncExitStack() as stack:
        far_end = await stack.enter_async_context(
            manager(pbx.ports.world_ami, "world", pbx.password("ami:world")))
        async with asyncio.TaskGroup() as tasks:
            others = [tasks.create_task(work(store, dice), name="operators"),
                      tasks.create_task(live(pbx, store, folder, moments, dice, verdict),
                                        name="diallers")]
            try:
                async with asyncio.timeout(wish.limit):
                    await look(store, campaign, verdict)
            except TimeoutError:
                print("not over within its time", file=sys.stderr)
            for task in others:
                task.cancel()
        await asyncio.sleep(3)      # the last calls are over, too
        verdict.seconds = round(time.monotonic() - began, 1)
        await judge(store, campaign, far_end, verdict)
    return verdict


async def judge(store: Store, campaign: int, far_end: Manager, verdict: Verdict) -> None:
    """Each number is one entry's: what reached the far end against what the attempts say."""
    seen = Counter(event["Exten"].lstrip("+") for event in far_end.seen("Hangup")
                   if event["Context"] == "debtor")
    async with store.read() as tx:
        dials = await campaign_results.dials(tx, campaign)
        found = await night.check(tx, since=datetime.now(UTC) - timedelta(days=1),
                                  zone=UTC)  # type: ignore[arg-type]
    verdict.attempts, verdict.invited = len(dials), sum(seen.values())
    verdict.unknown = sum(one.miss == Miss.UNKNOWN for one in dials)
    made = Counter(one.e164.lstrip("+") for one in dials)
    verdict.doubles = sum(max(0, times - _made(made, number)) for number, times in seen.items())
    verdict.silent = sum(one.answered_at is not None and one.talking_at is None
                         and one.miss is None for one in dials)
    verdict.against_the_law = len(found.findings)


def _made(made: Counter[str], number: str) -> int:
    """The trunk may show the number with or without its country's code."""
    return made.get(number, 0) or sum(
        times for e164, times in made.items() if e164.endswith(number[-10:]))


async def run(wish: argparse.Namespace) -> Verdict:
    program = find_asterisk(ROOT / ".deskline")
    world = WorldPlan(colleagues=COLLEAGUES, debtor_answers_s=(1, 1), colleague_answers_s=(0, 1),
                      colleague_talks_s=(1, 2))
    with private_pbx(program, world=world) as pbx, \
            tempfile.TemporaryDirectory(prefix="deskline-campaign-") as folder:
        store = Store.at(Path(folder) / "deskline.db")
        await store.migrate()
        try:
            return await play(pbx, store, Path(folder), wish)
        finally:
            await store.close()


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000)
    parser.add_argument("--kills", type=int, default=200, help="random moments")
    parser.add_argument("--gap", type=float, default=5.0, help="seconds between them, on average")
    parser.add_argument("--limit", type=float, default=7_200.0, help="seconds at most")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    wish = parser.parse_args(argv)
    verdict = asyncio.run(run(wish))
    if wish.json:
        print(json.dumps({"machine": machine(), **asdict(verdict)}))
    else:
        print(f"{verdict.entries} entries, {verdict.attempts} attempts, {verdict.invited} calls "
              f"at the far end ({verdict.unknown} of unknown fate) in {verdict.seconds} s; "
              f"killed: {dict(verdict.kills)}")
        print(f"doubles {verdict.doubles}, silent {verdict.silent}, against the law "
              f"{verdict.against_the_law}, ledger summed {verdict.looks} times, wrong "
              f"{verdict.wrong_sums}, over: {verdict.is_over}")
        print(GOALS)
    return 0 if verdict.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
