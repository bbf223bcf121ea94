"""The terminal drives a real desk phone: real keys, server, Asterisk and colleague."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pbx.fixtures import ENTRY, PrivatePbx
from tests.pbx.phones import phone
from tests.terminal.server import until
from tests.workstation.office import Office
from tests.workstation.test_real_calls import settings_for, working
from workstation.protocol import SignIn
from workstation.terminal.app import Terminal

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(120)]
CALLER = "+79161234567"


async def test_a_call_is_held_muted_and_handed_over_after_asking_by_keys_alone(
        pbx: PrivatePbx, tmp_path: Path) -> None:
    sip = pbx.ports.sip
    async with (working(settings_for(pbx, tmp_path / "data")) as office,
                phone(tmp_path, sip, "101", pbx.password("sip:101"), auto_answer=True),
                phone(tmp_path, sip, "102", pbx.password("sip:102"), auto_answer=True) as boris,
                phone(tmp_path, sip, CALLER) as caller):
        entry = SignIn(login="anna", password=office.password("anna"))
        app = Terminal(office.url, entry=entry)
        async with app.run_test(size=(140, 40), notifications=True) as pilot:
            await until(lambda: app.desk.me.login)
            await pilot.press("alt+0")
            await until(lambda: state(office) == "ready")
            await caller.dial(ENTRY, sip)
            await until(lambda: shown(app) == "talking")
            await pilot.press("f4")
            await until(lambda: shown(app) == "held")
            await pilot.press("f4")
            await until(lambda: shown(app) == "talking")
            await pilot.press("f6")
            await until(lambda: app.desk.shelves.open_conversations()[0].muted)
            await pilot.press("f6")
            await until(lambda: not app.desk.shelves.open_conversations()[0].muted)
            await pilot.press("f7")
            await until(lambda: len(app.screen.query("#hits")) == 1)
            await pilot.press("1", "0", "2", "enter")
            await pilot.press("1")
            await boris.wait("connected")
            await until(lambda: "complete" in app.desk.shelves.open_conversations()[0].can)
            await pilot.press("f7")
            await until(lambda: shown(app) == "wrap_up")
            await until(lambda: talks(office, "102"))
            assert not caller.has("ended")
            await caller.hang_up()
            app.exit()


def state(office: Office) -> str:
    live = office.desk.floor.operators.get("101")
    return live.state if live is not None else ""


def shown(app: Terminal) -> str:
    items = app.desk.shelves.open_conversations()
    return items[0].state if items else ""


def talks(office: Office, operator: str) -> bool:
    return any(call.operator == operator and call.state == "talking"
               for call in office.desk.floor.calls.values())
