"""Figures of GOALS.md "screen": Asterisk's event to strip and card painted in a real Chromium.

Everything is real and runs for this only: Asterisk with callers and desk phones played by a second
one, a sample base, `deskline serve`, operators' pages in Chromium, the other operators at sockets.
Each caller waits for an operator, whose phone rings for 1 s; they talk for 1 s, the operator
finishes at once. What plays the outside gives way to what is measured, as if it were on other
machines. The moment of the event is Asterisk's own (the tape), that of a frame the
kernel's, that of painting the page's. The limit is measured in the same browser at the same time.

    python -m bench.screen [--rate 20] [--seconds 180] [--operators 80] [--pages 2]
                           [--clients 2000] [--smoke] [--json]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sqlite3
import statistics
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench import machine
from bench.screen_page import Bare, Browsing, Painted, bare_server, browsing
from bench.screen_people import Crew, Framed, at_work, call_in
from bench.screen_stage import Stage, staged
from bench.site import ENTRY
from cti import tape
from cti.changes import OperatorOffered
from workstation.cli.replay import replay
from workstation.rehearsal.server import live_url

SETTLE_S = 4.0              # after the last caller, for those who still talk
WARM_UP_S = 10.0            # at most; not counted
GOAL = "goal: painted p50 <= 60, p99 <= 150 ms; server's share p99 <= 50 ms"
Key = tuple[str, str]       # call, operator


@dataclass(frozen=True, slots=True)
class Run:
    """What one run left behind."""
    began: float                        # s, Unix; pops offered before are warm-up
    placed: int
    pops: dict[Key, Painted]
    framed: dict[Key, Framed]
    refused: dict[str, int]
    bare: Bare
    chromium: str
    problems: list[str]
    cpu: dict[str, float]               # cores used, by part


async def perform(stage: Stage, wanted: argparse.Namespace, bare_url: str) -> Run:
    """Everybody signs in, callers call, the pages tell what they saw."""
    pages = [(person.id, *login) for person, login in
             zip(stage.settings.operator, stage.logins, strict=True)][:wanted.pages]
    server = stage.settings.server
    async with (at_work(live_url(stage.url), server.host, server.port, stage.logins) as crew,
                browsing(stage.url, bare_url, pages) as chromium):
        warm_up = min(WARM_UP_S, wanted.seconds / 4)
        before, began = _processes(stage), time.time() + warm_up
        placed = await call_in(stage.plan, ENTRY, stage.numbers, rate=wanted.rate,
                               seconds=warm_up + wanted.seconds)
        cpu = _cores(before, _processes(stage))
        await asyncio.sleep(SETTLE_S)
        return await _seen(crew, chromium, began, placed, cpu)


async def _seen(crew: Crew, chromium: Browsing, began: float, placed: int,
                cpu: dict[str, float]) -> Run:
    return Run(began, placed, await chromium.pops(), crew.pops, dict(crew.refused),
               await chromium.bare(began), chromium.version, chromium.problems, cpu)


def _processes(stage: Stage) -> dict[str, float]:
    """Seconds of CPU up to now, by part; `all` is the machine's, others' work included."""
    ours, world = stage.asterisks()
    known = {stage.server, ours, world, os.getpid()}
    browser = machine.descendants(os.getpid()) - machine.descendants(stage.server) - known
    return {"server": machine.cpu_s([stage.server]), "Asterisk": machine.cpu_s([ours]),
            "the world": machine.cpu_s([world]), "Chromium": machine.cpu_s(browser),
            "callers and clients": machine.cpu_s([os.getpid()]), "all": machine.spent().busy,
            "clock": time.monotonic()}


def _cores(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    took = after["clock"] - before["clock"]
    return {part: (after[part] - before[part]) / took for part in before if part != "clock"}


# ── figures ──────────────────────────────────────────────────────────────────────────────────
def figures(stage: Stage, wanted: argparse.Namespace, run: Run) -> dict[str, Any]:
    offered = {key: offer for key, offer in offers(stage).items() if offer.at >= run.began}
    served = {place.id for place in stage.settings.operator[:wanted.pages]}
    return {
        "machine": machine.machine(),
        "versions": f"{'Asterisk ' + stage.program.version}, Chromium {run.chromium}, "
                    f"SQLite {sqlite3.sqlite_version}, aiohttp {version('aiohttp')}",
        "load": f"{wanted.rate:g} calls a second for {wanted.seconds:g} s, "
                f"{wanted.operators} operators, {wanted.pages} of them in Chromium, "
                f"{wanted.clients:,} clients; load average {os.getloadavg()[0]:.1f}",
        "ms": _spans(run, offered),
        "counts": {
            "placed": run.placed, "offered": len(offered),
            "on_pages": sum(operator in served for _, operator in offered),
            "painted": sum(run.pops[key].painted_at is not None
                           for key in offered if key in run.pops),
            "strip_before_card": sum(pop.whole != pop.first for key, pop in run.framed.items()
                                     if key in offered),
            "refused": run.refused},
        "frame_size": _middle(pop.size for pop in run.pops.values()),
        "cores": run.cpu,
        "cpu_a_call_ms": {part: run.cpu[part] * 1000 / wanted.rate
                          for part in ("server", "Asterisk")},
        "page_errors": run.problems[:3]}


@dataclass(frozen=True, slots=True)
class Offer:
    """A phone is to ring: when Asterisk said so and when our server had read it, s (Unix)."""
    at: float
    heard_at: float


def offers(stage: Stage) -> dict[Key, Offer]:
    """The first offer of each call to each operator, from the server's tape."""
    heard_at = 0.0

    def records() -> Iterator[tape.Record]:
        nonlocal heard_at
        for _, record in tape.read(stage.tapes, stage.settings.pbx.name):
            heard_at = record.at.timestamp()
            yield record

    found: dict[Key, Offer] = {}
    for change in replay(records()):
        if isinstance(change, OperatorOffered):
            found.setdefault((change.call, change.operator),
                             Offer(change.at.timestamp(), heard_at))
    return found


def _spans(run: Run, offered: dict[Key, Offer]) -> dict[str, dict[str, float]]:
    """Each stretch of the way: how often measured, p50, p99, longest."""
    pops = [(offer.at, run.pops[key]) for key, offer in offered.items() if key in run.pops]
    framed = [(offer, run.framed[key]) for key, offer in offered.items() if key in run.framed]
    spans: dict[str, list[tuple[float | None, float | None]]] = {
        "event -> strip and card painted": [(pop.painted_at, at) for at, pop in pops],
        "event -> strip painted": [(pop.strip_at, at) for at, pop in pops],
        "event -> painted, the page's own mark": [(pop.marked_at, at) for at, pop in pops],
        "server's share: event -> frame with the card": [
            (pop.whole, offer.at) for offer, pop in framed],
        "  of it: event -> read by the server": [
            (offer.heard_at, offer.at) for offer in offered.values()],
        "  of it: read -> frame with the card": [
            (pop.whole, offer.heard_at) for offer, pop in framed],
        "page's share: frame with the card -> painted": [
            (pop.painted_at, pop.whole_heard_at) for _, pop in pops],
    }
    found = {name: _span([(to - since) * 1000 for to, since in ends if to and since])
             for name, ends in spans.items()}
    found["limit: bare frame -> painted, empty page"] = _span(run.bare.painted_ms)
    found["limit: bare echo, page and back"] = _span(run.bare.echoed_ms)
    return found


def _span(values_ms: list[float]) -> dict[str, float]:
    if not values_ms:
        return {"n": 0, "p50": 0.0, "p99": 0.0, "max": 0.0}
    ordered = sorted(values_ms)
    return {"n": len(ordered), "p50": statistics.median(ordered),
            "p99": ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))], "max": ordered[-1]}


def _middle(values: Iterable[int]) -> int:
    return int(statistics.median([*values] or [0]))


def show(found: dict[str, Any]) -> None:
    print(f"{found['machine']}\n{found['versions']}\n{found['load']}")
    print(f"{'ms':46} {'n':>6} {'p50':>8} {'p99':>8} {'max':>8}")
    for name, span in found["ms"].items():
        print(f"{name:46} {span['n']:>6} {span['p50']:>8.1f} {span['p99']:>8.1f} "
              f"{span['max']:>8.1f}")
    print(f"{GOAL}; two frames of 60 Hz are 33 ms")
    counts, cores, cpu = found["counts"], dict(found["cores"]), found["cpu_a_call_ms"]
    everything = cores.pop("all")
    print(f"calls: {counts['placed']} placed, {counts['offered']} offered, "
          f"{counts['on_pages']} of these on pages, {counts['painted']} painted; card after the "
          f"strip: {counts['strip_before_card']}; refused: {counts['refused'] or 'none'}; "
          f"a pop is {found['frame_size']:,} characters")
    print(f"CPU a call: server {cpu['server']:.1f} ms, Asterisk {cpu['Asterisk']:.1f} ms = "
          f"{cpu['server'] / (cpu['Asterisk'] or 1):.2f} x (goal 0.5)")
    print("cores busy: " + ", ".join(f"{part} {used:.2f}" for part, used in cores.items())
          + f", others' work {max(0.0, everything - sum(cores.values())):.2f}")
    for problem in found["page_errors"]:
        print(f"the page had an error: {problem}")


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rate", type=float, default=20.0, help="calls a second")
    parser.add_argument("--seconds", type=float, default=180.0, help="counted, after a warm-up")
    parser.add_argument("--operators", type=int, default=80)
    parser.add_argument("--pages", type=int, default=2, help="operators at a page in Chromium")
    parser.add_argument("--clients", type=int, default=2_000, help="of the sample base")
    parser.add_argument("--base-port", type=int, default=26_000, help="first of 2,000 ports")
    parser.add_argument("--folder", type=Path, help="kept afterwards; default: a temporary one")
    parser.add_argument("--smoke", action="store_true", help="a few seconds: does it run?")
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    if wanted.smoke:
        wanted.rate, wanted.seconds, wanted.operators = 2.0, 8.0, 6
        wanted.pages, wanted.clients = 1, 100
    return wanted


def main() -> None:
    wanted = options()
    with (staged(wanted.base_port, wanted.operators, wanted.clients, wanted.folder) as stage,
          bare_server(wanted.base_port + 8) as bare_url):
        found = figures(stage, wanted, asyncio.run(perform(stage, wanted, bare_url)))
    if wanted.json:
        print(json.dumps(found, indent=2))
        return
    show(found)


if __name__ == "__main__":
    main()
