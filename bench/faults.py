"""The fault run: calls go on while link, server and Asterisk are broken; what was lost?

The real server as a process, a private Asterisk, the outside with callers and answering desk
phones, a proxy between server and manager interface. At random moments (seeded) the link is cut,
stalled, slowed, single answers vanish, the server or Asterisk is killed with -9. At the end the
far end's own records and Asterisk's CEL are compared with our interactions.

    python -m bench.faults [--calls N --rate R --seed S --faults cut,stall,…] [--json]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench import faults_truth, machine
from bench.faults_people import Done, Hands, at_work, call_in, hand_on, live, stay_at_work
from bench.faults_proxy import Proxy
from bench.faults_stage import PROXY, Stage, staged, written_down
from bench.faults_verdict import Ours, Verdict, judge
from cti.pbx.run import start

KINDS = ("cut", "stall", "slow", "drop", "kill-server", "kill-asterisk")
WARM_UP_S = 30              # at most: phones register, members join
RIGHT_WITHIN_S = 30.0       # after that a floor that is still wrong is written down as such
CALM_WITHIN_S = 60
SETTLE_WITHIN_S = 120.0     # what nobody saw is told from Asterisk's records, in several looks
SETTLE_STEP_S = 5.0
LOOK_S = 0.2
TRANSFERS_EVERY = 5         # calls
GOALS = "goals: lost 0, ghosts 0, wrong owner 0; link back to a right floor p99 <= 2 s"


@dataclass(slots=True)
class Fault:
    kind: str
    at_s: float                 # since the first call
    lasted_s: float
    linked_s: float | None = None   # from its end until a link was there
    right_s: float | None = None    # from the link until the floor was right


@dataclass(slots=True)
class Run:
    faults: list[Fault] = field(default_factory=list)
    done: Done = field(default_factory=Done)
    dropped: int = 0
    seconds: float = 0.0
    memory_mb: tuple[float, float] = (0.0, 0.0)
    still_live: list[str] = field(default_factory=list)


class Breaker:
    """Breaks one thing after the other, and watches how long it takes to be right again."""

    def __init__(self, stage: Stage, proxy: Proxy, hands: Hands, dice: random.Random) -> None:
        self._stage, self._proxy, self._hands, self._dice = stage, proxy, hands, dice
        self._ways: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
            "cut": lambda: proxy.cut(dice.uniform(0, 6)),
            "stall": lambda: proxy.stall(dice.uniform(2, 25)),
            "slow": lambda: proxy.slow(dice.uniform(10, 30)),
            "drop": lambda: proxy.drop(dice.randint(1, 3), 12.0),
            "kill-server": self._kill_server, "kill-asterisk": self._kill_asterisk}

    async def run(self, kinds: Sequence[str], gap_s: float, found: list[Fault]) -> None:
        """For ever; every kind once before any comes again."""
        began, left = time.monotonic(), list[str]()
        while True:
            await asyncio.sleep(self._dice.uniform(0.5, 1.5) * gap_s)
            left = left or self._dice.sample(list(kinds), len(kinds))
            fault = Fault(left.pop(), time.monotonic() - began, 0.0)
            found.append(fault)
            start_s = time.monotonic()
            await self._ways[fault.kind]()
            fault.lasted_s = time.monotonic() - start_s
            await self._watch(fault)

    async def _kill_server(self) -> None:
        self._stage.kill_server()
        await asyncio.sleep(self._dice.uniform(0, 4))
        await asyncio.to_thread(self._stage.serve)

    async def _kill_asterisk(self) -> None:
        self._stage.kill_asterisk()
        await asyncio.sleep(self._dice.uniform(0, 3))
        await asyncio.to_thread(start, self._stage.main)

    async def _watch(self, fault: Fault) -> None:
        """Until the supervisor's screen shows what Asterisk has; two looks at Asterisk enclose
        the one at the screen, so what came or went meanwhile is not held against it."""
        healed = time.time()
        while time.time() - healed < RIGHT_WITHIN_S:
            before = await live(self._hands)
            shown = await asyncio.to_thread(self._stage.shown)
            after = await live(self._hands)
            if (before is not None and after is not None and shown is not None
                    and before & after <= shown <= before | after):
                linked = self._linked_since(healed - fault.lasted_s)
                fault.linked_s = max(0.0, linked - healed)
                fault.right_s = time.time() - max(healed, linked)
                return
            await asyncio.sleep(LOOK_S)

    def _linked_since(self, moment: float) -> float:
        """When the newest link was made, if since `moment`; else the old one held."""
        return max((at for at in self._proxy.linked_at if at >= moment), default=moment)


async def perform(stage: Stage, wanted: argparse.Namespace) -> Run:
    run, dice = Run(), random.Random(wanted.seed)
    host, ports = stage.plan.host, stage.plan.ports
    async with (Proxy(host, stage.settings.server.port + PROXY, ports.ami).listening() as proxy,
                Hands(stage).at_work() as hands, asyncio.TaskGroup() as tasks):
        await asyncio.to_thread(stage.serve)
        background = [tasks.create_task(stay_at_work(stage, hands))]
        await _warm_up(stage, hands)
        memory, began = stage.memory_mb(), time.monotonic()
        background.append(tasks.create_task(hand_on(
            stage, hands, TRANSFERS_EVERY / wanted.rate, random.Random(dice.random()), run.done)))
        breaking = tasks.create_task(Breaker(
            stage, proxy, hands, random.Random(dice.random())).run(
                wanted.faults, wanted.gap, run.faults))
        background.append(breaking)
        await call_in(stage, wanted.calls, wanted.rate, random.Random(dice.random()), run.done)
        run.seconds = time.monotonic() - began
        for task in background:
            task.cancel()
        await _heal(stage, proxy)
        run.still_live = await _calm(stage, hands)
        run.dropped, run.memory_mb = proxy.dropped, (memory, stage.memory_mb())
    return run


async def _warm_up(stage: Stage, hands: Hands) -> None:
    for _ in range(WARM_UP_S):
        if await at_work(hands) >= len(stage.operators):
            break
        await asyncio.sleep(1)


async def _heal(stage: Stage, proxy: Proxy) -> None:
    """Whatever was broken when the last call was placed works again."""
    proxy.heal()
    await asyncio.to_thread(start, stage.main)
    if stage.process is None or stage.process.poll() is not None:
        await asyncio.to_thread(stage.serve)


async def _calm(stage: Stage, hands: Hands) -> list[str]:
    """Wait until no line is in use; the calls that the server shows all the same."""
    for _ in range(CALM_WITHIN_S):
        if await live(hands) == set():
            break
        await asyncio.sleep(1)
    await asyncio.sleep(SETTLE_STEP_S)
    shown = await asyncio.to_thread(stage.shown)
    return ["the server does not answer"] if shown is None else sorted(shown)


async def settled(stage: Stage, still_live: Sequence[str]) -> tuple[Verdict, float]:
    """The last verdict, and after how long nothing was amiss or there was no more patience."""
    began = time.monotonic()
    while True:
        verdict = await compare(stage, still_live)
        waited_s = time.monotonic() - began
        if waited_s > SETTLE_WITHIN_S or (verdict.is_clean and not verdict.wrong_outcome):
            return verdict, waited_s
        await asyncio.sleep(SETTLE_STEP_S)


async def compare(stage: Stage, still_live: Sequence[str]) -> Verdict:
    truth = faults_truth.calls(stage.far, stage.cel, frozenset(stage.operators))
    ours = [Ours(row.call_id or "", row.number or "", row.operator, row.outcome,
                 row.ended_at is not None,
                 tuple(part.who or "" for part in parts if part.kind == "talk"), row.talked_s)
            for row, parts in await written_down(stage.settings)]
    return judge(truth, ours, still_live)


def figures(stage: Stage, run: Run, verdict: Verdict,
            wanted: argparse.Namespace) -> dict[str, Any]:
    return {
        "machine": machine.machine(), "seed": wanted.seed, "rate": wanted.rate,
        "seconds": round(run.seconds), "placed": run.done.placed, "real": verdict.real,
        "connected": verdict.connected, "handed_on": verdict.handed_on,
        "transfers": run.done.handed_on,
        "faults": [asdict(fault) for fault in run.faults], "answers_dropped": run.dropped,
        "starts_of_the_server": stage.starts, "outcomes": dict(verdict.outcomes),
        "lost": verdict.lost, "ghosts": verdict.ghosts, "wrong_owner": verdict.wrong_owner,
        "wrong_outcome": verdict.wrong_outcome, "wrong_length": verdict.wrong_length,
        "memory_mb": run.memory_mb,
        "folder": str(stage.folder)}


def show(found: dict[str, Any]) -> None:
    print(found["machine"])
    kinds = Counter(fault["kind"] for fault in found["faults"])
    print(f"{found['placed']} callers in {found['seconds']} s, seed {found['seed']}; "
          f"{found['real']} reached Asterisk, {found['connected']} spoke with an operator, "
          f"{found['handed_on']} of these with more than one")
    print("faults: " + ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))
          + f"; answers dropped: {found['answers_dropped']}")
    for kind in sorted(kinds):
        _times(kind, [fault for fault in found["faults"] if fault["kind"] == kind])
    _times("all", found["faults"])
    print(f"interactions by outcome: {found['outcomes']}")
    print(f"told from Asterisk's records within {found['settled_s']} s of the last call")
    print("server's memory at the beginning and the end: "
          + ", ".join(f"{size:.0f} MB" for size in found["memory_mb"]))
    for name in ("lost", "ghosts", "wrong_owner", "wrong_outcome", "wrong_length"):
        print(f"{name.replace('_', ' '):14} {len(found[name])}")
        for line in found[name]:
            print(f"    {line}")
    print(GOALS)


def _times(kind: str, faults: Sequence[dict[str, Any]]) -> None:
    right = sorted(fault["right_s"] for fault in faults if fault["right_s"] is not None)
    linked = sorted(fault["linked_s"] for fault in faults if fault["linked_s"] is not None)
    if right:
        p99 = right[min(len(right) - 1, int(len(right) * 0.99))]
        print(f"  {kind:14} {len(faults):>3}: link there after {linked[len(linked) // 2]:.1f} s "
              f"(longest {linked[-1]:.1f}), then right after p50 {right[len(right) // 2]:.2f}, "
              f"p99 {p99:.2f} s; not right within {RIGHT_WITHIN_S:g} s or run over: "
              f"{len(faults) - len(right)}")


def options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--calls", type=int, default=1_100)
    parser.add_argument("--rate", type=float, default=1.2, help="calls a second")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--gap", type=float, default=8.0, help="seconds of peace between faults")
    parser.add_argument("--faults", default=",".join(KINDS), help="separated by commas")
    parser.add_argument("--operators", type=int, default=24)
    parser.add_argument("--base-port", type=int, default=28_000, help="first of 2,000 ports")
    parser.add_argument("--folder", type=Path, help="kept afterwards; default: a temporary one")
    parser.add_argument("--json", type=Path, help="the report, for programs")
    wanted = parser.parse_args(arguments)
    wanted.faults = tuple(kind for kind in wanted.faults.split(",") if kind)
    if strangers := set(wanted.faults) - set(KINDS):
        parser.error(f"no such faults: {', '.join(sorted(strangers))}; there are {KINDS}")
    return wanted


def main() -> None:
    wanted = options()
    with staged(wanted.base_port, wanted.operators, wanted.folder, (2, 8)) as stage:
        run = asyncio.run(perform(stage, wanted))
        verdict, settled_s = asyncio.run(settled(stage, run.still_live))
        found = {**figures(stage, run, verdict, wanted), "settled_s": round(settled_s, 1)}
    if wanted.json is not None:
        wanted.json.write_text(json.dumps(found, indent=2) + "\n")
    show(found)
    sys.exit(0 if verdict.is_clean else 1)


if __name__ == "__main__":
    main()
