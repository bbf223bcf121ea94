"""Figures of GOALS.md "cti" that need a real Asterisk: ringall queues of 1, 10 and 100 members,
and how long the floor takes to be right again after a cut and a black hole, at 120 calls.

    python -m bench.cti_real [--calls N] [--cuts N] [--members 1,10,100]
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bench import machine
from bench.cti import CHUNK, NOW, PATTERNS, session_of, stock
from bench.faults_proxy import Proxy
from bench.screen_stage import CHECKOUT
from cti import changes as ch
from cti.ami import Account, Heard, Session, connect
from cti.engine import Engine, LinkPlan
from cti.feed import Fed
from cti.floor import Floor, apply
from cti.parse import parse
from cti.pbx.find import Program, find_asterisk
from cti.pbx.plan import EntryPlan, OperatorPlan, PbxPlan, Ports, QueuePlan, WorldPlan
from cti.pbx.run import down, main_instance, start, world_instance
from cti.pbx.world import Caller, place_call
from cti.tape import Record, encode

FIRST = 201
GREETING = b"Asterisk Call Manager/12.0.0\r\n"
REGISTERS_WITHIN_S = 20.0
RINGS_S, TALKS_S = 1, 2
LINK_WITHIN_S = 30.0
STANDS_S = 600                      # how long the 120 callers stay


@dataclass(frozen=True, slots=True)
class Place:
    plan: PbxPlan
    program: Program
    operators: tuple[str, ...]

    @property
    def phones(self) -> dict[str, str]:
        return {f"PJSIP/{one}": one for one in self.operators}


def queue_of(members: int) -> str:
    return f"ring{members}"


def entry_of(members: int) -> str:
    return f"+749512{members:05d}"


@contextmanager
def staged(base: int, members: Sequence[int]) -> Iterator[Place]:
    """Both Asterisks; a ringall queue for each number of members."""
    folder = Path(tempfile.mkdtemp(prefix="dlr", dir="/tmp"))
    people = tuple(f"{FIRST + place}" for place in range(max(members)))
    queues = (*(queue_of(count) for count in members), "standing")
    entries = {entry_of(count): queue_of(count) for count in members}
    plan = PbxPlan(
        folder=folder, secret=os.urandom(32), ports=(ports := Ports.from_base(base)),
        trunk_port=ports.world_sip, operators=tuple(OperatorPlan(id=i, name=i) for i in people),
        queues=tuple(QueuePlan(id=one, wrap_up_s=0) for one in queues),
        entries=(*(EntryPlan(number=number, queue=queue) for number, queue in entries.items()),
                 EntryPlan(number="+74951299999", queue="standing")),
        world=WorldPlan(colleagues=people, colleague_answers_s=(RINGS_S, RINGS_S),
                        colleague_talks_s=(TALKS_S, TALKS_S), sends_silence=False))
    program = find_asterisk(Path(os.environ.get("DESKLINE_CACHE", CHECKOUT / ".deskline")))
    main = main_instance(plan, program)
    files = dict(main.files)
    files["queues.conf"] = files["queues.conf"].replace(
        "strategy = leastrecent", "strategy = ringall").replace("autopause = all",
                                                                "autopause = no")
    try:
        start(replace(main, files=files))
        start(world_instance(plan, program))
        yield Place(plan, program, people)
    finally:
        down(plan, program)
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def hands(place: Place) -> AsyncIterator[Session]:
    plan = place.plan
    async with connect(Account(
            host=plan.host, port=plan.ports.ami, name="control", wants_events=False,
            secret=plan.password("ami:control"))) as session:
        yield session


# ringall

async def captured(place: Place, members: int, calls: int) -> bytes:
    """All that the observer is told of `calls` calls to a queue of `members`, as on the wire."""
    plan = place.plan
    heard = bytearray()
    reader, writer = await asyncio.open_connection(plan.host, plan.ports.ami)
    writer.write((f"Action: Login\r\nUsername: observer\r\nSecret: "
                  f"{plan.password('ami:observer')}\r\n\r\n").encode())
    await reader.readuntil(b"FullyBooted")
    await reader.readuntil(b"\r\n\r\n")

    async def listen() -> None:
        while data := await reader.read(1 << 16):
            heard.extend(data)

    async with asyncio.TaskGroup() as tasks:
        listening = tasks.create_task(listen())
        for number in range(calls):
            await place_call(plan, Caller(entry=entry_of(members), number=f"+7999{number:07d}",
                                          script="listen", before_s=0, talk_s=8))
            await asyncio.sleep(RINGS_S + TALKS_S + 2)
        listening.cancel()
    writer.close()
    return GREETING + bytes(heard)


def ours_s(place: Place, data: bytes) -> float:
    """Seconds of CPU for framing, tape, parsing and floor of all of it."""
    floor = Floor("main")
    floor.table = place.phones

    def deliver(heard: Sequence[Heard]) -> None:
        for one in heard:
            encode(Record(NOW, "main", one.headers))
            event = parse(NOW, one.headers)
            if event is not None:
                apply(floor, event)

    protocol = session_of(place.plan.system_name, deliver)
    begun = time.process_time()
    for at in range(0, len(data), CHUNK):
        protocol.data_received(data[at:at + CHUNK])
    return time.process_time() - begun


async def join(place: Place, members: Sequence[int]) -> None:
    """Phones are registered, and each queue has its members."""
    async with hands(place) as session:
        for count in members:
            for operator in place.operators[:count]:
                await session.ask({"Action": "QueueAdd", "Queue": queue_of(count),
                                   "Interface": f"PJSIP/{operator}", "MemberName": operator})
    await asyncio.sleep(REGISTERS_WITHIN_S if max(members) > 20 else REGISTERS_WITHIN_S / 3)


async def show_ringall(place: Place, members: Sequence[int], calls: int) -> None:
    await join(place, members)
    print("ringall queue             events/call   ms CPU/call   us/event   stock, empty "
          "callbacks")
    for count in members:
        data = await captured(place, count, calls)
        events = data.count(b"\r\n\r\n")
        ours = statistics.median(ours_s(place, data) for _ in range(5))
        theirs = statistics.median(stock(data, PATTERNS) for _ in range(5))
        goal = "  (goal 20 ms)" if count == 100 else ""
        print(f"{count:>4} members {events / calls:>22.0f} {ours / calls * 1e3:>13.1f} "
              f"{ours / events * 1e6:>10.1f} {theirs / calls * 1e3:>10.1f} ms a call{goal}")


# the link

async def show_link(place: Place, calls: int, cuts: int, port: int) -> None:
    plan = place.plan
    tapes = plan.folder / "tapes"
    proxy = Proxy(plan.host, port, plan.ports.ami)
    engine = Engine(LinkPlan(
        pbx="main", host=plan.host, port=port, observer_secret=plan.password("ami:observer"),
        control_secret=plan.password("ami:control"), system_name=plan.system_name,
        tape_dir=tapes, operators=place.phones))
    async with proxy.listening(), asyncio.TaskGroup() as tasks:
        with engine.feed.subscribe("bench", limit=100_000) as fed:
            running = tasks.create_task(engine.run())
            lost = list[float]()
            noting = tasks.create_task(_note(fed, lost))
            await _fill(place, engine, calls)
            right = [await _cut(engine, proxy, calls) for _ in range(cuts)]
            noticed = [await _stalled(engine, proxy, lost) for _ in range(2)]
            running.cancel()
            noting.cancel()
    right.sort()
    print(f"link back -> right floor at {calls} calls, {cuts} cuts: p50 "
          f"{statistics.median(right) * 1e3:.0f} ms, p99 "
          f"{right[min(len(right) - 1, int(len(right) * 0.99))] * 1e3:.0f} ms (goal 2,000)")
    print("black hole noticed after "
          + ", ".join(f"{seconds:.1f}" for seconds in noticed) + " s (goal 15)")


async def _note(fed: AsyncIterator[Fed], lost: list[float]) -> None:
    async for one in fed:
        lost += [time.monotonic() for change in one.changes if isinstance(change, ch.LinkLost)]


async def _fill(place: Place, engine: Engine, calls: int) -> None:
    for number in range(calls):
        await place_call(place.plan, Caller(
            entry="+74951299999", number=f"+7998{number:07d}", script="listen", before_s=0,
            talk_s=STANDS_S))
        await asyncio.sleep(0.05)
    await _until(lambda: len(engine.floor.calls) >= calls and engine.link_is_up())


async def _until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(LINK_WITHIN_S):
        while not is_so():  # noqa: ASYNC110 - the engine has no event for it
            await asyncio.sleep(0.002)


async def _cut(engine: Engine, proxy: Proxy, calls: int) -> float:
    """Seconds from the first new link until the floor was compared and has every call."""
    before = len(proxy.linked_at)
    await proxy.cut(0.3)
    await _until(lambda: not engine.link_is_up() or len(proxy.linked_at) > before)
    await _until(lambda: engine.link_is_up() and len(proxy.linked_at) > before
                 and len(engine.floor.calls) == calls)
    return time.time() - proxy.linked_at[before]


async def _stalled(engine: Engine, proxy: Proxy, lost: list[float]) -> float:
    begun, known = time.monotonic(), len(lost)
    await proxy.stall(16)
    if len(lost) == known:
        raise RuntimeError("the black hole was not noticed")
    await _until(engine.link_is_up)
    return lost[known] - begun


async def perform(place: Place, wanted: argparse.Namespace) -> None:
    print(machine.machine())
    logging.disable(logging.WARNING)        # links are cut on purpose
    if wanted.members:
        await show_ringall(place, wanted.members, wanted.rings)
    await show_link(place, wanted.calls, wanted.cuts, wanted.base_port + 499)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--calls", type=int, default=120)
    parser.add_argument("--cuts", type=int, default=20)
    parser.add_argument("--rings", type=int, default=3, help="calls to each ringall queue")
    parser.add_argument("--members", default="1,10,100")
    parser.add_argument("--base-port", type=int, default=27_000, help="first of 500 ports")
    wanted = parser.parse_args()
    wanted.members = tuple(int(one) for one in wanted.members.split(",") if one)
    with staged(wanted.base_port, wanted.members or (1,)) as place:
        asyncio.run(perform(place, wanted))


if __name__ == "__main__":
    main()
