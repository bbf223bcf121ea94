"""A recording as Asterisk tells of it: ready, running, paused, over; through transfer and end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cti.changes import Change, RecordingChanged
from cti.floor import Floor, apply
from cti.parse import parse

BEGAN = datetime(2026, 11, 22, 9, tzinfo=UTC)
CLIENT = {"Channel": "PJSIP/trunk-00000001", "Uniqueid": "d-1", "Linkedid": "d-1",
          "ChannelState": "6", "CallerIDNum": "+79161234567", "Exten": "74951200000"}
READY = {"Event": "UserEvent", "UserEvent": "DesklineRecording", "State": "ready"}


def tell(floor: Floor, second: float, headers: dict[str, str]) -> tuple[Change, ...]:
    event = parse(BEGAN + timedelta(seconds=second), {**CLIENT, **headers})
    return apply(floor, event) if event is not None else ()


def mute(on: bool) -> dict[str, str]:
    return {"Event": "MixMonitorMute", "Direction": "both", "State": "1" if on else "0"}


def states(*told: tuple[Change, ...]) -> list[str]:
    return [one.state for some in told for one in some if isinstance(one, RecordingChanged)]


def begun() -> Floor:
    floor = Floor("main")
    tell(floor, 0, {"Event": "Newchannel"})
    return floor


def test_a_recording_that_is_ready_is_shown_only_when_it_runs() -> None:
    floor = begun()
    assert states(tell(floor, 1, READY), tell(floor, 1.01, mute(True))) == ["ready"]
    assert floor.calls["d-1"].recording == "ready"
    assert states(tell(floor, 5, mute(False)), tell(floor, 7, mute(True)),
                  tell(floor, 9, mute(False))) == ["on", "paused", "on"]
    assert floor.calls["d-1"].recording == "on"


def test_every_change_counts_from_the_first_moment_of_the_file() -> None:
    floor = begun()
    tell(floor, 1, READY)
    told, = (one for one in tell(floor, 5, mute(False)) if isinstance(one, RecordingChanged))
    assert (told.at - told.began_at).total_seconds() == 4
    assert told.leg == "d-1"


def test_a_recording_ends_with_its_leg_or_when_it_is_stopped() -> None:
    floor = begun()
    tell(floor, 1, READY)
    assert states(tell(floor, 2, {"Event": "MixMonitorStop"})) == ["ended"]
    assert floor.calls["d-1"].recording == ""
    floor = begun()
    tell(floor, 1, READY)
    assert states(tell(floor, 3, {"Event": "Hangup", "Cause": "16"})) == ["ended"]
    assert floor.is_quiet()


@pytest.mark.parametrize("is_paused", [False, True])
def test_a_recording_that_is_stopped_and_begun_again_goes_on_as_it_was(is_paused: bool) -> None:
    floor, again = begun(), {"Event": "MixMonitorStart"}
    tell(floor, 1, READY)
    tell(floor, 2, mute(False))
    tell(floor, 3, mute(is_paused))
    state = "paused" if is_paused else "on"
    assert states(tell(floor, 4, {"Event": "MixMonitorStop"}), tell(floor, 4.2, again),
                  tell(floor, 4.3, again)) == ["ended", state]
    assert floor.calls["d-1"].recording == state
    told, = (one for one in tell(floor, 9, {"Event": "Hangup", "Cause": "16"})
             if isinstance(one, RecordingChanged))
    assert (told.at - told.began_at).total_seconds() == 8


def test_what_another_dialplan_records_is_not_taken_for_ours() -> None:
    floor = begun()
    assert states(tell(floor, 1, {"Event": "MixMonitorStart"}), tell(floor, 2, mute(True))) == []
    assert floor.calls["d-1"].recording == ""
