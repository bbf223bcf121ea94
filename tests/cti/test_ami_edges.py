"""What may come in at the manager session, and what may go out: random and hostile bytes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise, permutations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cti import ami
from cti.ami import Heard, check_lines
from cti.errors import NotSendable
from cti.events import Event, LegCreated
from cti.genuine import OF_A_CHANNEL
from cti.headers import LEG_KEYS
from cti.parse import READERS, parse
from tests.cti.test_ami import GREETING, SYSTEM, Sink, event, fed, listening

NOW = datetime(2026, 11, 22, tzinfo=UTC)
HEAD = ("Event: Hangup", "Privilege: call,all", "Timestamp: 1795355316.812345",
        f"SystemName: {SYSTEM}")
BARE_BOOT = b"Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: 5\r\n\r\n"
# Whatever a caller may try to smuggle in by his name; he does not know SYSTEM.
SMUGGLED = st.lists(st.sampled_from((
    "\r\n", "\r", "\n", "\r\n\r\n", "\0", ": ", "x", "Event: Hangup", "Event: FullyBooted",
    "Privilege: call,all", "Privilege: system,all", "Timestamp: 1795355316.812345",
    "SystemName: d0123456789abcdee", "SystemName: ", "Uniqueid: 9.9", "Linkedid: 9.9",
    "Channel: PJSIP/101-00000001", "ActionID: action/1", "Response: Success", "Operator: 101",
    "ChanVariable: a=b", "\u2028", "\x85", "é", "\ud7ff")), max_size=12).map("".join)
KEYS = sorted({key for keys in LEG_KEYS.values() for key in keys} | {
    "Queue", "Position", "Cause", "MemberName", "Interface", "Device", "State", "Paused",
    "DialStatus", "BridgeUniqueid", "UserEvent", "Operator", "Attempt", "Status", "Uptime",
    "Duration", "Wait", "Timestamp", "Extension", "Exten", "Reason", "ContactStatus", "AOR"})


@pytest.mark.parametrize("order", [one for one in permutations(HEAD) if one != HEAD])
def test_only_the_order_asterisk_writes_is_believed(order: tuple[str, ...]) -> None:
    frame = ("\r\n".join((*order, "Uniqueid: 1.1")) + "\r\n\r\n").encode()
    assert [one for one in fed([GREETING, frame]) if one.quarantined is None] == []


@pytest.mark.parametrize("missing", range(4))
def test_an_event_without_one_of_the_four_is_set_aside(missing: int) -> None:
    lines = [line for place, line in enumerate(HEAD) if place != missing]
    frame = ("\r\n".join((*lines, "Uniqueid: 1.1")) + "\r\n\r\n").encode()
    assert [one for one in fed([GREETING, frame]) if one.quarantined is None] == []


def test_the_bare_word_of_a_boot_is_believed_once_a_session() -> None:
    assert [one.quarantined for one in fed([GREETING, BARE_BOOT, BARE_BOOT])] == [
        None, "not genuine"]


def test_our_own_marks_name_may_not_stand_twice_in_what_asterisk_says() -> None:
    heard = fed([GREETING, event("UserEvent", "UserEvent: DesklineReturn", "Operator: 101",
                                 "Operator: 102")])
    assert [one.quarantined for one in heard] == ["a header stands twice"]


def newchannel(**hostile: str) -> bytes:
    """As Asterisk writes it; `hostile` is what comes from outside."""
    said = dict.fromkeys(OF_A_CHANNEL, "") | {
        "Channel": "PJSIP/trunk-00000001", "ChannelState": "0", "CallerIDNum": "7",
        "Uniqueid": "1.1", "Linkedid": "1.1"} | hostile
    return event("Newchannel", *(f"{key}: {value}" for key, value in said.items()))


def check_nothing_forged(heard: Sequence[Heard]) -> None:
    for one in heard:
        if one.quarantined is None and one.headers["Event"] != "FullyBooted":
            told = parse(NOW, one.headers)
            assert isinstance(told, LegCreated), one.headers
            assert (told.leg.channel, told.leg.leg_id, told.leg.call_id) == (
                "PJSIP/trunk-00000001", "1.1", "1.1"), one.headers


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(("CallerIDNum", "CallerIDName", "ConnectedLineName", "Exten")), SMUGGLED)
@example("CallerIDName", "x\r\n\r\nEvent: FullyBooted\r\nPrivilege: system,all\r\nUptime: 1")
@example("CallerIDName", "\r\nUniqueid: 9.9\r\n")
@example("CallerIDName", "\r\nUniqueid: 9.9\r\nLinkedid: 9.9\r\n\r\n")
@example("CallerIDName", "\r\nUniqueid: 9.9\r\nLinkedid: 9.9\r\n\r\n\r\n\r\nEvent: VarSet\r\n")
@example("Exten", "1\r\nPriority: 1\r\nUniqueid: 9.9\r\nLinkedid: 9.9\r\n\r\n"
         "Response: Success\r\n")
def test_what_a_caller_says_forges_no_event_and_changes_no_other(key: str, said: str) -> None:
    heard = fed([GREETING, BARE_BOOT, newchannel(**{key: said}), newchannel()])
    check_nothing_forged(heard)
    assert heard[-1].quarantined is None, "what follows is heard"


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(("CallerIDNum", "CallerIDName", "ConnectedLineNum", "ConnectedLineName")),
       SMUGGLED)
@example("CallerIDName", "\r\nUniqueid: 9.9\r\nLinkedid: 9.9\r\n\r\n")
@example("ConnectedLineName", "\r\nContext: x\r\nExten: 1\r\nPriority: 1\r\nUniqueid: 9.9"
         "\r\nLinkedid: 9.9\r\n\r\n")
def test_nor_does_a_name_when_the_packet_ends_where_it_ends_the_event(
        key: str, name: str) -> None:
    """Asterisk cuts names at 79 bytes: too few for the headers that follow a name."""
    data = newchannel(**{key: name.encode()[:79].decode("utf-8", "ignore")})
    cut = data.index(b"\r\n\r\n") + 4
    check_nothing_forged(fed([GREETING, BARE_BOOT, data[:cut], data[cut:], newchannel()]))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(st.binary(max_size=40), st.sampled_from((
    event("Newchannel", "Uniqueid: 1.1"), event("Hangup", "CallerIDName: \udcff".encode(
        "utf-8", "surrogateescape").decode("latin-1")), b"\r\n", b"\r\n\r\n"))), max_size=12),
    st.lists(st.integers(0, 3000), max_size=8))
def test_however_the_bytes_are_cut_the_same_is_heard(parts: list[bytes], cuts: list[int]) -> None:
    data = GREETING + b"".join(parts) + b"\r\n\r\n"
    places = [0, *sorted(cut for cut in cuts if cut < len(data)), len(data)]
    pieces = [data[start:end] for start, end in pairwise(places)]
    told = [(one.headers, one.quarantined) for one in fed(pieces)]
    in_one = [(one.headers, one.quarantined) for one in fed([data])]
    assert [headers for headers, _ in told] == [headers for headers, _ in in_one]
    whys = [{why, other} for (_, why), (_, other) in zip(told, in_one, strict=True)]
    assert all(len(one) == 1 or one == {None, "cut by a name"} for one in whys), (
        "only whether something unfit follows at once may be seen otherwise")


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(READERS)), st.dictionaries(st.sampled_from(KEYS), st.one_of(
    st.text(max_size=12), st.sampled_from(("1.1", "PJSIP/101-00000001", "99999999999999999999",
                                           "-1", "nan", "inf", "1e400", "00:00:-1", "²"))),
    max_size=12))
def test_no_value_of_a_known_event_raises(name: str, headers: dict[str, str]) -> None:
    event_or_nothing = parse(NOW, {"Event": name, **headers})
    assert event_or_nothing is None or isinstance(event_or_nothing, Event)


def test_half_an_event_at_the_end_of_a_link_is_nothing() -> None:
    """Asterisk cuts a slow reader off in the middle of an event."""
    whole, half = event("Newchannel", "Uniqueid: 1.1"), event("Hangup", "Uniqueid: 1.1")[:-9]
    assert [one.headers["Event"] for one in fed([GREETING + whole + half])] == ["Newchannel"]


class Watched(Sink):
    """A transport that notes whether it was given up."""

    def __init__(self) -> None:
        self.is_aborted = False

    def abort(self) -> None:
        self.is_aborted = True


@pytest.mark.parametrize("flood", [b"x" * 5_000, GREETING + b"Event: " + b"x" * (2 << 20)])
def test_who_never_ends_a_line_or_a_message_is_no_asterisk(flood: bytes) -> None:
    session, _ = listening()
    protocol, wire = ami._Protocol(session), Watched()
    protocol.connection_made(wire)  # type: ignore[arg-type]
    protocol.data_received(flood)
    assert wire.is_aborted


async def test_how_late_we_read_is_known() -> None:
    session, _ = listening()
    protocol = ami._Protocol(session)
    protocol.connection_made(Sink())  # type: ignore[arg-type]
    assert session.lag_s == 0
    old = event("Hangup", "Uniqueid: 1.1").replace(
        b"1795355316.812345", f"{time.time() - 7:.6f}".encode())
    protocol.data_received(GREETING + old)
    assert 6.5 < session.lag_s < 9
    await asyncio.sleep(0)


@pytest.mark.parametrize("headers", [
    {"Action": "Hangup", "Channel": "a\rb"}, {"Action": "Hangup", "Channel\n": "a"},
    {"Action": "Hangup", "Channel": "\0"}, {"Action": "Hangup", "Channel": "\ud800"},
    {"Action": "Originate", "Variable": [f"V{place}=1" for place in range(127)]},
    {"Action": "Hangup", "Channel": "é" * 600}])
def test_what_asterisk_would_refuse_or_misread_never_leaves(
        headers: dict[str, str | list[str]]) -> None:
    with pytest.raises(NotSendable):
        check_lines(headers)


def test_as_many_headers_as_asterisk_takes_are_sent() -> None:
    check_lines({"Action": "Originate", "Variable": [f"V{place}=1" for place in range(126)]})
