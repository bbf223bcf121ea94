"""Whether a manager account can do what it must not: tried at start, not read from a file.

A stolen password, or a value that slipped through, must not become a command of the machine
(PBX-FACTS 8). What is tried here does no harm where it is not refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from cti.ami import Session
from cti.errors import CommandRefused

NOWHERE = "Local/s@deskline-nowhere"        # a context that is not there: nobody rings
FORBIDDEN: Mapping[str, Mapping[str, str]] = {
    "command": {"Action": "Command", "Command": "core show uptime"},
    "config": {"Action": "GetConfig", "Filename": "asterisk.conf"},
    "system": {"Action": "ModuleCheck", "Module": "app_dial"},
    "shell by Originate": {
        "Action": "Originate", "Channel": NOWHERE, "Application": "System", "Data": "true",
        "Timeout": "1000", "Async": "true"},
    "shell by a variable": {"Action": "Getvar", "Variable": "SHELL(true)"},
}
TO_CALL: Mapping[str, Mapping[str, str]] = {     # more, for an account that only looks on
    "originate": {"Action": "Originate", "Channel": NOWHERE, "Application": "Hangup",
                  "Timeout": "1000", "Async": "true"},
    "call": {"Action": "Hangup", "Channel": "/^deskline-nowhere$/"},
}
REFUSAL = re.compile(r"permission denied|forbidden|not allowed|invalid/unknown", re.IGNORECASE)


async def too_mighty(session: Session, *, may_call: bool) -> tuple[str, ...]:
    """What the session's account was not refused though it must be.

    Raises LinkDown, CommandTimedOut: then nothing is known.
    """
    tried = FORBIDDEN if may_call else {**FORBIDDEN, **TO_CALL}
    return tuple([name for name, action in tried.items()
                  if not await _is_refused(session, action)])


async def _is_refused(session: Session, action: Mapping[str, str]) -> bool:
    """An error for another reason, such as "no such file", is none: it was let through."""
    try:
        await session.ask(action)
    except CommandRefused as error:
        return REFUSAL.search(error.reason) is not None
    return False


def in_words(account: str, mighty: tuple[str, ...]) -> str:
    return (f"the manager account {account} may do what it must not ({', '.join(mighty)}): "
            "nothing is dialled until its rights are as `deskline pbx config` writes them")
