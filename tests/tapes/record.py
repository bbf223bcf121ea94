"""Records the tapes again: `python -m tests.tapes.record [part of a name …]`.

Each scene runs on a real private Asterisk, through our own engine, so a tape is exactly what a
live system writes. Ports from DESKLINE_TAPE_PORTS (default 32000). With DESKLINE_TAPE_ASTERISK_16
(a folder for its tree) some scenes are recorded on that one, as `asterisk16/…`.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import traceback
from pathlib import Path

from cti.errors import CommandRefused
from cti.pbx.find import find_asterisk
from cti.pbx.plan import Ports
from cti.pbx.run import down, up
from tests.pbx.fixtures import CHECKOUT, PrivatePbx, sample_plan
from tests.tapes import (  # noqa: F401 - each adds its scenes
    scenes_conference,
    scenes_controls,
    scenes_forwarding,
    scenes_hold,
    scenes_link,
    scenes_out,
    scenes_pickup,
    scenes_queues,
    scenes_supervision,
    scenes_transfers,
    scenes_ways,
)
from tests.tapes.older import SCENES_OF_OLDER, asterisk_16
from tests.tapes.scenes import SCENES
from tests.tapes.site import furnish
from tests.tapes.stage import stage

HERE = Path(__file__).parent
SCENE_LIMIT_S = 90.0
OLDER = os.environ.get("DESKLINE_TAPE_ASTERISK_16", "")


async def record(pbx: PrivatePbx, folder: Path, name: str, target: Path) -> None:
    async with asyncio.timeout(SCENE_LIMIT_S):
        async with stage(pbx, folder) as scene:
            await SCENES[name](scene)
    _keep(folder, target)


def tape_of(name: str) -> Path:
    folder = f"asterisk16/{name.replace('/', '_')}" if OLDER else name
    return HERE / f"{folder}.jsonl"


def _keep(folder: Path, target: Path) -> None:
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(recorded(folder))


def recorded(folder: Path) -> bytes:
    return b"".join(part.read_bytes() for part in sorted((folder / "tapes").glob("*.jsonl")))


async def record_all(pbx: PrivatePbx, folder: Path, names: list[str]) -> int:
    failed = 0
    for name in names:
        try:
            target = tape_of(name)
            await record(pbx, folder, name, target)
            print(f"{name}: {len(recorded(folder))} bytes", flush=True)
        except* (TimeoutError, OSError, CommandRefused) as group:
            failed += 1
            print(f"{name}: FAILED {group.exceptions}", flush=True)
            print(_where(group), flush=True)
            _keep(folder, target.with_suffix(".failed"))
            await asyncio.to_thread(pbx.hang_up_everything)
    return failed


def _where(group: BaseExceptionGroup[BaseException]) -> str:
    """The line of the scene at which it stopped."""
    told = "".join(traceback.format_exception(group)).splitlines()
    return next((line for line in reversed(told) if "/tests/tapes/scenes" in line), "")


def main(wanted: list[str]) -> int:
    names = [name for name in (SCENES_OF_OLDER if OLDER else SCENES)
             if not wanted or any(part in name for part in wanted)]
    ports = Ports.from_base(int(os.environ.get("DESKLINE_TAPE_PORTS", "32000")))
    with tempfile.TemporaryDirectory(prefix="deskline-tapes-") as place:
        folder = Path(place)
        plan = sample_plan(folder, ports)
        program = asterisk_16(Path(OLDER)) if OLDER else find_asterisk(CHECKOUT / ".deskline")
        try:
            up(plan, program, world=True)
            pbx = PrivatePbx(plan, program)
            furnish(pbx)
            return 1 if asyncio.run(record_all(pbx, folder, names)) else 0
        finally:
            down(plan, program)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
