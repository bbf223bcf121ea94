"""A campaign as a user types it, dialled to its end although the server is killed meanwhile."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from campaigns import steering
from crm_store import claims
from crm_store.store import Store
from cti.secrets import derive
from tests.acceptance.conftest import Api, Demo
from tests.acceptance.waiting import until
from tests.pbx.manager import Manager, manager
from workstation.rehearsal.colleagues import Colleague
from workstation.rehearsal.server import live_url
from workstation.settings import load

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(500)]
ENDS = ("01", "05", "17", "33", "12", "61", "86", "91")     # see the world's debtors
ATTEMPTS = 2


@dataclass
class Watch:
    """What a supervisor sees of a campaign, whenever a server answers."""
    api: Api
    campaign: int
    sums: set[int] = field(default_factory=set)

    def view(self) -> dict[str, Any]:
        """{} while the server is away."""
        try:
            shown: dict[str, Any] = self.api.ask("GET", f"/campaigns/{self.campaign}")
        except (OSError, http.client.HTTPException):
            return {}
        self.sums.add(sum(shown["ledger"].values()))
        return shown

    def is_dialling(self) -> bool:
        shown = self.view()
        return bool(shown and shown["attempts"] >= 2 and shown["lines"])

    def is_over(self) -> bool:
        return self.view().get("state") == "ended"


async def test_a_campaign_from_the_command_line_ends_by_itself_and_names_the_unreached(
    demo: Demo, tmp_path: Path
) -> None:
    """Debtors of every kind; a broken line is told by its number, the rest is listed; the server
    is killed (-9) while it dials, and nobody is dialled twice or forgotten."""
    async with far_end_of(demo) as far_end, colleagues(demo):
        campaign = await asyncio.to_thread(_listed_and_started, demo, tmp_path)
        watch = Watch(Api(demo, "sofia"), campaign)
        await until(watch.is_dialling, 60, "the campaign dials")
        os.kill(demo.server_pid(), signal.SIGKILL)
        await until(watch.is_over, 300, "the campaign ends")
        await asyncio.sleep(1)
    assert watch.sums == {len(ENDS)}
    await _nobody_was_dialled_twice(demo, campaign, far_end)
    unreached = json.loads(demo.deskline(
        "campaign", "coverage", "acceptance", "--unreached", "--json").stdout)["unreached"]
    assert {entry["client_name"] for entry in unreached} >= {"Debtor 5", "Debtor 6"}
    assert all(entry["sentence"] for entry in unreached)


def _listed_and_started(demo: Demo, folder: Path) -> int:
    listed = folder / "debtors.csv"
    listed.write_text("name;phone;debt\n" + "".join(
        f"Debtor {place};+7495555{place:02d}{end};{100 + place},50\n"
        for place, end in enumerate(ENDS)) + "Nobody;;12,00\n")
    said = _campaign(demo, "create", "acceptance", "--retries", "quick", "--attempts",
                     str(ATTEMPTS), "--ring", "10").stdout
    assert "law: rehearsal, because" in said
    problems = _campaign(demo, "import", "acceptance", str(listed)).stderr
    assert f"line {len(ENDS) + 2}:" in problems
    assert "dial" in _campaign(demo, "start", "acceptance").stdout, "it says why it dials or not"
    found = json.loads(demo.deskline("campaign", "list", "--json").stdout)
    return int(next(one["id"] for one in found if one["name"] == "acceptance"))


def _campaign(demo: Demo, *arguments: str) -> Any:
    done = demo.deskline("campaign", *arguments)
    assert done.returncode == 0, done.stderr
    return done


@asynccontextmanager
async def far_end_of(demo: Demo) -> AsyncIterator[Manager]:
    """The Asterisk that plays the outside: what it tells of calls."""
    settings = load(demo.config)
    secret = derive(settings.secret_file.read_bytes(), "ami:world")
    async with manager(settings.pbx.world_ami_port, "world", secret) as far_end:
        yield far_end


async def _nobody_was_dialled_twice(demo: Demo, campaign: int, far_end: Manager) -> None:
    """Attempts as we stored them, and calls as the far end of the trunk saw them."""
    seen = Counter(event["Exten"] for event in far_end.seen("Hangup")
                   if event["Context"] == "debtor")
    store = Store(load(demo.config).store_url)
    try:
        async with store.read() as tx:
            for entry in await steering.entries(tx, campaign):
                made = [item for item in await claims.of_entry(tx, entry.id) if item.dialling_at]
                unclear = sum(_died_with_the_server(item) for item in made)
                calls = seen[entry.numbers[0][-2:]]
                assert len(made) - unclear <= calls <= len(made) <= ATTEMPTS, (entry, made)
            assert await claims.orphans(tx) == []
    finally:
        await store.close()


def _died_with_the_server(attempt: claims.AttemptRow) -> bool:
    """Claimed, and the gate's answer may never have come: it counts, dialled or not."""
    return attempt.status == "LOST" or attempt.miss == "unknown"


@asynccontextmanager
async def colleagues(demo: Demo) -> AsyncIterator[None]:
    """The operators whose phones the world plays, at their screens and quick."""
    async with asyncio.TaskGroup() as tasks:
        at_work = [tasks.create_task(Colleague(
            live_url(demo.url), login, demo.password(login), random.Random(login),
            patience=0.1).work(), name=login) for login in ("vera", "gleb", "daria", "egor")]
        yield
        for task in at_work:
            task.cancel()
