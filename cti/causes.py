"""Why things ended: Q.850 causes and dial results to our words."""

from __future__ import annotations

from typing import Literal

from cti.calls import Call, Leg
from cti.changes import Outcome

OfferEnd = Literal["answered", "rang_out", "refused", "abandoned", "elsewhere"]

NORMAL, BUSY, NO_USER, NO_ANSWER, REJECTED, ELSEWHERE = 16, 17, 18, 19, 21, 26

OUTCOME_OF_DIAL: dict[str, Outcome] = {
    "BUSY": "busy", "NOANSWER": "no_answer", "CANCEL": "no_answer", "ANSWER": "answered",
}
OUTCOME_OF_CAUSE: dict[int, Outcome] = {
    NORMAL: "no_answer", BUSY: "busy", NO_USER: "no_answer", NO_ANSWER: "no_answer",
    REJECTED: "busy",
}
# no such number, no route, out of order, invalid, congestion, not implemented, incompatible
UNREACHABLE = frozenset({1, 2, 3, 6, 22, 27, 28, 34, 38, 41, 42, 44, 47, 50, 58, 65, 88})
REFUSALS = frozenset({"BUSY", "CONGESTION", "CHANUNAVAIL"})


def outcome(call: Call) -> Outcome:
    """What the machine saw of a call that is over."""
    if call.answered_at is not None:
        return "answered"
    if call.direction == "in":
        is_served = call.menu_path and call.queue is None and call.hung_up_by != "client"
        return "served" if is_served else "abandoned"
    if call.attempt is not None and call.is_picked_up:
        return "dropped"
    if call.dial_status != "CANCEL" and call.cause in UNREACHABLE:
        return "failed"
    if call.dial_status:
        return OUTCOME_OF_DIAL.get(call.dial_status, "failed")
    return OUTCOME_OF_CAUSE.get(call.cause, "failed")


def offer_end(call: Call, leg: Leg) -> OfferEnd:
    """Why one operator's phone stopped ringing without an answer on it.

    The queue calls a refusal NOANSWER too; only the cause that the phone gave tells it apart.
    """
    if leg.cause in (BUSY, REJECTED) or leg.dial_status in REFUSALS:
        return "refused"
    if call.connected:
        return "elsewhere"
    if call.has_given_up or call.hung_up_by is not None:
        return "abandoned"
    is_cancelled = leg.dial_status == "CANCEL" or leg.cause == ELSEWHERE
    return "elsewhere" if is_cancelled else "rang_out"


def end_cause(call: Call) -> int:
    """Q.850. Queue's option C puts 26 on answered calls too, where it means nothing."""
    return NORMAL if call.answered_at is not None and call.cause == ELSEWHERE else call.cause
