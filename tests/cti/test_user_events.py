"""What menu and dialler tell the floor survives the way through Asterisk; nothing else does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.user_events import (
    DIAL_STATUSES,
    AttemptDropped,
    AttemptReported,
    ClientIdentified,
    DesklineEvent,
    ListeningBegan,
    MenuStepped,
    ReturnAwaited,
    decode,
    encode,
)

ids = st.from_regex(r"[a-z0-9_.:-]{1,64}", fullmatch=True)
numbers = st.integers(1, 10**18 - 1)
events = st.one_of(
    st.builds(MenuStepped, ids, ids),
    st.builds(ClientIdentified, numbers, st.sampled_from(["number", "account"])),
    st.builds(AttemptReported, numbers, st.sampled_from(sorted(DIAL_STATUSES)),
              st.integers(0, 999)),
    st.builds(AttemptDropped, numbers),
    st.builds(ReturnAwaited, ids),
    st.builds(ListeningBegan, st.sampled_from(["listen", "whisper", "barge"]),
              st.from_regex(r"PJSIP/[A-Za-z0-9_.-]{1,64}", fullmatch=True)),
)


def through_asterisk(argument: str) -> dict[str, str]:
    """The headers that Asterisk's UserEvent application makes of its argument."""
    name, *body = argument.split(",")
    pairs = (part.split(": ", 1) for part in body)
    return {"Event": "UserEvent", "UserEvent": name, **dict(pairs)}


@given(events)
def test_what_is_encoded_is_decoded(event: DesklineEvent) -> None:
    assert decode(through_asterisk(encode(event))) == event


@given(events)
def test_an_encoded_event_is_one_line(event: DesklineEvent) -> None:
    assert not set(encode(event)) & set("\r\n\0\"\\;|")


@given(st.dictionaries(st.sampled_from(
    ["UserEvent", "Menu", "Step", "Client", "How", "Attempt", "Status", "Cause",
     "Operator"]),
    st.text() | st.sampled_from(["DesklineMenu", "DesklineClient", "DesklineAttempt",
                                 "DesklineReturn", "٣", "0"])))
def test_no_header_makes_the_decoder_raise(headers: dict[str, str]) -> None:
    found = decode(headers)
    assert found is None or decode(through_asterisk(encode(found))) == found


@pytest.mark.parametrize("text", ["", "a,b", "a b", "a\nb", "x" * 65, "Ä", "a\n"])
def test_a_value_that_would_break_the_event_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        MenuStepped("main", text)


def test_a_status_unknown_to_us_reads_as_failed() -> None:
    headers = {"UserEvent": "DesklineAttempt", "Attempt": "7", "Status": "INVALIDARGS"}
    assert decode(headers) == AttemptReported(7, "FAILED", 0)


def test_another_programs_user_event_is_not_ours() -> None:
    assert decode({"UserEvent": "Doorbell", "Menu": "main"}) is None


def test_client_zero_is_nobody() -> None:
    assert decode({"UserEvent": "DesklineClient", "Client": "0", "How": "number"}) is None
