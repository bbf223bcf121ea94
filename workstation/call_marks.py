"""What stands on an operator's conversation of how his call stands: consulted, parked, muted,
recorded, and what he can do now ○.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Any, Literal

from msgspec import structs

from cti.changes import CallChange
from cti.feed import Subscription
from cti.floor import Call
from cti.views import FloorView
from workstation import listening
from workstation.controls import can
from workstation.desk import Desk
from workstation.protocol import ConsultView, ConversationView
from workstation.settings import OperatorSettings
from workstation.sites import Sites
from workstation.supervision_settings import TellOperator
from workstation.unforeseen import logged
from workstation.views import moment, number_label


async def run(desk: Desk, subscription: Subscription) -> None:
    """For ever; cancel to stop. What a change of the call alters is shown at once."""
    def missed() -> None:
        with logged("call marks"):
            _show(desk, desk.conversations.everything())

    with subscription:
        async for fed in subscription.told(missed):
            changes = chain.from_iterable(
                one.changes for one in (fed, *subscription.waiting()))
            for call in {one.call for one in changes if isinstance(one, CallChange)}:
                with logged("call marks"):
                    _show(desk, desk.conversations.with_call(call))


def _show(desk: Desk, conversations: list[ConversationView]) -> None:
    for view in conversations:
        if desk.conversations.dress(view) != view:
            desk.conversations.put(view)


def dress(sites: Sites, operators: Mapping[str, OperatorSettings], tell: TellOperator,
          view: ConversationView) -> ConversationView:
    """By the floor of the call's own Asterisk."""
    site = sites.of_call(view.call)
    return dressed(view, site.floor, operators, site.muted, tell)


def dressed(view: ConversationView, floor: FloorView, operators: Mapping[str, OperatorSettings],
            muted: set[str], tell: TellOperator) -> ConversationView:
    """The view with what the floor says of its call now."""
    call = floor.calls.get(view.call)
    if call is None:
        return structs.replace(view, consult=None, conference=False, parked_by="", muted=False,
                               recording="", listeners=[], can=[])
    channels = {leg.channel for leg in floor.legs_of(call.id) if leg.operator == view.operator}
    return structs.replace(view, **marks(call, operators), muted=bool(channels & muted),
                           listeners=listening.told(call, view.operator, tell, operators),
                           can=list(can(call, view.operator, "operator")))


def marks(call: Call, operators: Mapping[str, OperatorSettings]) -> dict[str, Any]:
    """The fields that conversations and calls share."""
    recording: Literal["", "on", "paused"] = (
        call.recording if call.recording in ("on", "paused") else "")
    return {"consult": _consult(call, operators), "conference": call.is_conference,
            "parked_by": call.parked_by, "recording": recording}


def _consult(call: Call, operators: Mapping[str, OperatorSettings]) -> ConsultView | None:
    """In a conference too: it tells who the third is."""
    one = call.consult
    if one is None:
        return None
    known = operators.get(one.third or "")
    target = f"+{one.target}" if one.target.isdecimal() and len(one.target) > 6 else one.target
    return ConsultView(who=known.name if known else number_label(target), operator=one.third,
                       state="talking" if one.state == "joined" else one.state,
                       since=moment(one.since))
