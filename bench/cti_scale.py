"""Figures of GOALS.md "cti" that need many calls: memory per 1,000, and several Asterisks at once.

The calls are one recorded queue call told again under other names, as many as wanted at a time.

    python -m bench.cti_scale [--calls N] [--rate R] [--pbxs N]
"""

from __future__ import annotations

import argparse
import gc
import json
import re
import time
import tracemalloc
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench import machine
from bench.cti import frame, session_of
from cti.ami import Heard, _Protocol
from cti.changes import CallAnswered, CallEnded, CallStarted, Change
from cti.floor import Floor, apply
from cti.parse import parse
from cti.tape import Record, encode

TAPE = (Path(__file__).resolve().parent.parent / "tests" / "tapes" / "inbound"
        / "answered_caller_hangs_up.jsonl")
NOW = datetime(2026, 11, 22, tzinfo=UTC)
OPERATORS = 100
OF_CALLS = frozenset((
    "Newchannel", "Newstate", "Hangup", "HangupRequest", "SoftHangupRequest", "DialBegin",
    "DialState", "DialEnd", "BridgeCreate", "BridgeEnter", "BridgeLeave", "BridgeDestroy",
    "QueueCallerJoin", "QueueCallerLeave", "AgentCalled", "AgentConnect", "AgentComplete",
    "MusicOnHoldStart", "MusicOnHoldStop"))
TALKING = "BridgeEnter"     # the last of these events is where a call is in full talk


def call_events() -> list[dict[str, str]]:
    """What Asterisk says of one queue call, in order."""
    said = [json.loads(line)["headers"] for line in TAPE.read_bytes().splitlines()]
    return [one for one in said if one.get("Event") in OF_CALLS]


class Telling:
    """The call told again: other ids, phones and bridge each time."""

    def __init__(self, system: str) -> None:
        self._text = json.dumps(call_events())
        self._system = system
        self._own = re.search(r'"SystemName": "([0-9a-z]+)"', self._text)[1]  # type: ignore[index]
        self._bridge = re.search(r'"BridgeUniqueid": "([0-9a-f-]+)"', self._text)[1]  # type: ignore[index]

    def call(self, place: int) -> list[dict[str, str]]:
        operator = 200 + place % OPERATORS
        text = (self._text.replace(self._bridge, f"bridge-{self._system}-{place}")
                .replace("trunk-00000000", f"trunk-{place:08x}")
                .replace("PJSIP/101-00000001", f"PJSIP/{operator}-{place:08x}")
                .replace("PJSIP/101", f"PJSIP/{operator}")
                .replace("1795354834.0", f"1795354834.{2 * place}")
                .replace("1795354834.1\"", f"1795354834.{2 * place + 1}\"")
                .replace(self._own, self._system))
        found: list[dict[str, str]] = json.loads(text)
        return found


def people() -> dict[str, str]:
    return {f"PJSIP/{200 + place}": f"{200 + place}" for place in range(OPERATORS)}


def floor_of(pbx: str) -> Floor:
    floor = Floor(pbx)
    floor.table = people()
    return floor


def tell(floor: Floor, events: Sequence[dict[str, str]]) -> None:
    for headers in events:
        event = parse(NOW, headers)
        if event is not None:
            apply(floor, event)


def memory(calls: int) -> tuple[float, float, float]:
    """MB of `calls` live talks, MB left when all are over, how many are left."""
    telling = Telling("d0123456789abcdef")
    floor = floor_of("main")
    told = telling.call(0)
    last = max(place for place, one in enumerate(told) if one["Event"] == TALKING)
    tell(floor, told)           # whatever is made once is made
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for place in range(1, calls + 1):
        tell(floor, telling.call(place)[:last + 1])
    gc.collect()
    live = tracemalloc.get_traced_memory()[0] - before
    if len(floor.calls) != calls:
        raise RuntimeError(f"{len(floor.calls)} calls live, not {calls}")
    for place in range(1, calls + 1):
        tell(floor, telling.call(place)[last + 1:])
    gc.collect()
    rest = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return live / 2**20, rest / 2**20, len(floor.calls)


def several(pbxs: int, rate: float, seconds: int) -> tuple[float, int, int]:
    """Cores used by `pbxs` Asterisks at `rate` calls a second each, calls, mix-ups.

    Every floor has its own session, tape and calls, and the packets come by turns.
    """
    streams, floors, seen = [], [], list[list[Change]]()
    calls = int(rate * seconds)
    for number in range(pbxs):
        system, changes = f"d{number}23456789abcdef0", list[Change]()
        floors.append(floor := floor_of(f"pbx{number}"))
        seen.append(changes)
        streams.append((_followed(floor, system, changes), _packets(system, calls)))
    told = 0.0
    for turn in zip(*(packets for _, packets in streams), strict=True):
        for (protocol, _), packet in zip(streams, turn, strict=True):
            begun = time.process_time()
            protocol.data_received(packet)
            told += time.process_time() - begun
    mixed = sum(_mix_ups(f"pbx{number}", f"d{number}23456789abcdef0", changes, calls)
                for number, changes in enumerate(seen)) + sum(len(one.calls) for one in floors)
    return told / seconds, calls * pbxs, mixed


def _followed(floor: Floor, system: str, changes: list[Change]) -> _Protocol:
    def deliver(heard: Sequence[Heard]) -> None:
        for one in heard:
            encode(Record(NOW, floor.pbx, one.headers))
            event = parse(NOW, one.headers)
            if event is not None:
                changes.extend(apply(floor, event))

    return session_of(system, deliver)


def _packets(system: str, calls: int) -> Iterator[bytes]:
    """Ten calls at a time, their events by turns as they come when many talk at once."""
    telling = Telling(system)
    yield b"Asterisk Call Manager/12.0.0\r\n"
    for first in range(0, calls, 10):
        told = [telling.call(place) for place in range(first, min(first + 10, calls))]
        yield b"".join(frame(one) for step in zip(*told, strict=True) for one in step)


def _mix_ups(pbx: str, system: str, changes: Sequence[Change], calls: int) -> int:
    of_calls = [one for one in changes if isinstance(one, CallStarted | CallAnswered | CallEnded)]
    strange = [one for one in of_calls if one.pbx != pbx or not one.call.startswith(system)]
    return len(strange) + abs(len(of_calls) - 3 * calls)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--calls", type=int, default=1_000)
    parser.add_argument("--rate", type=float, default=20.0, help="of each Asterisk")
    parser.add_argument("--seconds", type=int, default=20, help="of traffic")
    parser.add_argument("--pbxs", type=int, default=4)
    wanted = parser.parse_args()
    print(machine.machine())
    live, rest, left = memory(wanted.calls)
    print(f"memory of {wanted.calls} live talks: {live:.1f} MB; when they are over {rest:.2f} MB "
          f"and {left} calls are left")
    cores, calls, mixed = several(wanted.pbxs, wanted.rate, wanted.seconds)
    print(f"{wanted.pbxs} Asterisks x {wanted.rate:g} calls/s: {cores:.2f} cores (goal 1), "
          f"{cores / (wanted.pbxs * wanted.rate) * 1e3:.1f} ms a call, {calls} calls, "
          f"mix-ups {mixed} (goal 0)")


if __name__ == "__main__":
    main()
