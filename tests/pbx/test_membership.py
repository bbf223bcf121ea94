"""Queues, penalties and pauses in a real Asterisk follow the settings and are mended."""

from __future__ import annotations

import asyncio
import re
import struct
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crm_store import interaction_pages
from cti.pbx.plan import PbxPlan
from cti.pbx.render_dialplan import extensions_conf, queue_rules, queues_conf
from tests.pbx.fixtures import PrivatePbx
from tests.pbx.phones import Phone, Sound, phone
from tests.workstation.office import Office
from tests.workstation.test_real_calls import settings_for, working
from workstation.pauses import SET_ASIDE
from workstation.settings import Queue, Relax, Settings
from workstation.skills import bearable

pytestmark = pytest.mark.pbx
QUEUES = ("billing", "outages", "collection")
Members = dict[str, tuple[int, str]]


@pytest.fixture(autouse=True)
async def _quiet_afterwards(pbx: PrivatePbx) -> AsyncIterator[None]:
    yield
    await asyncio.to_thread(pbx.hang_up_everything)


def members(pbx: PrivatePbx, interface: str) -> Members:
    """Queue → (penalty, reason of the pause or "") as Asterisk shows them."""
    found = {}
    for queue in QUEUES:
        shown = re.sub(r"\x1b\[[0-9;]*m", "", pbx.ask(f"queue show {queue}"))
        line = next((one for one in shown.splitlines() if f"({interface})" in one
                     or one.strip().startswith(f"{interface} ")), None)
        if line is not None:
            penalty = re.search(r"with penalty (\d+)", line)
            paused = re.search(r"\(paused:?([\w-]*)", line)
            found[queue] = (int(penalty[1]) if penalty else 0,
                            (paused[1] or "paused") if paused else "")
    return found


async def becomes(pbx: PrivatePbx, interface: str, wanted: Members, limit_s: float = 8) -> None:
    seen: Members = {}
    try:
        async with asyncio.timeout(limit_s):
            while (seen := await asyncio.to_thread(members, pbx, interface)) != wanted:  # noqa: ASYNC110
                await asyncio.sleep(0.2)
    except TimeoutError:
        assert seen == wanted


async def until(question: Callable[[], Any], limit_s: float = 10) -> None:
    async with asyncio.timeout(limit_s):
        while not question():  # noqa: ASYNC110 - no event for tests
            await asyncio.sleep(0.05)


async def test_what_is_done_to_a_member_by_hand_is_mended(
        pbx: PrivatePbx, tmp_path: Path) -> None:
    everywhere = dict.fromkeys(QUEUES, (0, ""))
    async with working(settings_for(pbx, tmp_path)) as office, office.screen("anna") as anna:
        await anna.ask("phone.attach", phone="desk")
        await anna.ask("state.set", state="ready")
        await becomes(pbx, "PJSIP/101", everywhere)
        await until(lambda: "101" in office.desk.roster.kept)
        pbx.ask("queue remove member PJSIP/101 from outages")
        pbx.ask("queue pause member PJSIP/101 queue billing reason lunch")
        pbx.ask("queue set penalty 7 on PJSIP/101 in collection")
        await until(lambda: office.desk.floor.operators["101"].queues != set(QUEUES))
        await becomes(pbx, "PJSIP/101", everywhere)
        for queue in QUEUES:
            pbx.ask(f"queue remove member PJSIP/101 from {queue}")
        await becomes(pbx, "PJSIP/101", everywhere)
        await anna.ask("state.set", state="offline")
        await becomes(pbx, "PJSIP/101", {})
        await asyncio.sleep(3)
        assert members(pbx, "PJSIP/101") == {}, "who signed out stays out"


async def test_an_asterisk_that_comes_back_without_its_members_is_given_them_again(
        pbx: PrivatePbx, tmp_path: Path) -> None:
    at_lunch = dict.fromkeys(QUEUES, (0, "lunch"))
    async with working(settings_for(pbx, tmp_path)) as office, office.screen("boris") as boris:
        await boris.ask("phone.attach", phone="desk")
        await boris.ask("state.set", state="paused", reason="lunch")
        await becomes(pbx, "PJSIP/102", at_lunch)
        await until(lambda: office.desk.roster.kept.get("102") is not None
                    and office.desk.roster.kept["102"].reason == "lunch")
        pbx.kill()
        for file in (pbx.main.site.folder / "lib").glob("astdb*"):
            file.unlink()
        await asyncio.to_thread(pbx.start_again)
        await becomes(pbx, "PJSIP/102", at_lunch, limit_s=20)
        await boris.until(lambda views: views["operators"]["102"]["reason"] == "lunch")
        await boris.ask("state.set", state="offline")


def skilled(folder: Path, pbx: PrivatePbx) -> Settings:
    """Metering wants level 5; anna has 8, boris 2; after 3 s anybody will do."""
    metering = Queue(id="outages", name="Metering", skill="metering", level=5,
                     relax=(Relax(after_s=3, level=0),))
    people = [{"id": "101", "login": "anna", "name": "Anna", "queues": ["billing", "outages"],
               "skills": {"metering": 8}},
              {"id": "102", "login": "boris", "name": "Boris", "queues": ["billing", "outages"],
               "skills": {"metering": 2}}]
    queues = [Queue(id="billing", name="Billing", wrap_up_s=0), metering,
              Queue(id="collection", name="Collection")]
    return settings_for(pbx, folder, operator=people,
                        queue=[one.model_dump() for one in queues])


@contextmanager
def rules_of(pbx: PrivatePbx, settings: Settings, *, ring_s: int = 20) -> Iterator[None]:
    """The running Asterisk gets the queues of these settings, and its own back."""
    relaxing = {queue.id: bearable(queue) for queue in settings.queue}
    plan = replace(pbx.plan, queues=tuple(
        replace(queue, penalties=relaxing[queue.id], ring_s=ring_s) for queue in pbx.plan.queues))
    write = {"queues.conf": queues_conf, "queuerules.conf": queue_rules,
             "extensions.conf": extensions_conf}

    def load(one: PbxPlan) -> None:
        for name, render in write.items():
            (pbx.main.site.folder / "etc" / name).write_text(render(one))
        for module in ("app_queue", "pbx_config"):
            pbx.ask(f"module reload {module}.so")

    load(plan)
    try:
        yield
    finally:
        load(pbx.plan)


async def go_ready(office: Office, login: str) -> None:
    async with office.screen(login) as screen:
        assert (await screen.ask("phone.attach", phone="desk")).problem is None
        assert (await screen.ask("state.set", state="ready")).problem is None


async def leave(office: Office, login: str) -> None:
    async with office.screen(login) as screen:
        await screen.ask("state.set", state="offline")


async def test_the_less_skilled_is_rung_only_when_the_wait_has_grown(
        pbx: PrivatePbx, tmp_path: Path) -> None:
    settings, sip = skilled(tmp_path / "data", pbx), pbx.ports.sip
    async with (working(settings) as office,
                phone(tmp_path, sip, "101", pbx.password("sip:101"), auto_answer=True) as anna,
                phone(tmp_path, sip, "102", pbx.password("sip:102"), auto_answer=True) as boris):
        with rules_of(pbx, settings):
            await go_ready(office, "anna")
            await go_ready(office, "boris")
            await becomes(pbx, "PJSIP/101", {"billing": (0, ""), "outages": (2, "")})
            await becomes(pbx, "PJSIP/102", {"billing": (0, ""), "outages": (8, "")})
            await pbx.world_originate(entry="+74951200001", talk_s=30)
            await anna.wait("connected")
            assert not boris.has("incoming"), "the better one is free"
            started = asyncio.get_running_loop().time()
            await pbx.world_originate(entry="+74951200001", caller_number="+79165554433",
                                      talk_s=30)
            await boris.wait("incoming")
            waited_s = asyncio.get_running_loop().time() - started
            assert 2.5 < waited_s < 8, "only after the relaxation"
            await leave(office, "anna")
            await leave(office, "boris")


async def dial_code(office: Office, one: Phone, code: str, port: int, pin: str = "") -> None:
    """As a person does it: the code, then the PIN when it is asked for, then to the end."""
    nth = len([event for event in one.events if event["event"] == "connected"]) + 1
    await one.dial(code, port)
    await one.wait("connected", nth=nth)
    for part in filter(None, pin.split()):
        await asyncio.sleep(0.5)
        await one.digits(part)
        await asyncio.sleep(1.7)
    await one.wait("ended", nth=nth, limit_s=25)


async def test_an_operator_signs_in_by_pin_on_his_desk_phone(
        pbx: PrivatePbx, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    sip, everywhere = pbx.ports.sip, dict.fromkeys(QUEUES, (0, ""))
    async with (working(settings_for(pbx, tmp_path / "data")) as office,
                phone(tmp_path, sip, "101", pbx.password("sip:101")) as anna):
        pin = await office.desk.pins.give("anna")
        assert pin is not None
        wrong = f"{(int(pin) + 1) % 1_000_000:06}"
        await dial_code(office, anna, "*31", sip, f"{wrong} {pin}")
        await becomes(pbx, "PJSIP/101", everywhere)
        await dial_code(office, anna, "*322", sip)
        await becomes(pbx, "PJSIP/101", dict.fromkeys(QUEUES, (0, "lunch")))
        await dial_code(office, anna, "*33", sip)
        await becomes(pbx, "PJSIP/101", {})
        await dial_code(office, anna, "*30", sip, f"{wrong} {wrong} {wrong}")
        assert members(pbx, "PJSIP/101") == {}, "three wrong PINs open nothing"
        heard_before = anna.record.stat().st_size
        await dial_code(office, anna, "*30102", sip)    # a colleague, on her phone
        told_aloud = anna.record.read_bytes()[heard_before:]
        samples = struct.unpack(f"<{len(told_aloud) // 2}h", told_aloud[:len(told_aloud) // 2 * 2])
        assert Sound(samples, 8000).loudness() > 300, "he is told that it is not his"
        assert members(pbx, "PJSIP/102") == {}
        assert not office.desk.floor.calls
        rows = await interaction_rows(office)
        data, log = tmp_path / "data", pbx.main.site.folder / "log"
        written = [*data.glob("tapes/**/*.jsonl"), *log.rglob("*")]
        told = caplog.text + "".join(file.read_text(errors="replace")
                                     for file in written if file.is_file())
    assert '"Exten":"*31"' in told.replace(" ", ""), "the tape tells of the call"
    assert rows == 0, "what is said to our dialplan alone is no contact"
    assert pin not in told
    assert wrong not in told


async def interaction_rows(office: Office) -> int:
    async with office.store.read() as tx:
        rows, _ = await interaction_pages.page(tx, interaction_pages.Wanted())
    return len(rows)


async def test_who_does_not_answer_is_set_aside_told_and_back_with_one_key(
        pbx: PrivatePbx, tmp_path: Path) -> None:
    settings, sip = skilled(tmp_path / "data", pbx), pbx.ports.sip
    async with (working(settings) as office, office.screen("anna") as screen,
                phone(tmp_path, sip, "101", pbx.password("sip:101")) as anna):
        with rules_of(pbx, settings, ring_s=2):
            await go_ready(office, "anna")
            await pbx.world_originate(entry="+74951200001", talk_s=30)
            await anna.wait("incoming")
            await screen.until(lambda views: views["operators"]["101"]["reason"] == SET_ASIDE)
            assert screen.views["operators"]["101"]["state"] == "paused"
            assert [one["state"] for one in screen.conversations] == ["missed"]
            await becomes(pbx, "PJSIP/101", {"billing": (0, SET_ASIDE), "outages": (2, SET_ASIDE)})
            await screen.ask("state.set", state="ready")
            await anna.wait("incoming", nth=2)
            await becomes(pbx, "PJSIP/101", {"billing": (0, ""), "outages": (2, "")})
            await leave(office, "anna")
