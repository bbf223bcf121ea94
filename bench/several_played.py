"""The Asterisks of `bench.several`: a process of their own, manager sessions that tell calls."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import time
from collections.abc import Iterator

from bench.cti import frame
from bench.cti_scale import OPERATORS, Telling
from cti.probe import FORBIDDEN

SAME = "d0123456789abcdef00"        # what the Uniqueids of all of them begin with
STEP_S = 0.05                       # between two events of a call
BOOTED = {"Event": "FullyBooted", "Privilege": "system,all", "Timestamp": "", "SystemName": "",
          "Uptime": "100"}     # the order is part of what is believed
GREETING = b"Asterisk Call Manager/12.0.0\r\n"
LISTS = {"CoreShowChannels": "CoreShowChannelsComplete", "QueueStatus": "QueueStatusComplete",
         "DeviceStateList": "DeviceStateListComplete", "BridgeList": "BridgeListComplete"}
REFUSED = frozenset(action["Action"] for action in FORBIDDEN.values())


def operator(number: int, place: int) -> str:
    """Of the Asterisk with this number, for its call at `place`."""
    return f"{number + 1}{200 + place % OPERATORS}"


def caller(number: int, place: int) -> str:
    return f"+7916{number:03d}{place:04d}"


def calls_of(rate: float, seconds: int) -> int:
    """How many begin early enough to be over in time."""
    return int(rate * (seconds - 3))


def free_ports(count: int) -> list[int]:
    """For ourselves at once; below those that the kernel gives out for outgoing links."""
    found: list[int] = []
    for port in range(31_000, 32_700):
        with socket.socket() as one:
            try:
                one.bind(("127.0.0.1", port))
            except OSError:
                continue
        found.append(port)
        if len(found) == count:
            return found
    raise OSError("no free ports")


class Played:
    def __init__(self, number: int, system: str) -> None:
        self._number, self._system = number, system
        self._telling = Telling(SAME)
        self._listeners: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(GREETING)
        action: dict[str, str] = {}
        while line := (await reader.readline()).decode():
            name, _, value = line.strip().partition(": ")
            if name:
                action[name] = value
                continue
            writer.write(self._answer(action))
            if action["Action"] == "Login":
                self._said(writer, BOOTED)
                if action.get("Events") == "on":
                    self._listeners.append(writer)
            action = {}

    def _answer(self, action: dict[str, str]) -> bytes:
        marked = {"ActionID": action["ActionID"]}
        name = action["Action"]
        if name in REFUSED or name == "Hangup":
            return frame({"Response": "Error", **marked, "Message": "Permission denied"})
        if name in LISTS:
            end = {"Event": LISTS[name], **marked, "EventList": "Complete", "ListItems": "0"}
            return frame({"Response": "Success", **marked, "EventList": "start"}) + frame(end)
        return frame({"Response": "Success", **marked})

    def _said(self, writer: asyncio.StreamWriter, headers: dict[str, str]) -> None:
        own = {"Timestamp": f"{time.time():.6f}", "SystemName": self._system}
        writer.write(frame({**headers, **own}))

    def call(self, place: int) -> Iterator[dict[str, str]]:
        """The recorded call with our caller and operator; ids and channels are as the others'."""
        plain, ours = f"PJSIP/{200 + place % OPERATORS}", operator(self._number, place)
        text = json.dumps(self._telling.call(place)).replace(plain, f"PJSIP/{ours}")
        text = text.replace("+79161234567", caller(self._number, place))
        said: list[dict[str, str]] = json.loads(text.replace(
            '"MemberName": "101"', f'"MemberName": "{ours}"'))
        yield from said

    async def play(self, rate: float, calls: int) -> None:
        """An event of each live call every STEP_S; calls begin one after the other."""
        live: list[Iterator[dict[str, str]]] = []
        begun, began = 0, time.monotonic()
        while begun < calls or live:
            due = min(calls, int((time.monotonic() - began) * rate) + 1)
            live += [self.call(place) for place in range(begun, due)]
            begun = due
            live = [one for one in live if self._tell(next(one, None))]
            await asyncio.sleep(STEP_S)

    def _tell(self, headers: dict[str, str] | None) -> bool:
        if headers is not None:
            for writer in self._listeners:
                self._said(writer, headers)
        return headers is not None


async def main() -> None:
    plan = json.loads(sys.argv[1])
    asterisks = [Played(number, one["system"]) for number, one in enumerate(plan["asterisks"])]
    for asterisk, one in zip(asterisks, plan["asterisks"], strict=True):
        await asyncio.start_server(asterisk.serve, "127.0.0.1", one["port"])
    await asyncio.to_thread(sys.stdin.readline)
    async with asyncio.TaskGroup() as tasks:
        for asterisk in asterisks:
            tasks.create_task(asterisk.play(
                plan["rate"], calls_of(plan["rate"], plan["seconds"])))
    await asyncio.Event().wait()        # until we are killed: the links stay


if __name__ == "__main__":
    asyncio.run(main())
