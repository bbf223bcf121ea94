"""`deskline serve` as a process that a test may kill: settings as JSON on standard input, `up`
on standard output when it is linked."""

from __future__ import annotations

import asyncio
import json
import sys

from workstation.serve import running
from workstation.settings import Settings


async def main() -> None:
    settings = Settings(**json.loads(sys.stdin.readline()))
    async with running(settings) as desk:
        while not desk.link_is_up():  # noqa: ASYNC110 - the link has no event for tests
            await asyncio.sleep(0.05)
        sys.stdout.write("up\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


asyncio.run(main())
