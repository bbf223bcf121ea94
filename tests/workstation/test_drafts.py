"""Drafts on the server: joined letter by letter, handed on with the call, safe from a kill -9."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import aiohttp

from cti.changes import CallAnswered, CallTransferred, Change
from tests.ports import free_port
from tests.workstation.office import (
    SOON_S,
    Office,
    Screen,
    add_client,
    listening_screen,
    open_office,
    settings_in,
)
from tests.workstation.test_live import is_shown
from tests.workstation.test_work import ANSWERED, after_a_call
from workstation.accounts import demo_password
from workstation.pbx_plan import plan_of
from workstation.settings import load

BLIND, ATTENDED = "transfer/blind_to_an_operator", "transfer/attended"


async def save(screen: Screen, conversation: int, base: int, note: str,
               **more: Any) -> dict[str, Any]:
    args = {"disposition": None, "form_type": None, "form": {}, **more}
    reply = await screen.ask("draft.save", conversation=conversation, base=base, note=note, **args)
    assert reply.problem is None, reply.problem
    return reply.result


def draft(screen: Screen, conversation: int) -> dict[str, Any]:
    found: dict[str, Any] = screen.views["conversations"][str(conversation)]["draft"]
    return found


# ── two screens of one operator ──────────────────────────────────────────────────────────────
async def test_what_two_screens_typed_upon_the_same_letters_is_joined(office: Office) -> None:
    async with after_a_call(office) as page, office.screen("anna") as terminal:
        key = page.conversations[0]["id"]
        first = (await save(page, key, 0, "the bill"))["version"]
        await save(page, key, first, "the bill is late", form={"meter": "M-1"})
        other = await save(terminal, key, first, "again the bill", disposition="resolved")
        assert other["draft"]["note"] == "again the bill is late"
        assert other["draft"]["form"] == {"meter": "M-1"}
        await page.until(lambda _: draft(page, key)["version"] == other["version"])
        assert draft(page, key)["note"] == "again the bill is late"
        assert draft(page, key)["disposition"] == "resolved"


async def test_no_letter_is_lost_while_both_screens_type_at_once(office: Office) -> None:
    """Each types its own letters, saves upon what it knows, and takes in what the server says."""
    async with after_a_call(office) as page, office.screen("anna") as terminal:
        key = page.conversations[0]["id"]
        await save(page, key, 0, "|")

        async def type_on(screen: Screen, letters: str, *, ahead: bool) -> None:
            await screen.until(lambda _: draft(screen, key)["version"] >= 1)
            for letter in letters:
                known = draft(screen, key)
                note = letter + known["note"] if ahead else known["note"] + letter
                await save(screen, key, known["version"], note)

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(type_on(page, "fedcba", ahead=True), name="page")
            tasks.create_task(type_on(terminal, "ghijkl", ahead=False), name="terminal")
        kept = office.desk.conversations.of("101")[0].draft.note
        assert kept == "abcdef|ghijkl"


async def test_letters_typed_upon_a_version_nobody_remembers_stand(office: Office) -> None:
    async with after_a_call(office) as anna:
        key = anna.conversations[0]["id"]
        await save(anna, key, 0, "first")
        office.desk.conversations._typed.clear()
        assert (await save(anna, key, 0, "typed elsewhere"))["draft"] is None
        assert office.desk.conversations.of("101")[0].draft.note == "typed elsewhere"


# ── with the call ────────────────────────────────────────────────────────────────────────────
def is_answered_by(operator: str) -> Any:
    def is_so(change: Change) -> bool:
        return isinstance(change, CallAnswered) and change.operator == operator
    return is_so


async def test_a_transferred_call_brings_what_was_typed_and_says_whose_it_is(
    office: Office
) -> None:
    async with office.screen("anna") as anna, office.screen("boris") as boris:
        tape = await office.play(BLIND, until=is_answered_by("101"))
        await anna.until(is_shown)
        mine = anna.conversations[0]
        await save(anna, mine["id"], 0, "Meter is broken", form_type="meter_dispute",
                   form={"meter": "M-77"})
        await tape.play(until=is_answered_by("102"))
        await boris.until(lambda views: any(
            one["handed"] for one in views["conversations"].values()))
        his = boris.conversations[0]
        assert (his["handed"]["operator"], his["handed"]["name"]) == ("101", "Anna Petrova")
        assert his["handed"]["note"] == "Meter is broken"
        assert his["handed"]["form"] == {"meter": "M-77"}
        assert his["draft"]["note"] == "", "it is hers; he types his own"
        filled = {field["name"]: field["value"] for field in his["form"]["fields"]}
        assert filled["meter"] == "M-77"
        await save(anna, mine["id"], 1, "Meter is broken since May")
        await boris.until(lambda views: "since May" in str(views["conversations"]))


async def test_what_she_finished_meanwhile_is_handed_on_too(office: Office) -> None:
    async with office.screen("anna") as anna, office.screen("boris") as boris:
        tape = await office.play(BLIND, until=is_answered_by("101"))
        await anna.until(is_shown)
        mine = anna.conversations[0]["id"]
        await save(anna, mine, 0, "Asked about March")
        await tape.play(until=lambda change: isinstance(change, CallTransferred))
        await tape.play(until=lambda change: getattr(change, "change", "") == "operator_left")
        await anna.until(lambda views: not views["conversations"] or anna.conversations[0][
            "state"] == "wrap_up")
        await anna.ask("conversation.finish", conversation=mine, **ANSWERED)
        await tape.play(until=is_answered_by("102"))
        await boris.until(lambda views: any(
            one["handed"] for one in views["conversations"].values()))
        assert boris.conversations[0]["handed"]["note"] == "Asked about March"


async def test_what_was_typed_in_a_consultation_goes_into_the_joined_call(
    office: Office
) -> None:
    async with office.screen("boris") as boris:
        tape = await office.play(ATTENDED, until=is_answered_by("102"))
        await boris.until(is_shown)
        await save(boris, boris.conversations[0]["id"], 0, "I take it")
        await tape.play(until=is_answered_by("102"))
        await boris.until(lambda views: any(one["draft"]["note"] == "I take it"
                                            for one in views["conversations"].values()))
        assert len(boris.conversations) == 1


async def test_a_draft_of_a_call_that_a_colleague_has_by_now_comes_back_after_a_restart(
    tmp_path: Path
) -> None:
    settings = settings_in(tmp_path)
    async with (open_office(tmp_path, settings=settings) as office,
                office.screen("anna") as anna):
        tape = await office.play(BLIND, until=is_answered_by("101"))
        await anna.until(is_shown)
        await save(anna, anna.conversations[0]["id"], 0, "not finished")
        await tape.play()
    async with open_office(tmp_path, settings=settings) as again, again.screen("anna") as anna:
        await anna.until(lambda views: bool(views["conversations"]))
        assert [one["draft"]["note"] for one in anna.conversations] == ["not finished"]


# ── a server killed ──────────────────────────────────────────────────────────────────────────
@contextmanager
def served(config: Path, url: str) -> Iterator[subprocess.Popen[bytes]]:
    """`deskline serve` in a process of its own; Asterisk is away."""
    log = config.with_suffix(".log").open("ab")
    process = subprocess.Popen([sys.executable, "-m", "workstation.cli.main", "serve", "--config",
                                str(config)], stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.kill()
        process.wait(SOON_S)
        log.close()


@asynccontextmanager
async def signed_in(url: str, login: str, password: str) -> AsyncIterator[Screen]:
    async with aiohttp.ClientSession() as http:
        async with asyncio.timeout(SOON_S):
            while True:
                try:
                    socket = await http.ws_connect(f"{url}/live")
                    break
                except aiohttp.ClientError:
                    await asyncio.sleep(0.1)
        try:
            await socket.send_json({"type": "sign_in", "login": login, "password": password})
            async with listening_screen(socket) as screen:
                await screen.hear()
                yield screen
        finally:
            await socket.close()


async def test_a_killed_server_costs_no_saved_letter(tmp_path: Path) -> None:
    """kill -9 with a save acknowledged: the next server has it, and types on upon it."""
    port = free_port()
    config = tmp_path / "deskline.toml"
    config.write_text(f'data_dir = "{tmp_path / "data"}"\n[server]\nport = {port}\n'
                      f"demo_sign_ins = true\n[pbx]\nami_port = {free_port()}\n"
                      f"[menu]\nport = {free_port()}\ngate_port = {free_port()}\n")
    settings = load(config)
    async with open_office(settings.data_dir, settings=settings) as office:
        await office.play("inbound/answered_caller_hangs_up")
        await add_client(office, "Ivanov")
    password = demo_password(plan_of(settings).secret, "anna")
    with served(config, settings.server.url) as process:
        async with signed_in(settings.server.url, "anna", password) as anna:
            await anna.until(lambda views: bool(views["conversations"]))
            key = anna.conversations[0]["id"]
            saved = await save(anna, key, 0, "typed before the kill", form={"meter": "M-1"})
            process.send_signal(signal.SIGKILL)
            process.wait(SOON_S)
    with served(config, settings.server.url):
        async with signed_in(settings.server.url, "anna", password) as anna:
            await anna.until(lambda views: bool(views["conversations"]))
            assert draft(anna, key)["note"] == "typed before the kill"
            assert draft(anna, key)["form"] == {"meter": "M-1"}
            more = await save(anna, key, saved["version"], "typed before the kill, and after")
            assert (more["version"], more["draft"]) == (saved["version"] + 1, None)


