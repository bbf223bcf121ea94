"""What Asterisk itself said, told from what a caller says by his name ○.

A name may hold anything, line ends too. Three things hold against it, together: an event begins
with what no caller can know; what follows it begins so, too, or the event was cut in two by a
name; and the headers about a channel stand in Asterisk's order to the last, which a name of 79
bytes has no room to write anew.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

BOOTED = b"Event: FullyBooted\r\nPrivilege: "
OF_A_CHANNEL = (
    "Channel", "ChannelState", "ChannelStateDesc", "CallerIDNum", "CallerIDName",
    "ConnectedLineNum", "ConnectedLineName", "Language", "AccountCode", "Context", "Exten",
    "Priority", "Uniqueid", "Linkedid")
STATE = "ChannelState"
MAYBE = (b"Event: ", b"Response: ")     # how a message begins whose end is still to come
OF_SEVERAL = frozenset((        # events about channels that have names of their own there
    "BlindTransfer", "AttendedTransfer", "Pickup", "LocalBridge", "ParkedCall", "UnParkedCall",
    "ParkedCallTimeOut", "ParkedCallGiveUp"))
_LENGTH = len(OF_A_CHANNEL)
_OF_DIALLED = tuple("Dest" + name for name in OF_A_CHANNEL)


def genuine(system_name: str | None) -> re.Pattern[bytes]:
    """How an unsolicited event begins; a caller cannot know `system_name` to forge one."""
    if system_name is None:
        return re.compile(rb"Event: [A-Za-z0-9]+\r\nPrivilege: [a-z,]+\r\n")
    name = re.escape(system_name.encode())
    return re.compile(
        rb"Event: [A-Za-z0-9]+\r\nPrivilege: [a-z,]+\r\nTimestamp: [0-9.]+\r\n"
        rb"SystemName: " + name + rb"(?:\r\n|\Z)")


def is_whole(headers: Mapping[str, object]) -> bool:
    """Whether all that is said of channels is there, in Asterisk's order."""
    if headers.get("Event") in OF_SEVERAL:
        return _are_whole(headers)
    if STATE not in headers:
        return True
    keys = tuple(headers)
    at = keys.index(STATE) - 1
    if keys[at:at + _LENGTH] != OF_A_CHANNEL:
        return False
    at += _LENGTH
    return _OF_DIALLED[1] not in headers or keys[at:at + _LENGTH] == _OF_DIALLED


def _are_whole(headers: Mapping[str, object]) -> bool:
    keys = tuple(headers)
    for at, key in enumerate(keys):
        if key.endswith(STATE):
            prefix = key.removesuffix(STATE)
            said = keys[at - 1:at - 1 + _LENGTH]
            if said != tuple([prefix + name for name in OF_A_CHANNEL]):
                return False
    return True
