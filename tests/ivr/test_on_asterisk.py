"""Callers of a real Asterisk in our menu: what they hear, what they press, and where they go."""

from __future__ import annotations

import asyncio
import math
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crm_store import menu_contacts
from crm_store.store import Store
from cti.pbx.find import Program
from cti.pbx.plan import QueuePlan
from ivr import sound
from ivr.menu_file import parse as parse_menu
from ivr.plan import IvrPlan
from ivr.say import Money
from ivr.speech import PromptCache, Voice
from ivr.steps import Ask
from ivr.wording import Wording, fragments
from tests.ivr.conftest import DEBTOR, OFFICE, STRANGER, Serving
from tests.pbx.fixtures import ENTRY, ENTRY_OUTAGES, PrivatePbx, private_pbx
from tests.pbx.manager import Manager, manager
from tests.pbx.phones import phone

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(240)]
CHECKOUT = Path(__file__).resolve().parents[2]
LONG_AGO, FAR_AHEAD = datetime(2000, 1, 1, tzinfo=UTC), datetime(2999, 1, 1, tzinfo=UTC)
DEBTS = (4_812_50, 4_812_00, 4_813_50, 1_812_50, 812_50, 9_999_99, 4_712_50)


@pytest.fixture(scope="module")
def patient_pbx(asterisk: Program) -> Iterator[PrivatePbx]:
    """A private Asterisk that lets a menu speak to its end."""
    queues = (QueuePlan(id="billing", survey="survey"), QueuePlan(id="outages"),
              QueuePlan(id="collection"))
    with private_pbx(asterisk, menu_limit_s=120, queues=queues) as one:
        yield one


@pytest.fixture(autouse=True)
async def _quiet_afterwards(patient_pbx: PrivatePbx) -> AsyncIterator[None]:
    yield
    await asyncio.to_thread(patient_pbx.hang_up_everything)
    await asyncio.sleep(0.3)


@pytest.fixture
def plan_there(ivr_plan: IvrPlan, patient_pbx: PrivatePbx) -> IvrPlan:
    """The plan for it, with a menu that waits two seconds for a key."""
    main = ivr_plan.menus["main"]
    brisk = replace(main, limits=replace(main.limits, key_s=2.0))
    return replace(ivr_plan, port=patient_pbx.ports.agi_menu,
                   menus={**ivr_plan.menus, "main": brisk})


@asynccontextmanager
async def observing(pbx: PrivatePbx) -> AsyncIterator[Manager]:
    async with manager(pbx.ports.ami, "observer", pbx.password("ami:observer")) as observer:
        yield observer


def step(name: str) -> Callable[[dict[str, str]], bool]:
    return lambda event: event.get("Step") == name


async def test_a_caller_hears_his_balance_and_the_call_ends_served(
    patient_pbx: PrivatePbx, plan_there: IvrPlan, serve_plan: Serving, tmp_path: Path,
    espeak: Voice, english: Wording,
) -> None:
    """Keys as RFC 4733; what he heard is compared with what should have been said."""
    sip = patient_pbx.ports.sip
    async with (serve_plan(plan_there), observing(patient_pbx) as observer,
                phone(tmp_path, sip, DEBTOR, tone_hz=0) as caller):
        await caller.dial(ENTRY, sip)
        await observer.wait("DesklineMenu", where=step("choose"), limit_s=20)
        await asyncio.sleep(0.5)
        await caller.digits("1")        # in the middle of the choices
        await observer.wait("DesklineMenu", where=step("more_owing"), limit_s=30)
        await asyncio.sleep(1)
        await caller.hang_up()
        ended = await observer.wait("Hangup")
    client = observer.seen("DesklineClient")[0]
    assert (client["Client"], client["How"]) == ("1", "number")
    assert client["Linkedid"] == ended["Linkedid"]
    assert not observer.seen("QueueCallerJoin")
    cache = PromptCache(plan_there.prompts_dir, espeak)
    heard = caller.heard()
    likest = {minor: likeness(heard.samples, heard.rate, cache.joined(fragments(
        english, ("debt",), {"debt": Money(minor, "RUB")}))) for minor in DEBTS}
    assert max(likest, key=lambda minor: likest[minor]) == 4_812_50, likest
    assert likest[4_812_50] > 0.7


def likeness(heard: Sequence[int], rate: int, path: Path) -> float:
    """The best correlation of loudness, in steps of 20 ms, of the sound with what was heard."""
    wanted, its_rate = sound.read_wav(path.with_name(path.name + ".wav").read_bytes())
    pattern, stream = loudness(wanted, its_rate), loudness(heard, rate)
    places = range(len(stream) - len(pattern) + 1)
    return max((correlation(pattern, stream[i:i + len(pattern)]) for i in places), default=0.0)


def loudness(samples: Sequence[int], rate: int) -> list[float]:
    size = rate // 50
    return [math.sqrt(sum(s * s for s in samples[i:i + size]) / size)
            for i in range(0, len(samples) - size, size)]


def correlation(a: Sequence[float], b: Sequence[float]) -> float:
    mean_a, mean_b = sum(a) / len(a), sum(b) / len(b)
    da, db = [x - mean_a for x in a], [x - mean_b for x in b]
    spread = math.sqrt(sum(x * x for x in da) * sum(x * x for x in db))
    return sum(x * y for x, y in zip(da, db, strict=True)) / spread if spread else 0.0


@pytest.mark.parametrize(("keys", "queue"), [("2", "billing"), ("3", "outages"), ("0", "billing")])
async def test_a_key_during_the_choices_leads_to_its_queue(
    patient_pbx: PrivatePbx, plan_there: IvrPlan, serve_plan: Serving, keys: str, queue: str,
) -> None:
    async with serve_plan(plan_there), observing(patient_pbx) as observer:
        await patient_pbx.world_originate(caller_number=STRANGER, keys=keys, before_s=4)
        joined = await observer.wait("QueueCallerJoin", limit_s=20)
    assert joined["Queue"] == queue
    assert observer.seen("DesklineMenu")[0]["Step"] == "greet"


async def test_a_caller_keys_in_his_account_number(
    patient_pbx: PrivatePbx, plan_there: IvrPlan, serve_plan: Serving, tmp_path: Path,
) -> None:
    sip = patient_pbx.ports.sip
    async with (serve_plan(plan_there), observing(patient_pbx) as observer,
                phone(tmp_path, sip, STRANGER, tone_hz=0) as caller):
        await caller.dial(ENTRY, sip)
        await observer.wait("DesklineMenu", where=step("choose"), limit_s=20)
        await caller.digits("1")
        await observer.wait("DesklineMenu", where=step("account"), limit_s=20)
        await caller.digits("40012345#")
        named = await observer.wait("DesklineClient", limit_s=20)
        await observer.wait("DesklineMenu", where=step("tell_debt"), limit_s=20)
        await caller.digits("0")
        joined = await observer.wait("QueueCallerJoin", limit_s=20)
    assert (named["Client"], named["How"]) == ("1", "account")
    assert joined["Queue"] == "billing"


async def test_a_caller_who_presses_nothing_reaches_a_person(
    patient_pbx: PrivatePbx, plan_there: IvrPlan, serve_plan: Serving,
) -> None:
    main = plan_there.menus["main"]
    short = replace(main, steps={**main.steps, "choose": Ask(
        phrases=("wrong_key",), keys={"1": "operator"}, gives_up="operator", silence="silence")})
    plan = replace(plan_there, menus={**plan_there.menus, "main": short})
    async with serve_plan(plan), observing(patient_pbx) as observer:
        await patient_pbx.world_originate("listen", ENTRY_OUTAGES, talk_s=80)
        joined = await observer.wait("QueueCallerJoin", limit_s=75)
    assert joined["Queue"] == "outages"


async def test_a_caller_who_hangs_up_in_the_menu_leaves_nothing_behind(
    patient_pbx: PrivatePbx, plan_there: IvrPlan, serve_plan: Serving,
) -> None:
    async with serve_plan(plan_there), observing(patient_pbx) as observer:
        await patient_pbx.world_originate("listen", talk_s=2)
        await observer.wait("DesklineMenu", limit_s=10)
        await observer.wait("Hangup", limit_s=10)
    assert not observer.seen("QueueCallerJoin")
    assert "0 active channels" in await asyncio.to_thread(
        patient_pbx.ask, "core show channels count")


@pytest.mark.parametrize(("number", "name"), [
    ("", ""), ("agi_channel", "200 result=1"), ("12345", "Event: Hangup"),
])
async def test_hidden_and_hostile_callers_get_the_menu_like_anybody(
    patient_pbx: PrivatePbx, plan_there: IvrPlan, serve_plan: Serving, number: str, name: str,
) -> None:
    async with serve_plan(plan_there), observing(patient_pbx) as observer:
        await patient_pbx.world_originate(
            caller_number=number, caller_name=name, keys="3", before_s=4)
        joined = await observer.wait("QueueCallerJoin", limit_s=20)
        assert joined["Queue"] == "outages"


@pytest.mark.parametrize(("dialled", "calling"), [
    ("100%0A%0A200%20result=1%20(yes)%0A", "+79161234567"),
    (ENTRY, "1%0A%0A200%20result=1%20(queue:outages)%0A200%20result=1"),
])
async def test_a_line_feed_in_a_sip_number_forges_nothing_and_the_menu_is_heard(
    patient_pbx: PrivatePbx, plan_there: IvrPlan, serve_plan: Serving, tmp_path: Path,
    dialled: str, calling: str,
) -> None:
    """Asterisk decodes `%0A`; what follows it must not be taken for an answer to the menu."""
    sip = patient_pbx.ports.sip
    async with (serve_plan(plan_there), observing(patient_pbx) as observer,
                phone(tmp_path, sip, calling, tone_hz=0) as caller):
        await caller.dial(dialled, sip)
        await caller.wait("connected")
        await asyncio.sleep(4)
        await caller.digits("3")
        joined = await observer.wait("QueueCallerJoin", limit_s=60)
        assert joined["Queue"] == "outages"


async def test_with_the_menu_server_stopped_a_caller_is_queued_within_two_seconds(
    patient_pbx: PrivatePbx,
) -> None:
    async with observing(patient_pbx) as observer:
        await patient_pbx.world_originate()
        await observer.wait("Newchannel")
        began = time.monotonic()
        joined = await observer.wait("QueueCallerJoin", limit_s=10)
    assert joined["Queue"] == "billing"
    assert time.monotonic() - began < 2.0


@pytest.mark.parametrize("prompt", ["greet", "choose", "account"])
async def test_a_menu_server_killed_at_a_prompt_loses_nobody(
    patient_pbx: PrivatePbx, company_url: str, prompts_dir: Path, tmp_path: Path, prompt: str,
) -> None:
    keys = "1" if prompt == "account" else ""
    async with (own_process(patient_pbx, company_url, prompts_dir, tmp_path) as server,
                observing(patient_pbx) as observer):
        await patient_pbx.world_originate(
            "listen", ENTRY_OUTAGES, caller_number=STRANGER, keys=keys, before_s=4, talk_s=60)
        await observer.wait("DesklineMenu", where=step(prompt), limit_s=20)
        await asyncio.sleep(0.5)
        server.send_signal(signal.SIGKILL)
        began = time.monotonic()
        joined = await observer.wait("QueueCallerJoin", limit_s=10)
        assert time.monotonic() - began < 2.0
        assert joined["Queue"] == "outages"


@asynccontextmanager
async def own_process(
    pbx: PrivatePbx, store_url: str, prompts_dir: Path, folder: Path,
) -> AsyncIterator[asyncio.subprocess.Process]:
    """`deskline ivr` as a user starts it."""
    (folder / "data").mkdir()
    (folder / "data" / "prompts").symlink_to(prompts_dir, target_is_directory=True)
    config = folder / "deskline.toml"
    config.write_text(f'data_dir = "{folder / "data"}"\n[store]\nurl = "{store_url}"\n'
                      f'[menu]\nport = {pbx.ports.agi_menu}\nlanguages = ["en"]\n'
                      f'[company]\noffice = "{OFFICE}"\n')
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "workstation.cli.main", "ivr", "--config", str(config),
        cwd=CHECKOUT, stdout=asyncio.subprocess.PIPE)
    assert server.stdout is not None
    try:
        said = await asyncio.wait_for(server.stdout.readline(), 30)
        assert b"answers on port" in said
        yield server
    finally:
        if server.returncode is None:
            server.kill()
        await server.wait()


async def test_who_talked_with_an_operator_is_asked_how_it_was(
    patient_pbx: PrivatePbx, plan_there: IvrPlan, serve_plan: Serving, tmp_path: Path,
) -> None:
    sip, store = patient_pbx.ports.sip, Store(plan_there.store_url)
    patient_pbx.ask("queue add member PJSIP/103 to billing")
    try:
        async with (serve_plan(plan_there), observing(patient_pbx) as observer,
                    phone(tmp_path, sip, STRANGER, tone_hz=0) as caller):
            await caller.dial(ENTRY, sip)
            await observer.wait("DesklineMenu", where=step("choose"), limit_s=20)
            await caller.digits("0")
            await observer.wait("AgentComplete", limit_s=40)
            for question, key in (("solved", "1"), ("kind", "5")):
                await observer.wait("DesklineMenu", where=step(question), limit_s=20)
                await caller.digits(key)
            await observer.wait("DesklineMenu", where=step("end"), limit_s=20)
            await observer.wait("Hangup", where=lambda event: "trunk" in event["Channel"])
        async with store.read() as tx:
            rated = await menu_contacts.rated(tx, LONG_AGO, FAR_AHEAD)
    finally:
        await store.close()
        patient_pbx.ask("queue remove member PJSIP/103 from billing")
    assert {(one.question, one.average) for one in rated} == {("solved", 1.0), ("kind", 5.0)}


WAYS = '''id = "ways"
start = "ask"
operator = "queue"
[steps.ask]
do = "ask"
say = ["silence"]
keys = { 1 = "colleague", 2 = "outside", 3 = "message" }
gives_up = "queue"
[steps.colleague]
do = "operator"
operator = "104"
[steps.outside]
do = "number"
number = "+79160000077"
[steps.message]
do = "voicemail"
say = ["silence"]
group = "billing"
longest_s = 5
next = "end"
[steps.end]
do = "hangup"
[steps.queue]
do = "queue"
queue = "default"
'''


async def test_a_menu_leads_to_an_operator_a_number_and_a_message(
    patient_pbx: PrivatePbx, plan_there: IvrPlan, serve_plan: Serving,
) -> None:
    ways = parse_menu(WAYS, replace(plan_there.known, operators=("104",)))
    entries = {**plan_there.entries, "74951200000": replace(
        plan_there.entries["74951200000"], menu="ways")}
    plan = replace(plan_there, entries=entries, menus={**plan_there.menus, "ways": ways})
    store = Store(plan.store_url)
    async with serve_plan(plan), observing(patient_pbx) as observer:
        for key, channel in (("1", "PJSIP/104-"), ("2", "PJSIP/trunk-")):
            await patient_pbx.world_originate(keys=key, before_s=2, talk_s=8)
            await observer.wait("DialBegin", limit_s=20, where=lambda event, to=channel:
                                event.get("DestChannel", "").startswith(to))
        await patient_pbx.world_originate(keys="3", before_s=2, talk_s=20)
        await observer.wait("DesklineMenu", where=step("end"), limit_s=30)
        assert not observer.seen("QueueCallerJoin")
    try:
        async with store.read() as tx:
            message, = await menu_contacts.unsettled_messages(tx)
    finally:
        await store.close()
    samples = (plan.messages_dir / f"{message.sound}-in.sln").stat().st_size / 2
    assert 3 < samples / 8_000 < 8
