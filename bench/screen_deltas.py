"""Figures of GOALS.md "screen": live deltas to 500 screens.

The real server with its database and no Asterisk; screens are sockets of another process that
only count what arrives. Twice a second `--changed` operators change on the board and go out to
all. Its peers run in the same process, in turn with it, and write the same frames: `raw` hands
ready frames to the transports of as many plain connections, `aiohttp` sends the same text by its
own websocket. CPU is the server process's own. A private view is put into the middle of each
fan-out: how long until it is handed to its socket is what a pop would wait.

    python -m bench.screen_deltas [--screens 500] [--rounds 40] [--changed 20] [--json]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path

import aiohttp
import msgspec
from aiohttp import web

from bench import machine
from tests.ports import free_port
from workstation import protocol
from workstation.accounts import demo_password
from workstation.board import Board, encode
from workstation.desk import Desk
from workstation.serve import running
from workstation.settings import load

GOAL = "goal: CPU per frame <= 1.7 x raw; no pop waits > 10 ms for a fan-out"
LIMIT_S = 120.0
SINCE = "2026-11-23T09:00:00Z"
PROBE_S = 0.002             # the loop is asked so often whether it is held
LOGIN = "sofia"             # a lead sees all operators


# ── the screens: another process ─────────────────────────────────────────────────────────────
def count(port: int, peer_port: int, raw_port: int, screens: int, token: str,
          told: Connection) -> None:
    asyncio.run(_count(port, peer_port, raw_port, screens, token, told))


async def _count(port: int, peer_port: int, raw_port: int, screens: int, token: str,
                 told: Connection) -> None:
    async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            headers={"Authorization": f"Bearer {token}"}) as http, asyncio.TaskGroup() as tasks:
        kept = []           # a writer that nobody holds closes its connection
        for _ in range(screens):
            ours = await http.ws_connect(f"ws://127.0.0.1:{port}/live", max_msg_size=0)
            tasks.create_task(_swallow(ours), name="ours")
            peer = await http.ws_connect(f"ws://127.0.0.1:{peer_port}/", max_msg_size=0)
            tasks.create_task(_swallow(peer), name="peer")
            reader, writer = await asyncio.open_connection("127.0.0.1", raw_port)
            kept.append(writer)
            tasks.create_task(_drain(reader), name="raw")
        told.send("connected")


async def _swallow(socket: aiohttp.ClientWebSocketResponse) -> None:
    async for _ in socket:
        pass


async def _drain(reader: asyncio.StreamReader) -> None:
    while await reader.read(65_536):
        pass


# ── the peers ────────────────────────────────────────────────────────────────────────────────
class Peers:
    """Sockets that are handed the same text: aiohttp's own, and plain transports."""

    def __init__(self) -> None:
        self.sockets: list[web.WebSocketResponse] = []
        self.writers: list[asyncio.StreamWriter] = []

    async def take(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        self.sockets.append(socket)
        async for _ in socket:
            pass
        return socket

    async def keep(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        await reader.read()

    async def send_aiohttp(self, text: str) -> None:
        for place, socket in enumerate(self.sockets, 1):
            await socket.send_str(text)
            if place % 100 == 0:
                await asyncio.sleep(0)

    async def send_raw(self, text: str) -> None:
        payload = text.encode()
        head = bytes([0x81, 127]) + len(payload).to_bytes(8) if len(payload) > 65_535 else (
            bytes([0x81, 126]) + len(payload).to_bytes(2))
        frame = head + payload
        for writer in self.writers:
            writer.write(frame)


@asynccontextmanager
async def peers(port: int, raw_port: int) -> AsyncIterator[Peers]:
    held, app = Peers(), web.Application()
    app.router.add_get("/", held.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    plain = await asyncio.start_server(held.keep, "127.0.0.1", raw_port)
    try:
        yield held
    finally:
        plain.close()
        for writer in held.writers:
            writer.close()
        await runner.cleanup()


# ── rounds ───────────────────────────────────────────────────────────────────────────────────
def changed(number: int, count_: int) -> list[protocol.OperatorView]:
    return [protocol.OperatorView(
        id=f"x{place}", name=f"Operator Number {place}", state="talking", since=SINCE,
        reason="", queues=["billing", "outages"], phone="desk", registered=True, call=None,
        with_whom=f"+7916{number:07d}", calls_today=number, talked_today_s=number * 1.5)
        for place in range(count_)]


async def _ours(board: Board, views: list[protocol.OperatorView]) -> float:
    """Change, flush, wait until every screen was handed it; the longest wait of a private view."""
    for view in views:
        board.put("operators", view.id, view)
    waits, is_out = [0.0], False
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(board.flush(), name="flush")
        while not is_out:
            began = time.perf_counter()
            await asyncio.sleep(PROBE_S)
            waits.append(time.perf_counter() - began - PROBE_S)
            is_out = not board.has_due() and not any(one.pending for one in board.screens())
    return max(waits)


async def _drained(held: Peers) -> None:
    while any(writer.transport.get_write_buffer_size() for writer in held.writers):  # noqa: ASYNC110
        await asyncio.sleep(0.001)


async def _cpu(work: Callable[[], object]) -> float:
    began = time.process_time()
    await work()  # type: ignore[misc]
    return time.process_time() - began


async def measure(desk: Desk, held: Peers, wanted: argparse.Namespace) -> dict[str, float]:
    ours, raw, plain, waits = [], [], [], []
    size = 0

    async def fan_out(views: list[protocol.OperatorView]) -> None:
        waits.append(await _ours(desk.board, views))

    for number in range(1, wanted.rounds + 1):
        views = changed(number, wanted.changed)
        text = encode(protocol.Delta(seq=number, now="2026-11-23T09:00:00.000Z", changes=[
            protocol.Change("operators", view.id, msgspec.Raw(encode(view))) for view in views]))
        size = len(text)
        ours.append(await _cpu(lambda views=views: fan_out(views)))
        await asyncio.sleep(0.1)
        plain.append(await _cpu(lambda text=text: held.send_aiohttp(text.decode())))
        await asyncio.sleep(0.1)
        raw.append(await _cpu(lambda text=text: held.send_raw(text.decode())))
        await _drained(held)
        await asyncio.sleep(0.1)
    return _figures(wanted.screens, size, ours[2:], raw[2:], plain[2:], waits[2:])


def _figures(screens: int, size: int, ours: list[float], raw: list[float], plain: list[float],
             waits: list[float]) -> dict[str, float]:
    """Microseconds of CPU a frame, medians; `times_raw` is the median of the rounds' ratios."""
    def each(found: list[float]) -> float:
        return round(statistics.median(found) / screens * 1e6, 2)
    return {"screens": screens, "frame_bytes": size, "ours_us": each(ours), "raw_us": each(raw),
            "aiohttp_us": each(plain),
            "times_raw": round(statistics.median(
                a / b for a, b in zip(ours, raw, strict=True)), 2),
            "times_aiohttp": round(statistics.median(
                a / b for a, b in zip(ours, plain, strict=True)), 2),
            "longest_hold_ms_p50": round(statistics.median(waits) * 1000, 2),
            "longest_hold_ms_max": round(max(waits) * 1000, 2)}


async def bench(wanted: argparse.Namespace, folder: Path) -> dict[str, float]:
    port, peer_port, raw_port = free_port(), free_port(), free_port()
    settings = load(None, data_dir=folder, server={"port": port, "demo_sign_ins": True},
                    pbx={"ami_port": free_port(), "http_port": free_port()},
                    menu={"port": free_port(), "gate_port": free_port()})
    async with running(settings) as desk, peers(peer_port, raw_port) as held:
        signed = await desk.accounts.sign_in(
            LOGIN, demo_password(settings.secret_file.read_bytes(), LOGIN), "127.0.0.1")
        ours, theirs = multiprocessing.Pipe()
        readers = multiprocessing.get_context("spawn").Process(
            target=count, args=(port, peer_port, raw_port, wanted.screens, signed.token, theirs))
        readers.start()
        try:
            async with asyncio.timeout(LIMIT_S):
                await asyncio.to_thread(ours.recv)
                while len(desk.board.screens()) < wanted.screens or any(  # noqa: ASYNC110
                        screen.is_stale for screen in desk.board.screens()):
                    await asyncio.sleep(0.05)
            return await measure(desk, held, wanted)
        finally:
            readers.terminate()
            await asyncio.to_thread(readers.join)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--screens", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--changed", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, suppress(KeyboardInterrupt):
        found = asyncio.run(bench(wanted, Path(folder)))
        print(json.dumps(found) if wanted.json else _told(found))


def _told(found: dict[str, float]) -> str:
    return "\n".join([machine.machine(), *(f"{name:22} {value}" for name, value in found.items()),
                      GOAL])


if __name__ == "__main__":
    main()
