"""What is recorded of real calls: each side on its channel, silence where it was paused, through
transfers of every kind, of a campaign and by hand, after a crash of Asterisk, and not at all where
the client does not allow it."""

from __future__ import annotations

import asyncio
import io
import struct
import wave
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crm_store import audit_reading, recordings
from crm_store.client_edits import ConsentEdit
from crm_store.consents import add
from crm_store.recordings import Recording
from tests.campaigns.conftest import make_campaign
from tests.pbx.fixtures import ENTRY, PrivatePbx
from tests.pbx.phones import Phone, Sound, phone
from tests.workstation.office import Office, Screen, add_client
from tests.workstation.test_real_calls import settings_for, working
from workstation.settings import Queue, Settings

pytestmark = pytest.mark.pbx
CALLER = "+79165550142"
CALLER_HZ, ANNA_HZ, BORIS_HZ, SOFIA_HZ = 620, 850, 1200, 1500


def recorded(pbx: PrivatePbx, folder: Path, record: str = "always") -> Settings:
    assert pbx.plan.recordings is not None
    return settings_for(
        pbx, folder, queue=(Queue(id="billing", name="Billing", record=record),  # type: ignore[arg-type]
                            Queue(id="outages", name="Outages"),
                            Queue(id="collection", name="Collection")),
        recording={"folder": str(pbx.plan.recordings.parent), "pause_limit_s": 2,
                   "min_free_mb": 0, "outbound": "always", "campaigns": {"run": "always"}})


@dataclass(frozen=True, slots=True)
class Talk:
    office: Office
    anna: Screen
    caller: Phone
    phones: dict[str, Phone]
    call: str

    async def recording_is(self, state: str) -> None:
        await self.anna.until(lambda views: any(
            view["recording"] == state for view in views["conversations"].values()))

    async def kept(self, limit_s: float = 20) -> Recording:
        return await kept(self.office, self.call, limit_s)


async def kept(office: Office, call: str, limit_s: float = 20) -> Recording:
    async with asyncio.timeout(limit_s):
        while True:
            interaction = await office.desk.journal.interaction(call)
            async with office.store.read() as tx:
                found = await recordings.of_interaction(tx, interaction)
            if found and found[0].state != "open":
                return found[0]
            await asyncio.sleep(0.1)


@asynccontextmanager
async def talking(pbx: PrivatePbx, office: Office, folder: Path) -> AsyncIterator[Talk]:
    """A caller of the queue talks with Anna at her desk phone; Boris's phone answers by itself."""
    sip = pbx.ports.sip
    async with AsyncExitStack() as stack:
        phones = {name: await stack.enter_async_context(phone(
            folder, sip, name, pbx.password(f"sip:{name}"), tone_hz=hertz, auto_answer=True,
            has_keys=name == "101"))
            for name, hertz in (("101", ANNA_HZ), ("102", BORIS_HZ), ("109", SOFIA_HZ))}
        anna = await stack.enter_async_context(office.screen("anna"))
        await anna.ask("phone.attach", phone="desk")
        await anna.ask("state.set", state="ready")
        await anna.until(lambda views: views["operators"]["101"]["state"] == "ready")
        caller = await stack.enter_async_context(phone(folder, sip, CALLER, tone_hz=CALLER_HZ))
        await caller.dial(ENTRY, sip)
        await anna.until(lambda views: any(view["state"] == "talking"
                                           for view in views["conversations"].values()))
        try:
            yield Talk(office, anna, caller, phones, anna.conversations[0]["call"])
        finally:
            await anna.ask("state.set", state="offline")


def sides(wav: bytes) -> tuple[Sound, Sound]:
    with wave.open(io.BytesIO(wav)) as file:
        assert (file.getnchannels(), file.getframerate()) == (2, 8000)
        raw = file.readframes(file.getnframes())
    samples = struct.unpack(f"<{len(raw) // 2}h", raw)
    return Sound(samples[0::2], 8000), Sound(samples[1::2], 8000)


def part(sound: Sound, begin_s: float, end_s: float) -> Sound:
    return Sound(sound.samples[int(begin_s * 8000):int(end_s * 8000)], 8000)


async def fetch(office: Office, login: str, path: str, **headers: str) -> tuple[int, bytes, Any]:
    async with office.http.get(f"{office.url}/api/v1{path}",
                               headers={**await office.bearer(login), **headers}) as answer:
        return answer.status, await answer.read(), answer.headers


async def test_each_side_is_on_its_channel_through_pause_and_transfer(
        pbx: PrivatePbx, tmp_path: Path) -> None:
    async with (working(recorded(pbx, tmp_path / "data")) as office,
                talking(pbx, office, tmp_path) as talk):
        await talk.recording_is("on")
        await asyncio.sleep(2)
        assert (await talk.anna.ask("call.record", call=talk.call, on=False)
                ).problem.code == "recording_required"          # type: ignore[union-attr]
        assert (await talk.anna.ask("call.pause_recording", call=talk.call)).problem is None
        await talk.recording_is("paused")
        await talk.recording_is("on")       # by itself
        await asyncio.sleep(1)
        assert (await talk.anna.ask("call.transfer", call=talk.call, operator="102")
                ).problem is None
        async with office.screen("boris") as boris:
            await asks_anna_and_hands_over(boris, talk.call)
            back_at = datetime.now(UTC)
            await asyncio.sleep(2)
        await talk.caller.hang_up()
        row = await talk.kept()
        await the_sound_is_right(office, row, (back_at - row.started_at).total_seconds())
        await who_may_hear_it(office, row)
    folder = pbx.plan.recordings
    assert folder is not None
    assert (folder.parent / (row.file or "")).stat().st_mode & 0o777 == 0o600
    assert not [path for path in folder.iterdir() if row.leg in path.name]


async def asks_anna_and_hands_over(boris: Screen, call: str) -> None:
    """He has it for two seconds, asks her while the client hears music, and gives it to her."""
    await boris.until(lambda views: any(view["state"] == "talking" and "consult" in view["can"]
                                        for view in views["conversations"].values()))
    await asyncio.sleep(2)
    assert (await boris.ask("call.consult", call=call, operator="101")).problem is None
    await boris.until(lambda views: any("swap" in view["can"]
                                        for view in views["conversations"].values()))
    assert (await boris.ask("call.complete", call=call)).problem is None
    await boris.until(lambda views: views["operators"]["102"]["state"] != "talking")


async def the_sound_is_right(office: Office, row: Recording, back_s: float) -> None:
    """Anna's, a pause, Anna's, Boris's, music, and from `back_s` on Anna's again."""
    status, wav, _ = await fetch(office, "anna", f"/recordings/{row.id}/audio")
    assert (status, len(wav)) == (200, row.size)
    client, others = sides(wav)
    (_, paused), (resumed, _) = row.marks
    assert paused is not None
    assert 1.8 < resumed - paused < 3.0
    for begin, end, hertz in (
            (0.3, paused - 0.2, ANNA_HZ), (resumed + 0.2, resumed + 0.9, ANNA_HZ),
            (back_s - 2.5, back_s - 0.7, BORIS_HZ), (back_s + 0.5, back_s + 1.8, ANNA_HZ)):
        assert part(client, begin, end).share_of(CALLER_HZ) > 0.8
        assert part(others, begin, end).share_of(CALLER_HZ) < 0.1
        assert part(others, begin, end).share_of(hertz) > 0.8
    for side in (client, others):
        assert not any(part(side, paused + 0.01, resumed - 0.01).samples)
    status, raw, _ = await fetch(office, "anna", f"/recordings/{row.id}/peaks")
    assert status == 200
    assert b'"client":[' in raw


async def who_may_hear_it(office: Office, row: Recording) -> None:
    path = f"/recordings/{row.id}/audio"
    whole = (await fetch(office, "anna", path))[1]
    status, some, headers = await fetch(office, "sofia", path, Range="bytes=100-199")
    assert (status, some) == (206, whole[100:200])
    assert headers["Content-Range"] == f"bytes 100-199/{row.size}"
    assert (await fetch(office, "anna", path, Range=f"bytes={row.size}-"))[0] == 416
    assert (await fetch(office, "boris", path, Range="bytes=-4"))[:2] == (206, whole[-4:])
    assert (await fetch(office, "vera", path))[0] == 403
    status, listed, _ = await fetch(
        office, "vera", f"/interactions/{row.interaction_id}/recordings")
    assert status == 403
    status, listed, _ = await fetch(
        office, "anna", f"/interactions/{row.interaction_id}/recordings")
    assert status == 200
    assert f'"id":{row.id}'.encode() in listed
    async with asyncio.timeout(5):
        while not await heard_by(office, "101"):  # noqa: ASYNC110 - written a quarter of a second later
            await asyncio.sleep(0.1)


async def heard_by(office: Office, by: str) -> bool:
    async with office.store.read() as tx:
        entries, _ = await audit_reading.page(
            tx, audit_reading.Filter(what="recording.heard", by=by), limit=5)
    return bool(entries)


async def test_each_new_voice_is_recorded_where_no_dialplan_of_ours_brings_it(
        pbx: PrivatePbx, tmp_path: Path) -> None:
    """Transferred by the desk phone's own keys, left alone in a conference, taken over."""
    since: dict[int, datetime] = {}
    async with (working(recorded(pbx, tmp_path / "data")) as office,
                talking(pbx, office, tmp_path) as talk, office.screen("sofia") as sofia):

        async def talks(operator: str, hertz: int) -> None:
            await sofia.until(lambda views: [
                (one["state"], one["operator"], one["conference"])
                for one in views["calls"].values()] == [("talking", operator, False)])
            since[hertz] = datetime.now(UTC)
            await asyncio.sleep(2.8)

        await talk.recording_is("on")
        for verb, state in (("pause_recording", "paused"), ("resume_recording", "on")):
            assert (await talk.anna.ask(f"call.{verb}", call=talk.call)).problem is None
            await talk.recording_is(state)
        await handed_over_by_keys(pbx, talk)
        await talks("102", BORIS_HZ)
        async with office.screen("boris") as boris:
            await left_to_anna(boris, talk.call)
        await talks("101", ANNA_HZ)
        assert (await sofia.ask("call.take_over", call=talk.call)).problem is None
        await talks("109", SOFIA_HZ)
        await talk.caller.hang_up()
        row = await talk.kept()
        _, wav, _ = await fetch(office, "sofia", f"/recordings/{row.id}/audio")
    client, others = sides(wav)
    for hertz, at in since.items():
        begin = (at - row.started_at).total_seconds() + 1
        assert part(others, begin, begin + 1.6).share_of(hertz) > 0.8, hertz
        assert part(client, begin, begin + 1.6).share_of(CALLER_HZ) > 0.8


async def handed_over_by_keys(pbx: PrivatePbx, talk: Talk) -> None:
    keys = talk.phones["101"]
    await keys.order("hold")
    await keys.order("consult", uri=f"sip:102@127.0.0.1:{pbx.ports.sip}")
    await keys.wait("connected2")
    await asyncio.sleep(0.5)
    await keys.order("attended")


async def left_to_anna(boris: Screen, call: str) -> None:
    """He asks her in, and leaves."""
    assert (await boris.ask("call.consult", call=call, operator="101")).problem is None
    for verb in ("conference", "leave"):
        await boris.until(lambda views, verb=verb: any(         # type: ignore[misc]
            verb in view["can"] for view in views["conversations"].values()))
        assert (await boris.ask(f"call.{verb}", call=call)).problem is None


async def test_asterisk_killed_leaves_a_recording_that_can_be_heard(
        pbx: PrivatePbx, tmp_path: Path) -> None:
    async with working(recorded(pbx, tmp_path / "data")) as office:
        async with talking(pbx, office, tmp_path) as talk:
            await talk.recording_is("on")
            await asyncio.sleep(5)
            pbx.kill()
            try:
                await asyncio.sleep(0.5)
            finally:
                await asyncio.to_thread(pbx.start_again)
            row = await talk.kept(limit_s=40)
        _, wav, _ = await fetch(office, "anna", f"/recordings/{row.id}/audio")
    client, others = sides(wav)
    assert client.share_of(CALLER_HZ) > 0.8
    assert others.share_of(ANNA_HZ) > 0.8
    assert (row.seconds or 0) > 2


async def test_who_does_not_allow_it_is_not_recorded(pbx: PrivatePbx, tmp_path: Path) -> None:
    async with working(recorded(pbx, tmp_path / "data")) as office:
        client = await add_client(office, "Ivan Nikitin", CALLER)
        async with office.store.begin() as tx:
            await add(tx, client, ConsentEdit(kind="recording", is_given=False), by="101",
                      at=datetime.now(UTC))
        async with talking(pbx, office, tmp_path) as talk:
            await asyncio.sleep(1)
            assert talk.anna.conversations[0]["recording"] == ""
            refused = await talk.anna.ask("call.record", call=talk.call, on=True)
            assert refused.problem is not None
            assert refused.problem.code == "recording_refused"
            await talk.caller.hang_up()
            await talk.caller.wait("ended")
            await asyncio.sleep(1)
        async with office.store.read() as tx:
            interaction = await office.desk.journal.interaction(talk.call)
            assert await recordings.of_interaction(tx, interaction) == []
    folder = pbx.plan.recordings
    assert folder is not None
    assert not [path for path in folder.iterdir() if path.name.startswith(talk.call)]


async def test_calls_of_a_campaign_and_by_hand_are_recorded_with_both_sides(
        pbx: PrivatePbx, tmp_path: Path) -> None:
    settings, sip = recorded(pbx, tmp_path / "data"), pbx.ports.sip
    rehearsed = settings.model_copy(update={
        "pbx": settings.pbx.model_copy(update={"rehearsal": True})})
    async with (working(rehearsed) as office, office.screen("anna") as anna,
                phone(tmp_path, sip, "101", pbx.password("sip:101"), tone_hz=ANNA_HZ,
                      auto_answer=True)):
        await anna.ask("phone.attach", phone="desk")
        await make_campaign(office.store, [["+79160000001"]])
        await anna.ask("state.set", state="ready")
        await talked(anna)
        campaigns = await finished(office, anna)
        assert (await anna.ask("state.set", state="paused", reason="break")).problem is None
        assert (await anna.ask("call.dial", number="+79160000002",
                               retyped="+79160000002")).problem is None
        await talked(anna)
        by_hand = await finished(office, anna)
        await anna.ask("state.set", state="offline")
        for call in (campaigns, by_hand):
            row = await kept(office, call)
            _, wav, _ = await fetch(office, "anna", f"/recordings/{row.id}/audio")
            client, others = sides(wav)
            assert others.share_of(ANNA_HZ) > 0.8
            assert client.share_of(ANNA_HZ) < 0.1
            assert client.loudness() > 300      # he speaks, as all of the world do


async def talked(anna: Screen) -> None:
    await anna.until(lambda views: any(
        view["state"] == "talking" and view["recording"] == "on"
        for view in views["conversations"].values()))
    await asyncio.sleep(2)


async def finished(office: Office, anna: Screen) -> str:
    """She hangs up and says how it ended; the call's id."""
    shown = anna.conversations[0]
    assert (await anna.ask("call.hangup", call=shown["call"])).problem is None
    await anna.until(lambda views: any(view["state"] == "wrap_up"
                                       for view in views["conversations"].values()))
    reply = await anna.ask("conversation.finish", conversation=shown["id"],
                           disposition="resolved", note="done")
    assert reply.problem is None, reply
    return str(shown["call"])
