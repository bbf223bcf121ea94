"""Figures of the voice menu, each beside its peer or limit in the same run.

    python -m bench.ivr [--rounds 3] [--callers 120] [--commands 200] [--json]

Servers run in processes of their own; this process plays Asterisk's end of the connections. Rounds
of ours, stock panoramisk and a bare server alternate; medians over rounds are printed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cti.agi import AgiSession, Request, serve
from ivr.plan import shipped_wording
from ivr.say import PAUSE, Money
from ivr.speech import PromptCache, Voice
from ivr.wording import fragments, parse, texts

OPENING = (b"agi_network: yes\nagi_network_script: menu\nagi_channel: PJSIP/trunk-00000001\n"
           b"agi_callerid: 79161234567\nagi_threadid: 1\n\n")
KINDS = ("bare", "stock", "ours")
HALF_OPEN = 1_000
SPOKEN = 40
ANSWER_LIMIT_S = 5.0
KNOCKING_LIMIT_S = 20.0


# The servers, one per process: `--serve KIND --commands N`.

class Meter:
    """Round trips as the server sees them, and its processor time."""

    def __init__(self) -> None:
        self.trips: list[float] = []
        self.cpu = time.process_time()      # what starting cost is not counted

    async def timed(self, command: Callable[[], Any], commands: int) -> None:
        for _ in range(commands):
            began = time.perf_counter()
            await command()
            self.trips.append(time.perf_counter() - began)

    def report(self) -> dict[str, float]:
        trips = sorted(self.trips) or [0.0]
        return {"commands": len(self.trips),
                "cpu_us": 1e6 * (time.process_time() - self.cpu) / len(trips),
                "p50_ms": 1e3 * trips[len(trips) // 2],
                "p99_ms": 1e3 * trips[int(len(trips) * 0.99)]}


async def serve_kind(kind: str, commands: int) -> None:
    """Tells its port, then, at a line of standard input, its figures."""
    meter = Meter()
    async with SERVERS[kind](lambda command: meter.timed(command, commands)) as port:
        print(port, flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        print(json.dumps(meter.report()), flush=True)


@asynccontextmanager
async def ours(run: Callable[..., Any]) -> AsyncIterator[int]:
    async def script(session: AgiSession, request: Request) -> None:
        await run(lambda: session.get_variable("DESKLINE_NEXT"))

    async with serve("127.0.0.1", 0, {"menu": script}) as server:
        yield server.port


@asynccontextmanager
async def stock(run: Callable[..., Any]) -> AsyncIterator[int]:
    from panoramisk import fast_agi

    async def script(request: Any) -> None:
        await run(lambda: request.send_command("GET VARIABLE DESKLINE_NEXT"))

    application = fast_agi.Application(loop=asyncio.get_running_loop())
    application.add_route("menu", script)
    async with await asyncio.start_server(application.handler, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


@asynccontextmanager
async def bare(run: Callable[..., Any]) -> AsyncIterator[int]:
    async def attend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def command() -> bytes:
            writer.write(b"GET VARIABLE DESKLINE_NEXT\n")
            return await reader.readline()

        await reader.readuntil(b"\n\n")
        await run(command)
        writer.close()

    async with await asyncio.start_server(attend, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


SERVERS: dict[str, Callable[..., Any]] = {"ours": ours, "stock": stock, "bare": bare}


# Asterisk's end.

@asynccontextmanager
async def server_process(kind: str, commands: int) -> AsyncIterator[tuple[int, Callable[[], Any]]]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.ivr", "--serve", kind, "--commands", str(commands),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    stdin, stdout = process.stdin, process.stdout

    async def figures() -> Any:
        stdin.write(b"\n")
        async with asyncio.timeout(ANSWER_LIMIT_S):
            return json.loads(await stdout.readline())

    try:
        yield int(await stdout.readline()), figures
    finally:
        process.kill()
        await process.wait()


async def caller(port: int) -> int:
    """One call that answers every command; how many there were."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(OPENING)
    commands = 0
    while await reader.readline():
        writer.write(b"200 result=1 (queue:billing)\n")
        commands += 1
    writer.close()
    return commands


async def command_round(kind: str, callers: int, commands: int) -> dict[str, float]:
    async with server_process(kind, commands) as (port, figures):
        async with asyncio.TaskGroup() as group:
            for _ in range(callers):
                group.create_task(caller(port))
        found: dict[str, float] = await figures()
        return found


async def half_open(kind: str) -> float | None:
    """Milliseconds to serve a caller behind peers that left or stay in mid-header; None: never."""
    peers: list[asyncio.StreamWriter] = []
    async with server_process(kind, 1) as (port, _):
        try:
            async with asyncio.timeout(KNOCKING_LIMIT_S):
                peers += [await knock(port, number) for number in range(HALF_OPEN)]
            began = time.perf_counter()
            async with asyncio.timeout(ANSWER_LIMIT_S):
                await caller(port)
        except (TimeoutError, OSError):
            return None
        finally:
            for writer in peers:
                writer.close()
        return 1e3 * (time.perf_counter() - began)


async def knock(port: int, number: int) -> asyncio.StreamWriter:
    """A peer that sends a part of the opening block; every second one leaves at once."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(OPENING[:number % 60])
    if number % 2:
        writer.close()
    return writer


async def speech() -> dict[str, float]:
    """Prompts spoken ahead, and what a call costs: joining a sum of money from fragments."""
    wording = parse(shipped_wording("en"), company="Volga Energy")
    wanted = sorted(texts(wording, "RUB"))
    with tempfile.TemporaryDirectory() as folder:
        cache = PromptCache(Path(folder), Voice(wording.voice, wording.rate))
        began = time.perf_counter()
        await cache.build(wanted[:SPOKEN])
        spoken_s = time.perf_counter() - began
        values = {"payment": Money(700_00, "RUB"), "paid_on": date(2026, 11, 9)}
        spoken = fragments(wording, ("last_payment",), values)
        await cache.build(set(spoken) - {PAUSE})
        began = time.perf_counter()
        for pauses in range(10):        # each another sound, so that none is found on disk
            cache.joined((*spoken, *[PAUSE] * pauses))
        joined_s = (time.perf_counter() - began) / 10
    return {"set": len(wanted), "prompts_per_s": SPOKEN / spoken_s, "joined_ms": 1e3 * joined_s}


async def measure(rounds: int, callers: int, commands: int) -> dict[str, Any]:
    found: dict[str, list[dict[str, float]]] = {kind: [] for kind in KINDS}
    for number in range(rounds):
        for kind in KINDS[number % 3:] + KINDS[:number % 3]:
            found[kind].append(await command_round(kind, callers, commands))
    table = {kind: {name: statistics.median(one[name] for one in found[kind])
                    for name in found[kind][0]} for kind in KINDS}
    return {
        "machine": f"{platform.processor() or platform.machine()}, Python "
                   f"{platform.python_version()}, panoramisk {version('panoramisk')}",
        "callers": callers, "commands": table,
        "half_open_ms": {kind: await half_open(kind) for kind in ("stock", "ours")},
        "speech": await speech()}


def show(facts: dict[str, Any]) -> None:
    print(f"{facts['machine']}; {facts['callers']} callers at once")
    bare_us = facts["commands"]["bare"]["cpu_us"]
    for kind, figures in facts["commands"].items():
        print(f"  {kind:6} {figures['cpu_us']:6.0f} us CPU a command "
              f"({figures['cpu_us'] / bare_us:.2f} x bare), round trip "
              f"p50 {figures['p50_ms']:.1f} p99 {figures['p99_ms']:.1f} ms")
    print(f"  goal: at most 1.3 x bare; p99 at most 50 ms. {facts['callers']} callers here talk "
          "without a pause, so the round trip is all queueing")
    for kind, served_ms in facts["half_open_ms"].items():
        said = "never" if served_ms is None else f"{served_ms:.1f} ms"
        print(f"  a caller behind {HALF_OPEN} half-open peers is served by {kind}: {said}")
    speech_facts = facts["speech"]
    print(f"  speech: {speech_facts['prompts_per_s']:.1f} prompts/s ahead by two workers, "
          f"{speech_facts['set']} in the English set; a sum joined in a call in "
          f"{speech_facts['joined_ms']:.1f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", choices=KINDS, help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--callers", type=int, default=120)
    parser.add_argument("--commands", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.serve:
        asyncio.run(serve_kind(options.serve, options.commands))
        return
    facts = asyncio.run(measure(options.rounds, options.callers, options.commands))
    print(json.dumps(facts, indent=2)) if options.json else show(facts)


if __name__ == "__main__":
    main()
