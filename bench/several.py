"""Several Asterisks under the whole server: cores it takes, and whether a call is ever mixed up.

Each Asterisk is played by another process: it logs us in, lists nothing, and tells one recorded
queue call again and again. All give the same Uniqueids, channels and queues. Every contact that
is stored must be of its own Asterisk, with its caller and its operator.

    python -m bench.several [--pbxs N] [--rate R] [--seconds S]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench import machine
from bench.several_played import SAME, caller, calls_of, free_ports, operator
from crm_store import interactions, mending
from crm_store.errors import TimedOut
from crm_store.store import Store
from workstation.desk import Desk
from workstation.pbx_plan import plan_of
from workstation.serve import running, utc_now
from workstation.settings import Settings, load

WITHIN_S = 120.0
CALM = 0.15             # of a core
OPERATORS = 100


def settings_in(folder: Path, ports: list[int]) -> Settings:
    """The first stands in `[pbx]`; nobody has a password, for nobody signs in."""
    names = [f"pbx{number}" for number in range(len(ports) - 4)]
    spare = ports[-4:]
    asterisks = [{"name": name, "ami_port": port, "http_port": spare[0]}
                 for name, port in zip(names, ports, strict=False)]
    return load(None, data_dir=folder, pbx=asterisks[0], asterisk=asterisks[1:],
                server={"port": spare[1]}, menu={"port": spare[2], "gate_port": spare[3]},
                operator=[{"id": operator(number, place), "login": f"o{number}_{place}",
                           "name": f"Operator {number} {place}", "asterisk": name}
                          for number, name in enumerate(names) for place in range(OPERATORS)])


@asynccontextmanager
async def played(settings: Settings, rate: float, seconds: int) -> AsyncIterator[
        asyncio.subprocess.Process]:
    plan = {"rate": rate, "seconds": seconds, "asterisks": [
        {"port": pbx.ami_port, "system": plan_of(settings, name=pbx.name).system_name}
        for pbx in settings.asterisks]}
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.several_played", json.dumps(plan),
        stdin=asyncio.subprocess.PIPE)
    try:
        yield child
    finally:
        if child.returncode is None:
            child.kill()
        await child.wait()


async def measure(folder: Path, pbxs: int, rate: float, seconds: int) -> None:
    settings = settings_in(folder, free_ports(pbxs + 4))
    async with played(settings, rate, seconds) as child, running(settings) as desk:
        async with asyncio.timeout(WITHIN_S):
            while not desk.link_is_up():  # noqa: ASYNC110 - the link has no event for us
                await asyncio.sleep(0.1)
            await calm()
        wall, spent = time.monotonic(), time.process_time()
        assert child.stdin is not None
        child.stdin.write(b"go\n")
        calls, lag_s = calls_of(rate, seconds), 0.0
        async with asyncio.timeout(WITHIN_S + seconds):
            while await stored(desk) < calls * pbxs or desk.floor.calls:
                await asyncio.sleep(1)
                lag_s = max(lag_s, desk.lag_s())
                if any(site.floor.is_blind for site in desk.sites) or not desk.link_is_up():
                    raise SystemExit("The link was lost: this machine is too busy to measure on, "
                                     "for nothing that is told meanwhile is told again.")
        each_s = (time.process_time() - spent) / (calls * pbxs)
        mixed = sum([await mixed_up(desk.store, number, pbx.name, calls)
                     for number, pbx in enumerate(settings.asterisks)])
    print(f"{pbxs} Asterisks x {rate:g} calls/s under the whole server: {calls * pbxs} calls in "
          f"{time.monotonic() - wall:.0f} s, {each_s * 1e3:.1f} ms of CPU a call, so "
          f"{each_s * pbxs * rate:.2f} cores at that rate (goal 1); newest event read {lag_s:.1f} "
          f"s late at most; mix-ups {mixed} (goal 0)")


async def calm() -> None:
    """Until the work of the start is over: everybody's unfinished contacts are looked for."""
    before = -1.0
    while (spent := time.process_time()) - before > CALM or before < 0:
        before = spent
        await asyncio.sleep(1)


async def stored(desk: Desk) -> int:
    """-1 where a machine with other work does not tell in time: it is asked again."""
    try:
        return sum([len(await _calls(desk.store, site.name)) for site in desk.sites])
    except TimedOut:
        return -1


async def _calls(store: Store, pbx: str) -> list[str]:
    far = utc_now().replace(year=2100)
    async with store.read() as tx:
        return await mending.calls_between(tx, pbx, far.replace(year=2000), far)


async def mixed_up(store: Store, number: int, pbx: str, calls: int) -> int:
    """Contacts of this Asterisk that are not what it told; one too many or too few counts too."""
    found, wrong = await _calls(store, pbx), 0
    mark = "" if number == 0 else f"@{pbx}"
    for place in range(calls):
        async with store.read() as tx:
            row = await interactions.by_call(tx, f"{SAME}-1795354834.{2 * place}{mark}")
        wrong += row is None or (row.number, row.operator, row.outcome) != (
            caller(number, place), operator(number, place), "answered")
    return wrong + abs(len(found) - calls)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pbxs", type=int, default=4)
    parser.add_argument("--rate", type=float, default=20.0, help="calls a second of each Asterisk")
    parser.add_argument("--seconds", type=int, default=20)
    wanted = parser.parse_args()
    print(machine.machine())
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), wanted.pbxs, wanted.rate, wanted.seconds))


if __name__ == "__main__":
    main()
