"""A server that is cancelled while it starts gives its port back."""

from __future__ import annotations

import asyncio
import socket

import pytest

from cti.agi import serve
from tests.ports import free_port


async def _begun(port: int) -> None:
    async with serve("127.0.0.1", port, {}):
        await asyncio.sleep(60)


@pytest.mark.parametrize("turns", range(1, 8))
async def test_cancelled_while_it_starts_it_leaves_no_port_taken(turns: int) -> None:
    port = free_port()
    async with asyncio.TaskGroup() as tasks:
        beginning = tasks.create_task(_begun(port))
        for _ in range(turns):
            await asyncio.sleep(0)
        beginning.cancel()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", port))
