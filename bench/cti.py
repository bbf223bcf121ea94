"""Figures of GOALS.md "cti": events a second beside stock panoramisk, CPU per event on the floor.

One run, interleaved rounds, medians; the stream is the recorded tapes as Asterisk sent them,
with the variables and dialplan steps that a stock client also receives.

    python -m bench.cti [--rounds N]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from panoramisk.ami_protocol import AMIProtocol
from panoramisk.manager import Manager

from cti import ami
from cti.ami import Account, Heard, Session
from cti.floor import Floor, apply
from cti.parse import parse
from cti.tape import Record, encode

TAPES = Path(__file__).resolve().parent.parent / "tests" / "tapes"
SYSTEM = "d0123456789abcdef"
EVENTS = 34_000
CHUNK = 16_384
NOW = datetime(2026, 11, 22, tzinfo=UTC)
OPERATORS = {f"PJSIP/{i}": f"{i}" for i in range(101, 111)}
PATTERNS = (
    "Newchannel", "Newstate", "Hangup", "HangupRequest", "DialBegin", "DialEnd", "BridgeEnter",
    "BridgeLeave", "Hold", "Unhold", "QueueCallerJoin", "QueueCallerLeave", "QueueCallerAbandon",
    "AgentCalled", "AgentConnect", "AgentComplete", "QueueMemberStatus", "QueueMemberPause",
    "BlindTransfer", "AttendedTransfer",
)
OF_A_LEG = ("Channel", "Uniqueid", "Linkedid", "Context", "Exten", "CallerIDNum", "CallerIDName")


class Sink:
    def close(self) -> None: ...

    def abort(self) -> None: ...

    def write(self, data: bytes) -> None: ...


def recorded() -> list[dict[str, str]]:
    """The headers of every event on the tapes, in order."""
    found = []
    for path in sorted(TAPES.glob("*/*.jsonl")):
        for line in path.read_bytes().splitlines():
            headers = json.loads(line)["headers"]
            if "Timestamp" in headers:
                found.append(headers)
    return found


def stream(headers: list[dict[str, str]], count: int) -> bytes:
    """As on the wire: after each wanted event one that is noise to us, as measured."""
    frames: list[bytes] = []
    for place in range(count // 2):
        event = dict(headers[place % len(headers)])
        event["SystemName"] = SYSTEM
        frames.append(frame(event))
        leg: dict[str, str] = {key: event[key] for key in OF_A_LEG if key in event}
        frames.append(frame({
            "Event": "VarSet", "Privilege": "dialplan,all", "Timestamp": event["Timestamp"],
            "SystemName": SYSTEM, **leg, "Variable": "BRIDGEPEER", "Value": "PJSIP/101-00000001"}))
    return b"Asterisk Call Manager/12.0.0\r\n" + b"".join(frames)


def frame(headers: dict[str, str]) -> bytes:
    return ("\r\n".join(f"{key}: {value}" for key, value in headers.items()) + "\r\n\r\n").encode()


def feed(protocol: object, data: bytes) -> float:
    """Seconds of CPU to take `data` in packets."""
    start = time.process_time()
    for place in range(0, len(data), CHUNK):
        protocol.data_received(data[place:place + CHUNK])  # type: ignore[attr-defined]
    return time.process_time() - start


def stock(data: bytes, patterns: tuple[str, ...]) -> float:
    manager = Manager(loop=asyncio.get_running_loop())
    for pattern in patterns:
        manager.register_event(pattern, lambda manager, event: None)
    protocol = AMIProtocol()
    protocol.connection_made(Sink())
    protocol.factory = manager
    return feed(protocol, data)


def session_of(system: str, deliver: ami.Deliver) -> ami._Protocol:
    """A manager session without a socket."""
    session = Session(Account(host="x", port=0, name="observer", secret="s", system_name=system),
                      deliver)
    protocol = ami._Protocol(session)
    protocol.connection_made(Sink())  # type: ignore[arg-type]
    return protocol


def ours(data: bytes, deliver: ami.Deliver) -> float:
    return feed(session_of(SYSTEM, deliver), data)


def dispatched(data: bytes) -> float:
    """Framed, believed or not, headers handed to one function a name, as stock does."""
    functions = dict.fromkeys(PATTERNS, lambda headers: None)

    def deliver(heard: Sequence[Heard]) -> None:
        for one in heard:
            function = functions.get(str(one.headers["Event"]))
            if function is not None:
                function(one.headers)

    return ours(data, deliver)


def whole_path(data: bytes) -> float:
    """As `dispatched`, and encoded for the tape and applied to the floor."""
    floor = Floor("main")
    floor.table = OPERATORS

    def deliver(heard: Sequence[Heard]) -> None:
        for one in heard:
            encode(Record(NOW, "main", one.headers))
            event = parse(NOW, one.headers)
            if event is not None:
                apply(floor, event)

    return ours(data, deliver)


def lazy_limit(data: bytes) -> float:
    """As little as can be done: names first, headers of the wanted only, nothing checked."""
    wanted = frozenset(name.encode() for name in PATTERNS)
    start = time.process_time()
    rest = b""
    for place in range(0, len(data), CHUNK):
        frames = (rest + data[place:place + CHUNK]).split(b"\r\n\r\n")
        rest = frames.pop()
        for one in frames:
            if one[7:one.find(b"\r\n")] in wanted:
                dict(line.split(": ", 1) for line in one.decode().split("\r\n"))
    return time.process_time() - start


def on_the_floor(headers: list[dict[str, str]]) -> float:
    """Seconds of CPU to parse and apply each recorded event once."""
    floor = Floor("main")
    floor.table = OPERATORS
    start = time.process_time()
    for one in headers:
        event = parse(NOW, one)
        if event is not None:
            apply(floor, event)
    return time.process_time() - start


def measure(rounds: int) -> dict[str, float]:
    headers = recorded()
    data = stream(headers, EVENTS)
    ways: dict[str, Callable[[], float]] = {
        "stock_one": lambda: stock(data, ("*",)),
        "stock_20": lambda: stock(data, PATTERNS),
        "ours": lambda: dispatched(data),
        "path": lambda: whole_path(data),
        "limit": lambda: lazy_limit(data),
        "floor": lambda: on_the_floor(headers),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, run in ways.items():
            taken[name].append(run())
    median = {name: statistics.median(times) for name, times in taken.items()}
    events = {name: len(headers) if name == "floor" else EVENTS for name in ways}
    return {name: median[name] / events[name] * 1e6 for name in ways}


async def main(rounds: int) -> None:
    us = measure(rounds)
    rate = {name: 1e6 / each for name, each in us.items()}
    print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}, "
          f"panoramisk {version('panoramisk')}, {EVENTS} events, median of {rounds} rounds, CPU")
    print(f"stock, one callback      {rate['stock_one']:>9,.0f}/s  {us['stock_one']:6.1f} us")
    print(f"stock, 20 names          {rate['stock_20']:>9,.0f}/s  {us['stock_20']:6.1f} us")
    print(f"ours, headers dispatched {rate['ours']:>9,.0f}/s  {us['ours']:6.1f} us   "
          f"= {us['stock_20'] / us['ours']:.1f} x stock (goal 5), "
          f"{us['limit'] / us['ours']:.2f} x the lazy limit (goal 0.5)")
    print(f"lazy limit               {rate['limit']:>9,.0f}/s  {us['limit']:6.1f} us")
    print(f"ours, tape and floor too {rate['path']:>9,.0f}/s  {us['path']:6.1f} us")
    print(f"event to change on the floor: {us['floor']:.1f} us of CPU per event "
          f"(goal 22; stock with an empty callback in this run: {us['stock_one']:.1f})")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    asyncio.run(main(parser.parse_args().rounds))
