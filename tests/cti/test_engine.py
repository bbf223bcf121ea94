"""The engine on a real Asterisk: what is lost sight of, found again, and told the same later."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from cti import changes as ch
from cti.changes import Change, to_json
from cti.engine import Engine, LinkPlan
from cti.errors import CommandRefused, LinkDown, NotSendable
from cti.floor import Floor
from cti.tape import TapePosition, read
from tests.cti.tapes import fold
from tests.pbx.fixtures import PrivatePbx
from tests.tapes.stage import link_plan, until
from workstation.cli.replay import command

pytestmark = pytest.mark.pbx


class Proxy:
    """Between the engine and Asterisk's manager port; `cut` ends all, `refusing` lets none in."""

    def __init__(self, port: int) -> None:
        self.target = port
        self.refusing = False
        self._writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refusing:
            writer.close()
            return
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self.target)
        self._writers += [writer, there_writer]
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(pump(reader, there_writer))
            tasks.create_task(pump(there_reader, writer))

    def cut(self) -> None:
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.transport.abort()


@dataclass
class Following:
    engine: Engine
    plan: LinkPlan
    live: list[Change] = field(default_factory=list)
    restored: list[Change] = field(default_factory=list)

    def of(self, kind: type[Change]) -> list[Change]:
        return [change for change in self.live if isinstance(change, kind)]


@asynccontextmanager
async def following(plan: LinkPlan, *, wait: bool = True) -> AsyncIterator[Following]:
    engine = Engine(plan)
    scene = Following(engine, plan)
    with engine.feed.subscribe("test") as changes:
        async def note() -> None:
            async for fed in changes:
                (scene.restored if fed.restored else scene.live).extend(fed.changes)

        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(engine.run()), tasks.create_task(note())]
            try:
                if wait:
                    await until(engine.link_is_up)
                yield scene
            finally:
                for task in running:
                    task.cancel()


@asynccontextmanager
async def proxied(pbx: PrivatePbx, folder: Path) -> AsyncIterator[tuple[Proxy, LinkPlan]]:
    proxy = Proxy(pbx.ports.ami)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    try:
        plan = replace(link_plan(pbx.plan, folder), port=server.sockets[0].getsockname()[1])
        yield proxy, plan
    finally:
        proxy.cut()
        server.close()


@pytest.fixture
async def quiet_pbx(pbx: PrivatePbx) -> AsyncIterator[PrivatePbx]:
    yield pbx
    await asyncio.to_thread(pbx.hang_up_everything)
    await asyncio.sleep(0.3)


def taped(plan: LinkPlan) -> list[Change]:
    """What a replay of the whole tape says."""
    records = [record for _, record in read(plan.tape_dir, plan.pbx)]
    return fold(Floor(plan.pbx), records)


async def test_a_replay_of_the_tape_gives_what_was_told_live(
        quiet_pbx: PrivatePbx, tmp_path: Path) -> None:
    async with following(link_plan(quiet_pbx.plan, tmp_path)) as scene:
        await quiet_pbx.world_originate(caller_number="+79161110001", talk_s=1)
        await until(lambda: scene.of(ch.CallEnded))
        told = [one for one in scene.live if isinstance(one, ch.CallChange)]
        since = TapePosition(f"{told[0].at.date()}", 0)
        again = [one for fed in scene.engine.retell(since) for one in fed.changes]
        assert [one for one in again if isinstance(one, ch.CallChange)] == told
    assert taped(scene.plan)[:len(scene.live)] == scene.live


def printed_by_replay(folder: Path) -> bytes:
    tapes = [str(path) for path in sorted(folder.glob("*.jsonl"))]
    return CliRunner().invoke(command, tapes).stdout.encode()


async def test_deskline_replay_prints_byte_for_byte_what_was_told_live(
        quiet_pbx: PrivatePbx, tmp_path: Path) -> None:
    async with proxied(quiet_pbx, tmp_path) as (proxy, plan), following(plan) as scene:
        await quiet_pbx.world_originate(caller_number="+79161110002", talk_s=2)
        await until(lambda: scene.of(ch.CallQueued))
        proxy.cut()
        await until(lambda: len(scene.of(ch.LinkRestored)) == 2)
        await until(lambda: scene.of(ch.CallEnded))
    printed = printed_by_replay(tmp_path)
    live = "".join(f"{json.dumps(to_json(one), ensure_ascii=False)}\n" for one in scene.live)
    assert printed.startswith(live.encode())
    assert scene.live[-1].at > scene.live[0].at


async def test_calls_that_lived_through_a_cut_go_on_and_those_that_did_not_are_told(
        quiet_pbx: PrivatePbx, tmp_path: Path) -> None:
    async with proxied(quiet_pbx, tmp_path) as (proxy, plan), following(plan) as scene:
        await quiet_pbx.world_originate(caller_number="+79161110011", talk_s=30)
        await quiet_pbx.world_originate(caller_number="+79161110012", talk_s=2)
        await until(lambda: len(scene.of(ch.CallQueued)) == 2)
        proxy.refusing = True
        proxy.cut()
        await until(lambda: scene.of(ch.LinkLost))
        assert not scene.engine.link_is_up()
        with pytest.raises(LinkDown):
            await scene.engine.commands.hang_up("PJSIP/trunk-00000001")
        await quiet_pbx.world_originate(caller_number="+79161110013", talk_s=30)
        await asyncio.sleep(3)
        proxy.refusing = False
        await until(lambda: len(scene.of(ch.LinkRestored)) == 2)
        numbers = {call.number: call.state for call in scene.engine.floor.calls.values()}
        assert numbers == {"+79161110011": "waiting", "+79161110013": "waiting"}
        ended = scene.of(ch.CallEnded)
        assert [(one.caller_number, one.outcome) for one in ended] == [  # type: ignore[attr-defined]
            ("+79161110012", "lost_sight")]
        restored = scene.of(ch.LinkRestored)[-1]
        assert isinstance(restored, ch.LinkRestored)
        assert (restored.calls_lost, restored.calls_found, restored.restarted) == (1, 1, False)
        assert len(scene.of(ch.CallStarted)) == 3
        assert [len(queue.waiting) for queue in scene.engine.floor.queues.values()].count(2) == 1
    assert taped(plan)[:len(scene.live)] == scene.live


async def test_a_server_started_again_knows_the_calls_that_go_on(
        quiet_pbx: PrivatePbx, tmp_path: Path) -> None:
    plan = link_plan(quiet_pbx.plan, tmp_path)
    async with following(plan) as before:
        await before.engine.commands.add_member("billing", "PJSIP/108", "108", paused=True)
        await quiet_pbx.world_originate(caller_number="+79161110021", talk_s=30)
        await until(lambda: before.of(ch.CallQueued))
        call = next(iter(before.engine.floor.calls.values()))
    async with following(plan) as after:
        same = next(iter(after.engine.floor.calls.values()))
        assert (same.id, same.started_at, same.segments) == (
            call.id, call.started_at, call.segments)
        assert [one for one in after.restored if isinstance(one, ch.CallQueued)]
        assert not after.of(ch.CallStarted)
        assert after.engine.floor.operators["108"].state == "paused"
        await asyncio.to_thread(quiet_pbx.hang_up_everything)
        await until(lambda: after.of(ch.CallEnded))
        await after.engine.commands.remove_member("billing", "PJSIP/108")
        await until(lambda: [one.state for one in after.live if isinstance(one, ch.OperatorChanged)
                             and one.operator == "108"][-1:] == ["offline"])    # told, not only so
    live = before.live + after.live
    assert [one for one in taped(plan) if not isinstance(one, ch.LinkLost)] == [
        one for one in live if not isinstance(one, ch.LinkLost)]


async def test_an_asterisk_that_was_killed_leaves_no_ghosts(
        quiet_pbx: PrivatePbx, tmp_path: Path) -> None:
    async with following(link_plan(quiet_pbx.plan, tmp_path)) as scene:
        await quiet_pbx.world_originate(caller_number="+79161110031", talk_s=60)
        await until(lambda: scene.of(ch.CallQueued))
        quiet_pbx.kill()
        await until(lambda: scene.of(ch.LinkLost))
        await asyncio.to_thread(quiet_pbx.start_again)
        await until(lambda: len(scene.of(ch.LinkRestored)) == 2, 30)
        assert scene.engine.floor.is_quiet()
        ended, restored = scene.of(ch.CallEnded)[-1], scene.of(ch.LinkRestored)[-1]
        assert isinstance(ended, ch.CallEnded)
        assert isinstance(restored, ch.LinkRestored)
        assert ended.outcome == "lost_sight"
        assert restored.restarted


async def test_a_wrong_password_is_told_and_does_not_stop_the_engine(
        quiet_pbx: PrivatePbx, tmp_path: Path) -> None:
    plan = replace(link_plan(quiet_pbx.plan, tmp_path), observer_secret="wrong")
    async with following(plan, wait=False) as scene:
        await until(lambda: scene.engine.trouble())
        assert "refused the manager account observer" in (scene.engine.trouble() or "")
        assert not scene.engine.link_is_up()


async def test_a_full_disk_stops_the_tape_and_not_the_floor(
        quiet_pbx: PrivatePbx, tmp_path: Path) -> None:
    blocked = tmp_path / "tapes"
    blocked.write_text("a file where the folder should be")
    async with following(link_plan(quiet_pbx.plan, blocked)) as scene:
        await quiet_pbx.world_originate(caller_number="+79161110041", talk_s=1)
        await until(lambda: scene.of(ch.CallEnded))
        assert "tape cannot be written" in (scene.engine.trouble() or "")


async def test_commands_are_refused_clearly(quiet_pbx: PrivatePbx, tmp_path: Path) -> None:
    async with following(link_plan(quiet_pbx.plan, tmp_path)) as scene:
        commands = scene.engine.commands
        with pytest.raises(CommandRefused):
            await commands.hang_up("PJSIP/101-0000ffff")
        with pytest.raises(CommandRefused):
            await commands.pause_member("PJSIP/109", paused=True, reason="lunch")
        with pytest.raises(NotSendable):
            await commands.click_to_call("PJSIP/101", "1; rm", caller_id="101")
        with pytest.raises(NotSendable):
            await commands.redirect("PJSIP/101-1", "deskline-in\r\n", "s")
    shutil.rmtree(tmp_path, ignore_errors=True)
