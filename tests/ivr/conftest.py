"""A spoken set of prompts, a company with three clients, and a menu server on a free port."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select

from crm_store import clients, timeline
from crm_store.base import Tx
from crm_store.store import Store
from crm_store.tables.billing import Accounts, Debts, Meters, Readings
from cti.pbx.find import unpack_espeak
from cti.pbx.unpack import shared_folder
from ivr.flows import FACTS, LOOK_UPS
from ivr.menu_file import Known
from ivr.menu_file import parse as parse_menu
from ivr.plan import SHIPPED, Entry, IvrPlan, shipped_menu, shipped_wording
from ivr.server import run
from ivr.speaking import Speaker
from ivr.speech import PromptCache, Voice
from ivr.wording import Wording, parse, texts

CHECKOUT = Path(__file__).resolve().parents[2]
QUEUES = ("billing", "outages", "collection")
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
DEBTOR, AHEAD, SHARED, STRANGER = "+79161234567", "+79161234568", "+79161234569", "+79990000000"
OFFICE = "Samara, Lenina st. 12, office 5"
Serving = Callable[[IvrPlan], AbstractAsyncContextManager[int]]


@pytest.fixture(scope="session")
def espeak() -> Voice:
    """The English voice with the espeak-ng of this machine or checkout."""
    found = unpack_espeak(CHECKOUT / ".deskline")
    environment = {**found.environment, "DESKLINE_ESPEAK": found.command}
    return Voice("en-us", 155, tuple(environment.items()))


@pytest.fixture(scope="session")
def english() -> Wording:
    return parse(shipped_wording("en"), company="Volga Energy", office=OFFICE)


@pytest.fixture(scope="session")
def prompts_dir(espeak: Voice, english: Wording) -> Path:
    """The whole English set, really spoken; kept in the checkout, where the demo has it too."""
    folder = shared_folder(CHECKOUT / ".deskline") / "prompts"
    asyncio.run(PromptCache(folder, espeak).build(texts(english, "RUB")))
    return folder


@pytest.fixture(scope="session")
def company_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base with a debtor, a client ahead with his payments, and two clients on one number."""
    path = tmp_path_factory.mktemp("company") / "company.db"
    asyncio.run(_found_company(path))
    return path


@pytest.fixture
def company_url(company_file: Path, tmp_path: Path) -> str:
    """A copy of it."""
    shutil.copy(company_file, tmp_path / "company.db")
    return f"sqlite:///{tmp_path / 'company.db'}"


async def _found_company(path: Path) -> None:
    store = Store.at(path)
    try:
        await store.migrate()
        async with store.begin() as tx:
            await _client(tx, "Ivan Ivanov", DEBTOR, "40012345", -4_812_50, paid=700_00)
            await _meters(tx, "40012345")
            await _client(tx, "Anna Petrova", AHEAD, "40012346", 5_00)
            for name, account in (("Oleg Orlov", "40012347"), ("Olga Orlova", "40012348")):
                await _client(tx, name, SHARED, account, 0)
    finally:
        await store.close()


async def _client(
    tx: Tx, name: str, number: str, account: str, balance: int, paid: int = 0,
) -> None:
    client = await clients.create(tx, name=name, number=number, by="billing", source="billing",
                                  at=NOW)
    key = await tx.scalar(insert(Accounts).values(
        number=account, client_id=client, balance_minor=balance, currency="RUB", balance_at=NOW,
        opened_on=date(2020, 1, 1)).returning(Accounts.id))
    if balance < 0:
        await tx.run(insert(Debts).values(
            account_id=key, client_id=client, amount_minor=-balance, currency="RUB",
            since_on=date(2026, 8, 10), as_of=NOW))
    if paid:
        await timeline.put(tx, client, datetime(2026, 11, 8, 22, 30, tzinfo=UTC), "payment", 1, {
            "account": account, "amount_minor": paid, "currency": "RUB", "method": "card"})


async def _meters(tx: Tx, account: str) -> None:
    """One of electricity, with two readings a month apart, and one of water that has none."""
    key = await tx.scalar(select(Accounts.id).where(Accounts.number == account))
    for number, resource, unit in (("00004711", "electricity", "kWh"),
                                   ("00004712", "cold_water", "m3")):
        await tx.run(insert(Meters).values(
            account_id=key, number=number, resource=resource, unit=unit, installed_on=None))
    meter = await tx.scalar(select(Meters.id).where(Meters.number == "00004711"))
    for value, at in ((1_000_000, datetime(2026, 9, 25, 9, 0, tzinfo=UTC)),
                      (1_203_400, datetime(2026, 10, 25, 9, 0, tzinfo=UTC))):
        await tx.run(insert(Readings).values(
            meter_id=meter, value_milli=value, read_at=at, source="web", by=None))


@pytest.fixture
def ivr_plan(
    prompts_dir: Path, espeak: Voice, english: Wording, company_url: str, tmp_path: Path,
) -> IvrPlan:
    known = Known({"en": english.phrases}, QUEUES, LOOK_UPS, FACTS, operators=("101",),
                  groups=("billing",), menus=SHIPPED)
    return IvrPlan(
        host="127.0.0.1", port=0, store_url=company_url, prompts_dir=prompts_dir,
        messages_dir=tmp_path / "messages",
        menus={name: parse_menu(shipped_menu(name), known) for name in SHIPPED},
        known=known, speakers={"en": Speaker.of(english, espeak, prompts_dir)}, office=OFFICE,
        entries={"74951200000": Entry("main", "billing"), "74951200001": Entry("main", "outages")},
        currency="RUB", region="RU", time_zone=ZoneInfo("Europe/Moscow"))


@asynccontextmanager
async def serving(plan: IvrPlan) -> AsyncIterator[int]:
    """The menu server in this process; its port."""
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    async with asyncio.TaskGroup() as group:
        server = group.create_task(run(plan, started=port.set_result), name="menu server")
        try:
            yield await asyncio.wait_for(port, 30)
        finally:
            server.cancel()


@pytest.fixture
async def menu_port(ivr_plan: IvrPlan) -> AsyncIterator[int]:
    async with serving(ivr_plan) as port:
        yield port


@pytest.fixture
def serve_plan() -> Serving:
    return serving


@pytest.fixture
def without_base(ivr_plan: IvrPlan) -> Callable[[str], IvrPlan]:
    """The same plan with another store."""
    return lambda url: replace(ivr_plan, store_url=url)
