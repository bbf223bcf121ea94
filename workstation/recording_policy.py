"""Whether a call is recorded now ○."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cti.floor import Call
from workstation.recording_settings import Policy, Recording
from workstation.settings import Queue, Settings


@dataclass(slots=True)
class Take:
    """What is recorded of one leg. `marks`: stretches with sound, in seconds from `began_at`.

    `on` is what somebody asked for, None when nobody did; `paused_until` is when a pause ends by
    itself. `is_fresh`: Asterisk was not told to keep silent yet.
    """
    leg: str
    call: str
    channel: str
    began_at: datetime
    marks: list[tuple[float, float | None]] = field(default_factory=list)
    ended_at: datetime | None = None
    on: bool | None = None
    paused_until: datetime | None = None
    is_fresh: bool = True
    client_id: int | None = None        # as the operator said

    def note(self, state: str, at: datetime) -> None:
        """Asterisk said that it runs, is silent, or is over. One that is renewed was over for a
        moment, which is no pause."""
        offset = round(max(0.0, (at - self.began_at).total_seconds()), 3)
        if state == "on" and self.ended_at is not None and self.marks:
            self.marks[-1] = (self.marks[-1][0], None)
        is_open = bool(self.marks) and self.marks[-1][1] is None
        if state == "on" and not is_open:
            self.marks.append((offset, None))
        if state != "on" and is_open:
            self.marks[-1] = (self.marks[-1][0], offset)
        self.ended_at = at if state == "ended" else None

    @property
    def is_running(self) -> bool:
        return bool(self.marks) and self.marks[-1][1] is None


def is_any_recorded(settings: Settings) -> bool:
    return (settings.recording.outbound != "never"
            or any(queue.record != "never" for queue in settings.queue)
            or any(policy != "never" for policy in settings.recording.campaigns.values()))


def is_recorded(queue: Queue, recording: Recording) -> bool:
    """Whether the dialplan has recordings ready there; a campaign that is recorded may dial for
    any queue."""
    return queue.record != "never" or any(
        policy != "never" for policy in recording.campaigns.values())


def policy_of(call: Call, queues: Mapping[str, Queue], recording: Recording,
              campaign: str = "") -> Policy:
    """By campaign, else by queue, else as calls dialled by hand; between colleagues: never."""
    if call.direction == "internal":
        return "never"
    if campaign in recording.campaigns:
        return recording.campaigns[campaign]
    queue = queues.get(call.queue or "")
    return queue.record if queue is not None else recording.outbound


def is_wanted(call: Call, take: Take, policy: Policy, now: datetime) -> bool:
    """Whether it should sound now, where nothing forbids it: from the first answer on, through
    transfers."""
    if policy == "never" or not (call.connected or take.marks):
        return False
    if take.paused_until is not None and now < take.paused_until:
        return False
    return policy == "always" if take.on is None else take.on
