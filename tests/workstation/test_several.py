"""Two Asterisks in one installation: the same ids, queues and numbers on both, and no mix-up."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crm_store import interactions, mending, recordings
from cti.ami import Account, Session, connect
from cti.changes import CallAnswered, CallStarted, Change
from cti.engine import Engine
from tests.ports import free_port
from tests.workstation.office import SOON_S, TAPES, Office, Tape, open_office, settings_in
from tests.workstation.test_recordings import age, begun, write
from workstation import installation
from workstation.cli.main import run
from workstation.recording_keeper import Finisher
from workstation.serve import utc_now
from workstation.settings import Asterisk, OperatorSettings, Settings

CALL = "inbound/answered_caller_hangs_up"


def two(folder: Path) -> Settings:
    """101 … 110 have their phones on the first, 201 and 202 on the other."""
    settings = settings_in(folder)
    people = tuple(OperatorSettings(
        id=number, login=login, name=login.capitalize(), asterisk="north",
        queues=("billing", "outages", "collection"))
        for number, login in (("201", "nora"), ("202", "nils")))
    lead = tuple(one.model_copy(update={"queues": ("billing",), "groups": ("billing",)})
                 for one in settings.operator if one.login == "sofia")
    others = tuple(one for one in settings.operator if one.login != "sofia")
    north = Asterisk(name="north", ami_port=free_port(), http_port=free_port(), host="127.0.0.2")
    return settings.model_copy(update={"asterisk": (north,),
                                       "operator": (*others, *lead, *people)})


@asynccontextmanager
async def manager() -> AsyncIterator[tuple[Session, list[dict[str, str]]]]:
    """A link to a manager that takes everything, and what was asked of it."""
    asked: list[dict[str, str]] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"Asterisk Call Manager/9.0.0\r\n")
        action: dict[str, str] = {}
        while line := (await reader.readline()).decode():
            name, _, value = line.strip().partition(": ")
            if name:
                action[name] = value
                continue
            if action["Action"] != "Login":
                asked.append(action)
            writer.write(f"Response: Success\r\nActionID: {action['ActionID']}\r\n\r\n".encode())
            action = {}
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        account = Account(host="127.0.0.1", port=port, name="control", secret="s",
                          wants_events=False)
        async with connect(account) as session:
            yield session, asked


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(tmp_path, settings=two(tmp_path)) as opened:
        yield opened


def north_of(office: Office) -> Engine:
    return office.desk.sites.of_operator("201").engine


def moved(office: Office, *, is_renumbered: bool) -> Tape:
    """The call on the other Asterisk; with its own operators, or with phones of the same numbers
    that are not ours."""
    lines = (TAPES / f"{CALL}.jsonl").read_bytes().replace(b'"pbx":"main"', b'"pbx":"north"')
    if is_renumbered:
        lines = re.sub(rb"\b10([12])\b", rb"20\1", lines)
    return Tape(office, lines.splitlines(), north_of(office))


async def together(*tapes: Tape, until: Callable[[Change], bool] = lambda _: False) -> None:
    """Message by message in turn, each up to and with the first change that `until` means."""
    going = list(tapes)
    while going:
        for tape in list(going):
            if tape.at >= len(tape.lines) or await tape.step(until):
                going.remove(tape)
    await tapes[0].office.settled()


def is_answered(change: Change) -> bool:
    return isinstance(change, CallAnswered)


def is_talking(views: dict[str, dict[str, Any]]) -> bool:
    return any(view["state"] == "talking" for view in views["conversations"].values())


def own_call(tape: Tape) -> str:
    calls = {one.call for one in tape.changes if isinstance(one, CallStarted)}
    assert len(calls) == 1
    return calls.pop()


async def stored(office: Office, call: str) -> interactions.Interaction | None:
    async with office.store.read() as tx:
        return await interactions.by_call(tx, call)


def main_tape(office: Office) -> Tape:
    return Tape(office, (TAPES / f"{CALL}.jsonl").read_bytes().splitlines(), office.engine)


async def test_each_operator_sees_his_own_call_and_each_call_is_its_own_contact(
        office: Office) -> None:
    one, other = main_tape(office), moved(office, is_renumbered=True)
    async with office.screen("anna") as anna, office.screen("nora") as nora, \
            office.screen("sofia") as lead:
        await together(one, other, until=is_answered)
        calls = own_call(one), own_call(other)
        assert calls[1] == f"{calls[0]}@north"
        for screen, call in ((anna, calls[0]), (nora, calls[1])):
            await screen.until(is_talking)
            assert [view["call"] for view in screen.conversations] == [call]
        await lead.until(lambda views: len(views["calls"]) == 2)
        assert {view["id"]: view["pbx"] for view in lead.views["calls"].values()} == {
            calls[0]: "main", calls[1]: "north"}
        assert lead.views["operators"]["201"]["pbx"] == "north"
        await together(one, other)
    for call, pbx, operator in ((calls[0], "main", "101"), (calls[1], "north", "201")):
        found = await stored(office, call)
        assert found is not None
        assert (found.operator, found.outcome) == (operator, "answered")
        async with office.store.read() as tx:
            assert await mending.calls_between(
                tx, pbx, found.started_at, found.started_at + timedelta(seconds=1)) == [call]
    assert not office.desk.floor.calls


async def test_a_phone_of_the_same_number_elsewhere_is_nobody_of_ours(office: Office) -> None:
    one, other = main_tape(office), moved(office, is_renumbered=False)
    async with office.screen("anna") as anna:
        await together(one, other, until=is_answered)
        await anna.until(lambda _: bool(anna.conversations))
        assert [view["call"] for view in anna.conversations] == [own_call(one)]
        await together(one, other)
        assert {view["call"] for view in anna.conversations} == {own_call(one)}
    mine, strange = await stored(office, own_call(one)), await stored(office, own_call(other))
    assert mine is not None
    assert strange is not None
    assert (mine.operator, strange.operator) == ("101", "101@north")


async def test_what_is_asked_of_a_call_goes_to_its_own_asterisk(office: Office) -> None:
    one, other = main_tape(office), moved(office, is_renumbered=True)
    await together(one, other, until=is_answered)
    async with manager() as (main, asked_main), manager() as (north, asked_north):
        office.engine._control = main
        north_of(office)._control = north
        nora, lead = await office.bearer("nora"), await office.bearer("sofia")
        calls = f"{office.url}/api/v1/calls"
        said = await office.http.post(f"{calls}/{own_call(other)}/hold", headers=nora)
        assert said.status == 202, await said.text()
        assert not asked_main
        assert "Redirect" in {one["Action"] for one in asked_north}
        asked_north.clear()
        said = await office.http.post(f"{calls}/{own_call(one)}/transfer", headers=lead,
                                      json={"queue": "outages"})
        assert said.status == 202, await said.text()
        assert asked_main
        assert not asked_north


async def test_wrap_up_of_a_namesake_elsewhere_does_not_touch_our_operator(
        office: Office) -> None:
    async with manager() as (main, asked_main), manager() as (north, asked_north):
        office.engine._control = main
        north_of(office)._control = north
        await moved(office, is_renumbered=False).play()
        async with asyncio.timeout(SOON_S):
            while not any(  # noqa: ASYNC110 - the other end only remembers
                    one.get("Reason") == "wrap_up" for one in asked_north):
                await asyncio.sleep(0.02)
        assert not [one for one in asked_main if one["Action"] == "QueuePause"]


async def test_nobodys_phone_is_rung_for_a_call_on_another_asterisk(office: Office) -> None:
    one, other = main_tape(office), moved(office, is_renumbered=True)
    await together(one, other, until=is_answered)
    async with office.screen("sofia") as lead, office.screen("nora") as nora:
        for call, verb, screen, args in (
                (own_call(other), "transfer", nora, {"operator": "102"}),
                (own_call(one), "pick_up", nora, {}),
                (own_call(other), "redirect", lead, {"operator": "102"}),
                (own_call(other), "listen", lead, {})):
            refused = (await screen.ask(f"call.{verb}", call=call, **args)).problem
            assert refused is not None
            assert refused.code == "other_asterisk", verb
        targets = (await nora.ask("call.targets")).result
        assert targets is not None
        assert {one["id"] for one in targets["colleagues"]} == {"202"}


async def test_a_dead_asterisk_is_shown_as_such_and_the_other_one_works_on(
        office: Office) -> None:
    office.engine._is_up = True
    async with office.screen("sofia") as lead, office.screen("anna") as anna:
        await lead.until(lambda views: views["operators"]["201"]["away"]
                         and not views["operators"]["101"]["away"])
        await lead.until(lambda views: [gap["pbx"] for gap in views["gaps"].values()
                                        if gap["until"] is None] == ["north"])
        parts = {part["pbx"]: part["away"] for part in lead.views["queues"]["billing"]["parts"]}
        assert parts["north"] is True
        ready = await (await office.http.get(f"{office.url}/readyz")).json()
        assert ready["asterisks"] == {"main": "linked", "north": "away"}
        assert "deskline_link_up{pbx=\"north\"} 0.0" in await (
            await office.http.get(f"{office.url}/metrics")).text()
        tape = main_tape(office)
        await tape.play(until=is_answered)
        await anna.until(is_talking)
        await tape.play()
    found = await stored(office, own_call(tape))
    assert found is not None
    assert found.outcome == "answered"


async def test_calls_of_one_are_not_taken_for_gone_when_the_other_is_back(office: Office) -> None:
    """Its conversations wait for what their own Asterisk says."""
    other = moved(office, is_renumbered=True)
    async with office.screen("nora") as nora:
        await other.play(until=is_answered)
        await nora.until(lambda _: bool(nora.conversations))
        floor = north_of(office).floor
        kept = dict(floor._calls)
        floor._calls.clear()                # as before its tape is read again
        await main_tape(office).play()      # says, among others, that its link is back
        assert [view["state"] for view in nora.conversations] == ["talking"]
        floor._calls.update(kept)


async def test_sound_of_the_same_leg_on_both_is_two_recordings(
        office: Office, tmp_path: Path) -> None:
    """Each Asterisk writes in its own folder; whose a leg is stands in its id."""
    folder, north = tmp_path / "sound", north_of(office).apart
    for name, leg in (("new", "1.1"), ("new/north", "1.1")):
        age(write(folder / name, leg, 5), 120)
    rows = [await begun(office.store, leg) for leg in ("1.1", "1.1@north")]

    async def states() -> list[str]:
        async with office.store.read() as tx:
            return [(await recordings.one(tx, row.id)).state for row in rows]

    for apart, seen in ((north, ["open", "kept"]), (office.engine.apart, ["kept", "kept"])):
        await Finisher(office.store, folder, min_free_mb=0, tell=lambda _: None, clock=utc_now,
                       apart=apart).scan(lambda leg: False)
        assert await states() == seen


def test_a_tape_is_replayed_under_the_ids_that_were_told_live(
        tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tape = tmp_path / "north.jsonl"
    tape.write_bytes((TAPES / f"{CALL}.jsonl").read_bytes().replace(
        b'"pbx":"main"', b'"pbx":"north"'))
    assert run(["replay", str(tape), "--config", str(written(tmp_path))]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    calls = {one["call"] for one in told if one.get("pbx") == "north" and "call" in one}
    assert len(calls) == 1
    assert calls.pop().endswith("@north")


def test_the_doctor_looks_at_each_asterisk_under_its_name(
        tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path)
    assert run(["staff", "list", "--config", str(path)]) == 0
    capsys.readouterr()
    assert run(["doctor", "--json", "--config", str(path)]) == 1
    red = {check["check"] for check in json.loads(capsys.readouterr().out)["checks"]
           if check["colour"] == "red"}
    assert red >= {"manager account observer", "north: manager account observer",
                   "north: softphones"}


def test_the_command_for_the_private_asterisk_takes_a_name(
        tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path)
    told = {}
    for name in ("main", "north"):
        assert run(["pbx", "status", "--json", "--asterisk", name, "--config", str(path)]) == 0
        told[name] = json.loads(capsys.readouterr().out)
    assert [one["id"] for one in told["north"]["operators"]] == ["201"]
    assert "201" not in {one["id"] for one in told["main"]["operators"]}
    assert run(["pbx", "status", "--asterisk", "west", "--config", str(path)]) == 1
    assert "there is no Asterisk 'west'" in capsys.readouterr().err


def test_a_backup_knows_how_far_each_tape_was_written_down(tmp_path: Path) -> None:
    settings, tapes = two(tmp_path), tmp_path / "tapes"
    tapes.mkdir()
    for name in ("main", "north"):
        (tapes / f"{name}.quiet").write_text(name)
    kept = installation.files(settings, None)
    assert (kept["quiet"], kept["quiet/north"]) == (b"main", b"north")


def written(folder: Path) -> Path:
    path = folder / "deskline.toml"
    path.write_text(
        f"data_dir = '{folder / 'data'}'\n[pbx]\nami_port = {free_port()}\n"
        f"http_port = {free_port()}\n[[asterisk]]\nname = 'north'\nami_port = {free_port()}\n"
        f"http_port = {free_port()}\n[menu]\nport = {free_port()}\ngate_port = {free_port()}\n"
        "[[operator]]\nid = '101'\nlogin = 'anna'\nname = 'Anna'\n"
        "[[operator]]\nid = '201'\nlogin = 'nora'\nname = 'Nora'\nasterisk = 'north'\n")
    return path
