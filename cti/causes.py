"""Why things ended: Q.850 causes and dial results to our words."""

from __future__ import annotations

from typing import Literal

from cti.calls import Call
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
    if call.dial_status:
        return OUTCOME_OF_DIAL.get(call.dial_status, "failed")
    return OUTCOME_OF_CAUSE.get(call.cause, "failed")


def offer_end(call: Call, *, dial_status: str, cause: int) -> OfferEnd:
    """Why one operator's phone stopped ringing without an answer on it."""
    if dial_status in REFUSALS or cause in (BUSY, REJECTED):
        return "refused"
    if call.has_given_up:
        return "abandoned"
    if dial_status == "NOANSWER":
        return "rang_out"
    if call.connected or cause == ELSEWHERE or dial_status == "CANCEL":
        return "elsewhere"
    return "rang_out"
