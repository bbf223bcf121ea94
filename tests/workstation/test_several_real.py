"""Two real Asterisks in one installation; one of them is killed."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from campaigns import steering
from crm_store import claims
from cti.pbx.find import Program
from cti.pbx.plan import OperatorPlan, WorldPlan
from cti.pbx.run import down, up
from tests.campaigns.conftest import make_campaign
from tests.pbx.fixtures import PrivatePbx, free_ports, sample_plan
from tests.workstation.office import Office
from tests.workstation.test_mending_real import rows, settled
from tests.workstation.test_real_calls import ready, settings_for, states, working
from workstation.asterisks import own_secret
from workstation.settings import Settings, load

pytestmark = pytest.mark.pbx
HERE, THERE, AFTER = "+79167000001", "+79167000002", "+79167000003"


@pytest.fixture(scope="module")
def north(pbx: PrivatePbx, asterisk: Program) -> Iterator[PrivatePbx]:
    """A second one, with a world of its own; its operator is 203."""
    folder = Path(tempfile.mkdtemp(prefix="deskline-north-"))
    secret = own_secret(settings_for(pbx, folder / "any"), pbx.plan.secret, "north")
    plan = sample_plan(
        folder, replace(free_ports(), agi_gate=pbx.ports.agi_gate), name="north", secret=secret,
        operators=(OperatorPlan(id="203", name="Nora"),), world=WorldPlan(
            colleagues=("203",), colleague_answers_s=(1, 2), colleague_talks_s=(30, 40)))
    try:
        up(plan, asterisk, world=True)
        yield PrivatePbx(plan, asterisk)
    finally:
        down(plan, asterisk)
        shutil.rmtree(folder, ignore_errors=True)


def both(pbx: PrivatePbx, north: PrivatePbx, folder: Path) -> Settings:
    def records(one: PrivatePbx) -> dict[str, Any]:
        log = one.main.site.folder / "log"
        return {"queue_log_file": str(log / "queue_log"),
                "cel_file": str(log / "cel-custom" / "Master.csv"),
                "ami_port": one.ports.ami, "http_port": one.ports.http,
                "sip_port": one.ports.sip, "trunk": f"127.0.0.1:{one.ports.world_sip}"}

    more: dict[str, Any] = {
        "pbx": records(pbx), "asterisk": [{"name": "north", **records(north)}],
        "operator": [{"id": "103", "login": "vera", "name": "Vera"},
                     {"id": "109", "login": "sofia", "name": "Sofia", "role": "supervisor"},
                     {"id": "203", "login": "nora", "name": "Nora", "asterisk": "north"}]}
    return changed(settings_for(pbx, folder), more)


def changed(settings: Settings, parts: dict[str, Any]) -> Settings:
    """As if these stood in the file as well."""
    return load(None, data_dir=settings.data_dir, server=settings.server.model_dump(),
                menu=settings.menu.model_dump(), **parts)


def is_away(office: Office, operator: str) -> bool:
    return not office.desk.sites.of_operator(operator).engine.link_is_up()


async def test_one_is_killed_the_calls_of_the_other_go_on_and_its_own_are_mended(
    pbx: PrivatePbx, north: PrivatePbx, tmp_path: Path
) -> None:
    began = datetime.now(UTC)
    async with (working(both(pbx, north, tmp_path)) as office,
                ready(office, "vera") as vera, ready(office, "nora") as nora,
                office.screen("sofia") as lead):
        await pbx.world_originate("talk", caller_number=HERE, talk_s=60)
        await north.world_originate("talk", caller_number=THERE, talk_s=60)
        for screen, number in ((vera, HERE), (nora, THERE)):
            await screen.until(lambda views: states(views) == ["talking"])
            assert [view["number"] for view in screen.conversations] == [number]
        await lead.until(lambda views: views["operators"]["203"]["pbx"] == "north")

        north.kill()
        await lead.until(lambda views: views["operators"]["203"]["away"])
        assert not lead.views["operators"]["103"]["away"]
        await lead.until(lambda views: [gap["pbx"] for gap in views["gaps"].values()
                                        if gap["until"] is None] == ["north"])
        assert (await nora.ask("state.set", state="paused", reason="break")).problem is not None
        call = vera.conversations[0]
        await vera.until(lambda views: states(views) == ["wrap_up"])    # his phone hung up
        assert (await vera.ask("conversation.finish", conversation=call["id"],
                               disposition="resolved", note="")).problem is None
        await pbx.world_originate("talk", caller_number=AFTER, talk_s=60)
        await vera.until(lambda views: "talking" in states(views))

        north.start_again()
        async with asyncio.timeout(30):
            while is_away(office, "203"):  # noqa: ASYNC110 - the link has no event for tests
                await asyncio.sleep(0.1)
        gap, = [one for one in await settled(office.store, began) if one.pbx == "north"]
        assert (gap.why, gap.unknown) == ("asterisk", 0)
        await vera.until(lambda views: "talking" not in states(views))
        async with asyncio.timeout(30):
            while (found := await rows(office.store, began))[AFTER].outcome is None:  # noqa: ASYNC110 - rows do not tell
                await asyncio.sleep(0.1)
    said = {number: (row.outcome, row.operator, row.reconstructed)
            for number, row in found.items()}
    assert said == {HERE: ("answered", "103", False), THERE: ("answered", "203", True),
                    AFTER: ("answered", "103", False)}
    assert f"{found[THERE].call_id}".endswith("@north")


async def test_a_campaign_is_dialled_by_the_asterisk_whose_operator_is_free(
        pbx: PrivatePbx, north: PrivatePbx, tmp_path: Path) -> None:
    settings = both(pbx, north, tmp_path)
    in_debts = tuple(one.model_copy(update={"queues": ("collection",)})
                     for one in settings.operator)
    settings = settings.model_copy(update={
        "pbx": settings.pbx.model_copy(update={"rehearsal": True}), "operator": in_debts})
    async with (working(settings) as office, ready(office, "vera") as vera,
                ready(office, "nora") as nora):
        await make_campaign(office.store, [["+79160000001"], ["+79160000011"]])
        for screen in (vera, nora):
            await screen.until(lambda views: states(views) == ["talking"])
        calls = [screen.conversations[0]["call"] for screen in (vera, nora)]
        async with asyncio.timeout(30):
            while await talked_with(office) != {"103", "203"}:  # noqa: ASYNC110 - rows do not tell
                await asyncio.sleep(0.1)
    assert [call.partition("@")[2] for call in calls] == ["", "north"]


async def talked_with(office: Office) -> set[str | None]:
    async with office.store.read() as tx:
        entries = await steering.entries(tx, 1)
        return {one.operator for entry in entries for one in await claims.of_entry(tx, entry.id)}
