"""Stories of one call under control: talking, held, somebody asked, all three, parked."""

from __future__ import annotations

import dataclasses
from typing import Any

from msgspec.structs import replace

from tests.browser import stories as s
from workstation import protocol as p
from workstation.protocol.targets import ColleagueView, QueueTarget, RingingView

TALK = ["hold", "mute", "keypad", "transfer", "consult", "to_menu", "park", "record",
        "pause_recording", "hangup"]
HELD = ["resume", "transfer", "consult", "to_menu", "park", "record", "pause_recording", "hangup"]
ASKING = ["mute", "keypad", "cancel", "hangup"]
ASKED = ["swap", "complete", "cancel", "conference", "mute", "keypad", "hangup"]
TOGETHER = ["hold", "mute", "keypad", "drop", "leave", "hangup"]


def consult(state: Any = "talking", since: float = -21) -> p.ConsultView:
    return p.ConsultView(who="Boris Orlov", operator="102", state=state, since=s.moment(since))


def of(one: p.ConversationView | None, state: Any = "talking") -> s.Story:
    """The desk with this call, whose operator has a phone on the desk."""
    story = s.desk(one, state)
    queue = story.views["queues"]["billing"]
    story.views["queues"]["billing"] = replace(queue, parked=[
        p.ParkedView(call="p1", number="+7 926 700-12-12", name="Gromov A.", by="103",
                     since=s.moment(-48))])
    return dataclasses.replace(story, replies={**story.replies, "call.targets": targets()})


def talking(**changes: Any) -> s.Story:
    return of(s.talking(**{"can": TALK, "recording": "on", **changes}))


def held(**changes: Any) -> s.Story:
    return of(s.talking(**{"can": HELD, "recording": "paused", "state": "held", **changes}))


def asking() -> s.Story:
    return of(s.talking(can=ASKING, recording="on", state="held", consult=consult("ringing", -4)))


def asked() -> s.Story:
    return of(s.talking(can=ASKED, recording="on", state="held", consult=consult()))


def together() -> s.Story:
    return of(s.talking(
        can=TOGETHER, recording="on", consult=consult(), conference=True, listeners=[
            p.ListenerView(supervisor="120", name="Sofia Lebedeva", mode="listen")]))


def targets() -> dict[str, Any]:
    states: tuple[tuple[Any, float], ...] = (
        ("ready", -42), ("talking", -130), ("wrap_up", -21), ("paused", -610), ("talking", -402),
        ("ready", -8), ("offline", -7200), ("ready", -55), ("offline", -301))
    return {
        "colleagues": [ColleagueView(
            id=str(102 + index), name=name, state=states[index][0], registered=index != 6,
            since=s.moment(states[index][1]), is_near=index % 3 != 2)
            for index, name in enumerate(s.NAMES[1:])],
        "queues": [QueueTarget(id="billing", name="Billing", waiting=4, ready=3),
                   QueueTarget(id="outages", name="Outages", waiting=0, ready=1),
                   QueueTarget(id="collection", name="Collection", waiting=1, ready=2)],
        "menus": [p.Choice(id="main", name="main")],
        "ringing": [RingingView(call="r1", number="+7 903 444-10-10", name="", queue="billing",
                                operator="103", since=s.moment(-6))]}
