"""Who may do what: manager accounts of least right, and the softphone's door."""

from __future__ import annotations

import asyncio
import hashlib
import re

import pytest
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from tests.pbx.fixtures import PrivatePbx
from tests.pbx.manager import manager

pytestmark = pytest.mark.pbx

COMMAND = {"Action": "Command", "Command": "core show version"}
SHELL = {"Action": "Originate", "Channel": "Local/1@deskline-idle", "Async": "true",
         "Application": "System", "Data": "id"}


@pytest.mark.parametrize(("account", "action"), [
    ("observer", COMMAND), ("observer", {"Action": "QueuePause", "Interface": "PJSIP/101",
                                         "Paused": "true"}),
    ("observer", {"Action": "Originate", "Channel": "Local/1@deskline-idle", "Exten": "s",
                  "Context": "deskline-idle", "Priority": "1", "Async": "true"}),
    ("observer", {"Action": "Hangup", "Channel": "PJSIP/x"}),
    ("observer", {"Action": "UserEvent", "UserEvent": "DesklineAttempt"}),
    ("control", COMMAND), ("control", SHELL), ("dialler", COMMAND), ("dialler", SHELL),
    ("control", {"Action": "GetConfig", "Filename": "manager.conf"}),
    ("dialler", {"Action": "QueuePause", "Interface": "PJSIP/101", "Paused": "true"}),
])
async def test_an_account_is_refused_what_is_not_its_work(
        pbx: PrivatePbx, account: str, action: dict[str, str]) -> None:
    async with manager(pbx.ports.ami, account, pbx.password(f"ami:{account}")) as one:
        answer = await one.send(**action)
        assert answer["Response"] == "Error"


@pytest.mark.parametrize("action", [
    "CoreShowChannels", "BridgeList", "QueueStatus", "QueueSummary", "Status", "Ping",
    "CoreStatus", "DeviceStateList"])
async def test_the_observer_can_ask_for_all_that_a_snapshot_needs(
        pbx: PrivatePbx, action: str) -> None:
    async with manager(pbx.ports.ami, "observer", pbx.password("ami:observer")) as one:
        answer = await one.send(Action=action)
        assert answer["Response"] == "Success", answer


async def test_control_may_move_members_and_calls(pbx: PrivatePbx) -> None:
    async with manager(pbx.ports.ami, "control", pbx.password("ami:control")) as one:
        member = {"Queue": "outages", "Interface": "PJSIP/110"}
        added = await one.send(Action="QueueAdd", MemberName="110", Paused="true",
                               Reason="signed_in", **member)
        paused = await one.send(Action="QueuePause", Interface="PJSIP/110", Paused="false")
        removed = await one.send(Action="QueueRemove", **member)
        redirected = await one.send(Action="Redirect", Channel="PJSIP/none", Exten="101",
                                    Context="deskline-phones", Priority="1")
        assert [a["Response"] for a in (added, paused, removed)] == ["Success"] * 3
        assert redirected["Message"].startswith("Channel does not exist")


async def test_every_event_is_stamped_and_signed_with_our_system_name(pbx: PrivatePbx) -> None:
    async with manager(pbx.ports.ami, "observer", pbx.password("ami:observer")) as one:
        await pbx.world_originate(talk_s=2)
        await one.wait("Hangup")
        own = [e for e in one.events if e["Event"] != "FullyBooted"]
    for event in own:
        assert list(event)[:4] == ["Event", "Privilege", "Timestamp", "SystemName"]
        assert event["SystemName"] == pbx.plan.system_name
    assert not {"VarSet", "Newexten", "RTCPSent", "DTMFEnd"} & {e["Event"] for e in own}


async def test_a_wrong_manager_password_is_refused(pbx: PrivatePbx) -> None:
    async with manager(pbx.ports.ami, "observer", "guess") as one:
        assert one.answers[0]["Response"] == "Error"


async def test_a_softphone_registers_over_the_websocket(pbx: PrivatePbx) -> None:
    async with manager(pbx.ports.ami, "observer", pbx.password("ami:observer")) as observer:
        answer = await _register(pbx, "101-web", pbx.password("sip:101-web"))
        assert answer.startswith("SIP/2.0 200")
        gone = await observer.wait(
            "ContactStatus", where=lambda event: event["ContactStatus"] == "Removed")
    assert gone["AOR"] == "101-web"         # the socket closed: nobody rings a closed page


async def test_a_softphone_with_a_wrong_password_does_not(pbx: PrivatePbx) -> None:
    assert (await _register(pbx, "102-web", "guess")).startswith("SIP/2.0 401")


async def test_the_trunk_does_not_come_in_by_the_softphones_websocket(pbx: PrivatePbx) -> None:
    """It is known by its address alone; a caller's number from there is nobody's word."""
    offer = ("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
             "m=audio 9 RTP/AVP 0\r\n")
    url = f"ws://127.0.0.1:{pbx.ports.http}/ws"
    async with (manager(pbx.ports.ami, "observer", pbx.password("ami:observer")) as observer,
                connect(url, subprotocols=[Subprotocol("sip")], open_timeout=5,
                        close_timeout=0.5) as socket):
        await socket.send(
            "INVITE sip:74951200000@127.0.0.1 SIP/2.0\r\n"
            "Via: SIP/2.0/WS x.invalid;branch=z9hG4bKforged\r\nMax-Forwards: 70\r\n"
            "From: <sip:+79169998877@x.invalid>;tag=a\r\nTo: <sip:74951200000@127.0.0.1>\r\n"
            "Call-ID: forged\r\nCSeq: 1 INVITE\r\nContact: <sip:a@x.invalid;transport=ws>\r\n"
            f"Content-Type: application/sdp\r\nContent-Length: {len(offer)}\r\n\r\n{offer}")
        async with asyncio.timeout(5):
            while (answer := str(await socket.recv())).startswith("SIP/2.0 1"):
                pass
        assert answer.startswith(("SIP/2.0 4", "SIP/2.0 6"))
        await asyncio.sleep(0.5)
        assert not observer.seen("QueueCallerJoin")


async def _register(pbx: PrivatePbx, name: str, password: str) -> str:
    """The last answer to a REGISTER with digest credentials."""
    url = f"ws://127.0.0.1:{pbx.ports.http}/ws"
    async with connect(url, subprotocols=[Subprotocol("sip")], open_timeout=5,
                       close_timeout=0.5) as socket:
        await socket.send(_request(name, 1, ""))
        challenge = str(await socket.recv())
        facts = dict(re.findall(r'(\w+)="?([^",\r]+)', challenge.split("Digest", 1)[1]))
        uri, one = "sip:deskline.invalid", f"{name}:{facts['realm']}:{password}"
        hashed = [hashlib.md5(part.encode()).hexdigest() for part in (one, f"REGISTER:{uri}")]
        response = hashlib.md5(
            f"{hashed[0]}:{facts['nonce']}:00000001:c:auth:{hashed[1]}".encode()).hexdigest()
        await socket.send(_request(name, 2, (
            f'Authorization: Digest username="{name}", realm="{facts["realm"]}", '
            f'nonce="{facts["nonce"]}", uri="{uri}", response="{response}", algorithm=MD5, '
            f'opaque="{facts.get("opaque", "")}", qop=auth, nc=00000001, cnonce="c"\r\n')))
        async with asyncio.timeout(5):
            while not (answer := str(await socket.recv())).startswith("SIP/2.0"):
                pass        # Asterisk's own OPTIONS
        return answer


def _request(name: str, number: int, credentials: str) -> str:
    return (f"REGISTER sip:deskline.invalid SIP/2.0\r\nVia: SIP/2.0/WS x.invalid;branch=z9hG4bK"
            f"{number}{name}\r\nFrom: <sip:{name}@deskline.invalid>;tag=a\r\n"
            f"To: <sip:{name}@deskline.invalid>\r\nCall-ID: {name}\r\n"
            f"CSeq: {number} REGISTER\r\nMax-Forwards: 70\r\n"
            f"Contact: <sip:{name}@x.invalid;transport=ws>\r\nExpires: 60\r\n{credentials}"
            "Content-Length: 0\r\n\r\n")
