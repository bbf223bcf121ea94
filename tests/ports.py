"""Ports for what a test starts.

Below the range from which the kernel gives out ports for outgoing links, or a browser's may sit on
one before our server does; each of pytest-xdist's workers has its own share, and gives none twice
before all were given.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import socket
from collections.abc import Iterator

BLOCK = 500
_SINGLES = range(11_000, 16_000)
_BLOCKS = range(16_000, 32_500, BLOCK)


def free_port() -> int:
    """One that nobody uses now."""
    return next(port for port in itertools.islice(_singles, len(_SINGLES)) if _is_free(port))


def free_block(*offsets: int) -> int:
    """The first of `BLOCK` ports; nobody uses those at `offsets` now."""
    return next(base for base in itertools.islice(_blocks, len(_BLOCKS))
                if all(_is_free(base + offset) for offset in offsets))


def _shared_out(ports: range) -> Iterator[int]:
    """This worker's share, round and round; from anywhere, as other checkouts may be at work."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    mine = list(ports[worker::workers])
    start = random.randrange(len(mine))
    return itertools.cycle(mine[start:] + mine[:start])


def _is_free(port: int) -> bool:
    with contextlib.ExitStack() as stack:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            probe = stack.enter_context(socket.socket(socket.AF_INET, kind))
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True


_singles = _shared_out(_SINGLES)
_blocks = _shared_out(_BLOCKS)
