"""Retries ○: when an entry is dialled again, by what happened and how often it happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

# Q.850: what says that a number will never be answered (1 unallocated, 22 changed, 28 invalid
# format). PJSIP maps SIP 404 to 1, 410 to 22, 484 and 414 to 28.
DEAD_NUMBER_CAUSES = frozenset({1, 22, 28})
BUSY_CAUSES = frozenset({17})
SILENT_CAUSES = frozenset({18, 19, 20})
CONGESTION_CAUSES = frozenset({27, 34, 38, 41, 42, 44, 47})


class Miss(StrEnum):
    """Why an attempt did not become a conversation."""

    BUSY = "busy"
    NO_ANSWER = "no_answer"
    CONGESTION = "congestion"
    INVALID = "invalid"         # this number is never dialled again
    HUNG_UP = "hung_up"         # answered, and gone before an operator was there
    DROPPED = "dropped"         # answered, and no operator came in time: our fault
    UNKNOWN = "unknown"         # nobody can say what happened; it was made


@dataclass(frozen=True, slots=True)
class RetryPlan:
    """Seconds to wait by miss, for the 1st, 2nd … time; the last one repeats."""

    delays_s: Mapping[Miss, tuple[int, ...]]
    max_attempts: int = 4           # per entry, over all its numbers
    call_later_s: int = 3600        # an agreed call-back without a time
    another_s: int | None = None    # another person answered: again after so long; None = final

    def __post_init__(self) -> None:
        missing = [miss for miss in Miss if miss is not Miss.INVALID
                   and not self.delays_s.get(miss)]
        if missing:
            raise ValueError(f"no delay is given for {', '.join(missing)}")


CALM = RetryPlan({
    Miss.BUSY: (600, 1800, 7200),
    Miss.NO_ANSWER: (7200, 14400, 86400),
    Miss.CONGESTION: (300, 900, 3600),
    Miss.HUNG_UP: (7200, 86400),
    Miss.DROPPED: (86400,),
    Miss.UNKNOWN: (7200, 86400),
})
QUICK = RetryPlan(      # a rehearsal of 50 debtors is over within a quarter of an hour
    {Miss.BUSY: (20, 40), Miss.NO_ANSWER: (30, 60), Miss.CONGESTION: (10, 20),
     Miss.HUNG_UP: (30,), Miss.DROPPED: (45,), Miss.UNKNOWN: (30,)},
    max_attempts=3, call_later_s=60)


@dataclass(frozen=True, slots=True)
class Again:
    """Dial again after so long."""

    after: timedelta


@dataclass(frozen=True, slots=True)
class NothingLeft:
    """`no_number_left`: every number is dead; `attempts_used_up`: as often as the plan allows."""

    why: str


def next_try(plan: RetryPlan, miss: Miss, *, times: int, attempts_made: int,
             numbers_left: int) -> Again | NothingLeft:
    """What follows a miss that happened `times` times to this entry (this one included).

    A dead number costs no wait: the next number is tried at once.
    """
    if numbers_left <= 0:
        return NothingLeft("no_number_left")
    if attempts_made >= plan.max_attempts:
        return NothingLeft("attempts_used_up")
    if miss is Miss.INVALID:
        return Again(timedelta())
    delays = plan.delays_s[miss]
    return Again(timedelta(seconds=delays[min(max(times, 1), len(delays)) - 1]))


def miss_of(status: str, cause: int) -> Miss:
    """What a dial that was not answered means: Dial's DIALSTATUS and the Q.850 cause.

    The cause decides where it is known: Asterisk says CHANUNAVAIL for dead numbers and for a
    trunk that is down alike. FAILED is our dialplan's word for what it would not dial (an unknown
    queue): never the number's fault.
    """
    if status in _OURS:
        return _OURS[status]
    for causes, miss in _BY_CAUSE:
        if cause in causes:
            return miss
    return _BY_STATUS.get(status, Miss.UNKNOWN)


_BY_CAUSE = (
    (DEAD_NUMBER_CAUSES, Miss.INVALID),
    (BUSY_CAUSES, Miss.BUSY),
    (CONGESTION_CAUSES, Miss.CONGESTION),
    (SILENT_CAUSES, Miss.NO_ANSWER),
)
_OURS: Mapping[str, Miss] = {"DROPPED": Miss.DROPPED, "FAILED": Miss.CONGESTION}
_BY_STATUS: Mapping[str, Miss] = {
    "BUSY": Miss.BUSY,
    "NOANSWER": Miss.NO_ANSWER,
    "CANCEL": Miss.NO_ANSWER,
    "CONGESTION": Miss.CONGESTION,
    "CHANUNAVAIL": Miss.CONGESTION,
}
