"""What is live now, asked of Asterisk; the answers come down the same path as the events."""

from __future__ import annotations

import logging

from cti.ami import Session
from cti.errors import CommandRefused

LIST_LIMIT_S = 10.0
LISTS = ("CoreShowChannels", "QueueStatus")
# Courtesies: without them phones are known by their next event, and two who were parked while
# nobody looked seem to hear each other.
MORE = ("DeviceStateList", "BridgeList")

log = logging.getLogger(__name__)


async def ask(session: Session) -> None:
    """Have all that is live listed, onto the tape, and what was queued before told.

    The last ping makes Asterisk send the events that were older than the lists.
    Raises LinkDown, CommandRefused, CommandTimedOut.
    """
    for action in LISTS:
        await session.ask(
            {"Action": action}, is_list=True, is_recorded=True, timeout_s=LIST_LIMIT_S)
    for action in MORE:
        try:
            await session.ask(
                {"Action": action}, is_list=True, is_recorded=True, timeout_s=LIST_LIMIT_S)
        except CommandRefused as error:
            log.info("Asterisk does not answer %s: %s", action, error.reason)
    await session.ask({"Action": "Ping"})
