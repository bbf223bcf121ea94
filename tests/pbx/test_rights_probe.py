"""What our manager accounts may not do is refused by a real Asterisk, and found out where not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from cti import probe
from cti.ami import Account, connect
from cti.engine import Engine
from tests.pbx.fixtures import PrivatePbx
from tests.tapes.stage import link_plan, until

pytestmark = pytest.mark.pbx
OURS = "write = call,agent,reporting,originate"
MIGHTY = "\n[mighty]\nsecret = x\nread = all\nwrite = all\n"


@pytest.fixture
def too_open(pbx: PrivatePbx) -> Iterator[None]:
    """An account that may do everything, and a `control` that may do more than ours."""
    path = pbx.main.site.folder / "etc" / "manager.conf"
    before = path.read_text()
    path.write_text(before.replace(OURS, f"{OURS},command") + MIGHTY)
    pbx.ask("manager reload")
    yield
    path.write_text(before)
    pbx.ask("manager reload")


async def mighty(pbx: PrivatePbx, name: str, secret: str, *, looks_on: bool) -> tuple[str, ...]:
    async with connect(Account(host="127.0.0.1", port=pbx.ports.ami, name=name, secret=secret,
                               wants_events=False)) as session:
        return await probe.too_mighty(session, may_call=not looks_on)


@asynccontextmanager
async def following(pbx: PrivatePbx, folder: Path) -> AsyncIterator[Engine]:
    engine = Engine(link_plan(pbx.plan, folder))
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(engine.run())
        try:
            await until(engine.link_is_up)
            yield engine
        finally:
            running.cancel()


@pytest.mark.parametrize("name", ["observer", "control", "dialler"])
async def test_our_own_accounts_are_refused_what_they_must_not(pbx: PrivatePbx,
                                                               name: str) -> None:
    assert await mighty(pbx, name, pbx.password(f"ami:{name}"),
                        looks_on=name == "observer") == ()


@pytest.mark.usefixtures("too_open")
async def test_an_account_that_may_everything_is_found_out(pbx: PrivatePbx) -> None:
    assert await mighty(pbx, "mighty", "x", looks_on=True) == (*probe.FORBIDDEN, *probe.TO_CALL)


@pytest.mark.usefixtures("too_open")
async def test_nothing_is_dialled_with_an_account_that_may_too_much(pbx: PrivatePbx,
                                                                    tmp_path: Path) -> None:
    async with following(pbx, tmp_path) as engine:
        await until(lambda: engine.trouble() is not None)
        assert not engine.may_dial()
        assert "control may do what it must not (command)" in str(engine.trouble())


async def test_with_accounts_of_least_right_dialling_is_on(pbx: PrivatePbx,
                                                           tmp_path: Path) -> None:
    async with following(pbx, tmp_path) as engine:
        await until(engine.may_dial)
        assert engine.trouble() is None
        assert engine.lag_s() < 60
