"""A process of its own that runs engine and dialler, so that a test can kill -9 it.

Its plan is one line of JSON on standard input; it prints `up` when the link is.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from campaigns.dialler import Dialler, DiallerPlan
from crm_store.store import Store
from cti.engine import Engine, LinkPlan


async def main(plan: dict[str, Any]) -> None:
    engine = Engine(LinkPlan(
        pbx="main", host="127.0.0.1", port=plan["ami"], observer_secret=plan["observer"],
        control_secret=plan["control"], system_name=None, tape_dir=Path(plan["tapes"]),
        operators=plan["operators"]))
    store = Store(plan["store"])
    dialler = Dialler(
        store, engine.commands.dial_attempt, engine.floor, engine.feed,
        link_is_up=engine.link_is_up, plan=DiallerPlan(
            trunk_host="127.0.0.1", caller_id="+74951200000", rehearses=True,
            gate_port=plan["gate"],
            lease_s=5, lost_after_s=8, untold_after_s=15))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(engine.run(), name="engine")
        tasks.create_task(dialler.run(), name="dialler")
        while not engine.link_is_up():      # noqa: ASYNC110  the engine has no event for it
            await asyncio.sleep(0.05)
        print("up", flush=True)


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.stdin.readline())))
