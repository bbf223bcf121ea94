"""`deskline replay`: our tapes, packed ones, and what other tools recorded."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from cti import changes as ch
from cti.changes import name_of, to_json
from cti.floor import Floor
from cti.parse import READERS
from cti.retelling import changes_of
from tests.cti.tapes import FOLDER, QUIET, fold, records, told
from tests.cti.test_laws import assert_lives_are_whole
from workstation.cli.replay import BareClock, command, replay

ONE = "inbound/answered_caller_hangs_up"


def replayed(path: Path) -> Result:
    return CliRunner().invoke(command, [str(path)])


def changes(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_tape_is_printed_as_json_lines() -> None:
    result = replayed(FOLDER / f"{ONE}.jsonl")
    assert result.exit_code == 0
    assert changes(result) == [to_json(one) for one in fold(Floor("main"), records(ONE))]


def test_a_packed_tape_gives_the_same(tmp_path: Path) -> None:
    packed = tmp_path / "main-2026-11-22.jsonl.gz"
    packed.write_bytes(gzip.compress((FOLDER / f"{ONE}.jsonl").read_bytes()))
    assert replayed(packed).stdout == replayed(FOLDER / f"{ONE}.jsonl").stdout


def test_a_bad_line_is_told_by_its_number_and_the_others_are_replayed(tmp_path: Path) -> None:
    lines = (FOLDER / f"{ONE}.jsonl").read_bytes().splitlines(keepends=True)
    broken = tmp_path / "broken.jsonl"
    broken.write_bytes(b"".join([*lines[:3], b'{"at": \n', b"\xff\xfe\n", *lines[3:]]))
    result = replayed(broken)
    assert result.exit_code == 1
    assert "line 4" in result.stderr
    assert "line 5" in result.stderr
    assert result.stdout == replayed(FOLDER / f"{ONE}.jsonl").stdout


def bare(name: str) -> list[dict[str, Any]]:
    return [dict(one.headers) for one in records(name)
            if not str(one.headers.get("Event", "")).startswith("Deskline")]


@pytest.mark.parametrize("indent", [None, 2])
def test_an_array_of_bare_headers_is_replayed(tmp_path: Path, indent: int | None) -> None:
    path = tmp_path / "other.json"
    path.write_text(json.dumps(bare(ONE), indent=indent))
    result = replayed(path)
    assert result.exit_code == 0
    told = [one for one in changes(result) if one["change"] == "call_ended"]
    assert [(one["outcome"], one["operator"]) for one in told] == [("answered", "101")]


def test_an_array_that_breaks_off_is_replayed_to_there(tmp_path: Path) -> None:
    path = tmp_path / "cut.json"
    path.write_text(json.dumps(bare(ONE), indent=1)[:-200])
    result = replayed(path)
    assert result.exit_code == 1
    assert "the array is broken" in result.stderr
    assert [one for one in changes(result) if one["change"] == "call_answered"]


def asterisk_11() -> list[dict[str, Any]]:
    """A call as chan_sip told it: no Linkedid, no bridges with names, no times."""
    a, b = ("SIP/trunk-00000001", "1385026310.1"), ("SIP/150010001-00000002", "1385026312.2")
    return [
        {"Event": "Newchannel", "Channel": a[0], "ChannelState": "4", "ChannelStateDesc": "Ring",
         "CallerIDNum": "+31501234567", "CallerIDName": "Jan", "Exten": "0207654321",
         "Context": "in", "Uniqueid": a[1], "AccountCode": ""},
        {"Event": "Join", "Channel": a[0], "CallerIDNum": "+31501234567", "Queue": "sales",
         "Position": "1", "Count": "1", "Uniqueid": a[1]},
        {"Event": "Newchannel", "Channel": b[0], "ChannelState": "0", "ChannelStateDesc": "Down",
         "CallerIDNum": "", "CallerIDName": "", "Exten": "", "Context": "", "Uniqueid": b[1]},
        {"Event": "AgentCalled", "Queue": "sales", "AgentCalled": "SIP/150010001",
         "AgentName": "SIP/150010001", "ChannelCalling": a[0], "DestinationChannel": b[0],
         "Uniqueid": a[1]},
        {"Event": "Dial", "SubEvent": "Begin", "Channel": a[0], "Destination": b[0],
         "UniqueID": a[1], "DestUniqueID": b[1], "Dialstring": "150010001"},
        {"Event": "Newstate", "Channel": b[0], "ChannelState": "6", "Uniqueid": b[1]},
        {"Event": "Leave", "Channel": a[0], "Queue": "sales", "Count": "0", "Uniqueid": a[1]},
        {"Event": "Bridge", "Bridgestate": "Link", "Bridgetype": "core", "Channel1": a[0],
         "Channel2": b[0], "Uniqueid1": a[1], "Uniqueid2": b[1], "CallerID1": "+31501234567"},
        {"Event": "Hold", "Status": "On", "Channel": b[0], "Uniqueid": b[1]},
        {"Event": "Hold", "Status": "Off", "Channel": b[0], "Uniqueid": b[1]},
        {"Event": "Hangup", "Channel": b[0], "Uniqueid": b[1], "Cause": "16"},
        {"Event": "Hangup", "Channel": a[0], "Uniqueid": a[1], "Cause": "16"},
    ]


def test_a_recording_of_asterisk_11_tells_its_call(tmp_path: Path) -> None:
    path = tmp_path / "asterisk11.json"
    path.write_text(json.dumps(asterisk_11()))
    result = replayed(path)
    assert result.exit_code == 0
    told = [one for one in changes(result) if one["change"] != "segment_closed"]
    names = [one["change"] for one in told if one["change"] != "operator_changed"]
    assert names == [
        "call_started", "call_queued", "operator_offered", "call_left_queue", "offer_ended",
        "call_answered", "call_held", "call_resumed", "operator_left", "call_ended"]
    assert told[0]["at"] == "2013-11-21T09:31:50.100000Z"
    assert [told[-2]["operator"], told[-1]["operator"]] == ["150010001", "150010001"]


FOREIGN = sorted((FOLDER / "foreign").glob("*.json"))


@pytest.mark.parametrize("path", FOREIGN, ids=lambda path: path.stem)
def test_what_other_tools_record_tells_its_story(path: Path) -> None:
    """Arrays of bare headers, in the shapes of Asterisk 11 (chan_sip), 13 and 16."""
    told_of = [one for one in replayed_changes(path) if name_of(one) not in QUIET]
    assert [told(one) for one in told_of] == path.with_suffix(".story").read_text().splitlines()
    for one in told_of:
        if isinstance(one, ch.CallChange):
            assert "" not in (one.call, one.caller_number, one.dialled_number, one.channel), one
    assert_lives_are_whole(told_of)


def replayed_changes(path: Path) -> list[ch.Change]:
    """As the command replays them, told apart."""
    clock = BareClock()
    return list(replay(clock.record(headers, "main") for headers in json.loads(path.read_text())))


@pytest.mark.parametrize("name", [
    "asterisk11_blind_transfer", "asterisk11_blind_transfer_by_the_caller",
    "asterisk11_attended_transfer", "asterisk11_blonde_transfer",
    "asterisk13_attended_transfer", "asterisk16_blind_transfer"])
def test_a_call_that_was_handed_over_ends_with_who_talked_last(name: str) -> None:
    told_of = replayed_changes(FOLDER / "foreign" / f"{name}.json")
    answered = [one.operator for one in told_of if isinstance(one, ch.CallAnswered)]
    (ended,) = (one for one in told_of if isinstance(one, ch.CallEnded))
    assert len(set(answered)) == 2
    assert ended.operator == answered[-1]


@pytest.mark.parametrize("name", [
    "asterisk11_hunt_through_local_channels", "asterisk11_queue_through_a_local_channel",
    "asterisk13_hunt_through_a_local_channel"])
def test_the_halves_of_local_channels_are_one_call_answered_once(name: str) -> None:
    told_of = replayed_changes(FOLDER / "foreign" / f"{name}.json")
    calls = {one.call for one in told_of if isinstance(one, ch.CallChange)}
    (ended,) = (one for one in told_of if isinstance(one, ch.CallEnded))
    assert calls == {ended.call}
    assert (ended.channel, ended.operator) == ("SIP/trunk-00000001", "150010001")
    assert len([one for one in told_of if isinstance(one, ch.CallAnswered)]) == 1


def test_who_has_read_enough_ends_it_quietly(tmp_path: Path) -> None:
    """`deskline replay TAPE | head -1`, with more than a pipe holds."""
    long = tmp_path / "long.jsonl"
    long.write_bytes((FOLDER / f"{ONE}.jsonl").read_bytes() * 30)
    run = subprocess.Popen(
        [sys.executable, "-m", "workstation.cli.main", "replay", str(long)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert run.stdout is not None
    assert run.stderr is not None
    assert run.stdout.readline().startswith(b"{")
    run.stdout.close()
    said = run.stderr.read()
    run.stderr.close()
    assert (run.wait(30), said) == (0, b"")


values = st.one_of(st.text(max_size=12), st.integers(), st.none(), st.lists(st.text(max_size=5)),
                   st.sampled_from(["1.1", "SIP/101-00000001", "Local/7@deskline-dial-1;1", "6"]))
KEYS = ("Uniqueid", "DestUniqueid", "Linkedid", "Channel", "DestChannel", "ChannelState", "Queue",
        "Interface", "Timestamp", "BridgeUniqueid", "Newname", "DialStatus", "Cause", "Position",
        "TransfererUniqueid", "OrigTransfererUniqueid", "SecondTransfererUniqueid", "Result",
        "UserEvent", "Attempt", "Operator", "Duration", "Wait", "Uptime", "Paused", "DestType")


@settings(max_examples=300, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(st.lists(st.fixed_dictionaries(
    {"Event": st.sampled_from(sorted(READERS))},
    optional=dict.fromkeys(KEYS, values)), max_size=15))
def test_no_recording_however_odd_makes_the_replay_fall(events: list[dict[str, Any]]) -> None:
    """Asked of the floor itself: the command would go on past what it has not understood."""
    clock, floor = BareClock(), Floor("main")
    for headers in events:
        assert isinstance(changes_of(floor, clock.record(headers, "main")), tuple)


@pytest.mark.parametrize("seconds", ["99999999999", "-99999999999", "nan", "inf", "1e18", "x"])
def test_a_time_that_cannot_be_is_not_believed(seconds: str) -> None:
    clock = BareClock()
    odd = [{"Event": "DesklineLinkLost"}, {"Event": "FullyBooted", "Uptime": seconds},
           {"Event": "Newchannel", "Channel": "SIP/trunk-00000001", "ChannelState": "4",
            "Uniqueid": f"x-{seconds}", "Timestamp": seconds}]
    told = list(replay(clock.record(headers, "main") for headers in odd))
    assert "call_started" in [name_of(change) for change in told]
    assert {change.at for change in told} == {datetime.fromtimestamp(0, UTC)}
