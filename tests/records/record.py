"""Records what Asterisk writes of its own: `python -m tests.records.record [part of a name …]`.

Every scene of the tapes is played on a real private Asterisk; kept are the tape (packed), CEL and
queue_log of the same calls, so that tests can hold one against the other. Ports from
DESKLINE_TAPE_PORTS (default 38000).
"""

from __future__ import annotations

import asyncio
import gzip
import os
import sys
import tempfile
import traceback
from pathlib import Path

from cti.pbx.find import find_asterisk
from cti.pbx.plan import Ports
from cti.pbx.run import down, up
from tests.pbx.fixtures import CHECKOUT, PrivatePbx, sample_plan
from tests.tapes import scenes_out  # noqa: F401 - adds its scenes
from tests.tapes.record import SCENE_LIMIT_S, recorded
from tests.tapes.scenes import SCENES
from tests.tapes.site import furnish
from tests.tapes.stage import stage

HERE = Path(__file__).parent / "seen"
WRITTEN_S = 1.0         # after the last hang-up Asterisk has written its records


def files_of(pbx: PrivatePbx) -> dict[str, Path]:
    log = pbx.main.site.folder / "log"
    return {"cel.csv": log / "cel-custom" / "Master.csv", "queue_log": log / "queue_log"}


async def record(pbx: PrivatePbx, folder: Path, name: str) -> None:
    before = {kind: path.stat().st_size if path.exists() else 0
              for kind, path in files_of(pbx).items()}
    async with asyncio.timeout(SCENE_LIMIT_S), stage(pbx, folder) as scene:
        await SCENES[name](scene)
    await asyncio.sleep(WRITTEN_S)
    await asyncio.to_thread(keep, pbx, folder, name, before)


def keep(pbx: PrivatePbx, folder: Path, name: str, before: dict[str, int]) -> None:
    """What was written since `before`."""
    target = HERE / name.replace("/", "-")
    for kind, path in files_of(pbx).items():
        Path(f"{target}.{kind}").write_bytes(path.read_bytes()[before[kind]:])
    Path(f"{target}.jsonl.gz").write_bytes(gzip.compress(recorded(folder), mtime=0))


async def record_all(pbx: PrivatePbx, folder: Path, names: list[str]) -> int:
    failed = 0
    for name in names:
        try:
            await record(pbx, folder, name)
            print(name, flush=True)
        except* (TimeoutError, OSError) as group:
            failed += 1
            print(f"{name}: FAILED", flush=True)
            traceback.print_exception(group)
            await asyncio.to_thread(pbx.hang_up_everything)
    return failed


def main(wanted: list[str]) -> int:
    names = [name for name in SCENES if not wanted or any(part in name for part in wanted)]
    ports = Ports.from_base(int(os.environ.get("DESKLINE_TAPE_PORTS", "38000")))
    HERE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="deskline-records-") as place:
        folder = Path(place)
        plan, program = sample_plan(folder, ports), find_asterisk(CHECKOUT / ".deskline")
        try:
            up(plan, program, world=True)
            pbx = PrivatePbx(plan, program)
            furnish(pbx)
            return 1 if asyncio.run(record_all(pbx, folder, names)) else 0
        finally:
            down(plan, program)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
