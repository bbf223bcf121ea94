"""Pacing ○: how many numbers to dial now, and the reason of that answer as a value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from campaigns.predicting import Dose


class Pacing(StrEnum):
    """How a campaign dials. `PREVIEW` puts a card on the screen of each free operator, who dials
    it himself. `PREDICTIVE` dials before an operator is free, where the chances are good enough.
    `MESSAGE` needs none: who answers hears a menu, and may ask for a person.
    """

    PREVIEW = "preview"
    PROGRESSIVE = "progressive"
    PREDICTIVE = "predictive"
    MESSAGE = "message"


class Reason(StrEnum):
    """Why a step dialled as many as it did; also the code of the sentence on the screen."""

    DIALLING = "dialling"
    NO_OPERATOR_READY = "no_operator_ready"
    CALLERS_WAIT = "callers_wait"
    LINES_IN_FLIGHT = "lines_in_flight"
    TRUNK_FULL = "trunk_full"
    OPERATOR_DIALS = "operator_dials"
    TOO_MANY_DROPPED = "too_many_dropped"
    TOO_RISKY = "too_risky"             # one more might be answered while nobody is free
    GUARDED = "guarded"                 # the day's drops are near their cap: one to one


MESSAGES_A_STEP = 5     # dials begun at once; a second later the next
_ENOUGH_ANSWERED = 10       # of fewer a share says nothing


@dataclass(frozen=True, slots=True)
class Line:
    """What a step looks at, all of it about the operators who serve one campaign's queue."""

    operators_ready: int    # ready now, their phones reachable
    lines_in_flight: int    # attempts of any campaign that may still need one of them
    callers_waiting: int    # incoming callers in a line that these operators serve
    lines_free: int = 1_000     # what the trunk still takes
    answered: int = 0           # attempts of the campaign that people answered today …
    dropped: int = 0            # … and those of them who met no operator in time
    drop_ceiling: float | None = None   # the share of them that the law allows, 0..1

    @property
    def drops_too_many(self) -> bool:
        return (self.drop_ceiling is not None and self.answered >= _ENOUGH_ANSWERED
                and self.dropped > self.drop_ceiling * self.answered)


@dataclass(frozen=True, slots=True)
class Step:
    """How many to dial now, and what made it so few."""

    dial: int
    reason: Reason
    line: Line
    dose: Dose | None = None    # of a predictive step: the chances that it weighed


def next_step(pacing: Pacing, line: Line, dose: Dose | None = None) -> Step:
    """One second's decision; `dial` is never negative. `dose`: what the `Predictor` allows; a
    predictive campaign without one dials one to one."""
    if pacing is Pacing.PREVIEW:
        return _preview(line)
    if pacing is Pacing.MESSAGE:
        return _message(line)
    if pacing is Pacing.PREDICTIVE and dose is not None:
        return _predictive(line, dose)
    if line.drops_too_many:
        return Step(0, Reason.TOO_MANY_DROPPED, line)
    return _progressive(line)


def _predictive(line: Line, dose: Dose) -> Step:
    """Under the guard of the day no more lines than free operators: each answer then lowers the
    day's share of drops, so the campaign need not stop until tomorrow."""
    if line.lines_free <= 0:
        return Step(0, Reason.TRUNK_FULL, line, dose)
    if dose.is_guarded:
        step = _progressive(line)
        why = Reason.GUARDED if step.reason is Reason.LINES_IN_FLIGHT else step.reason
        return Step(min(step.dial, dose.dial), why, line, dose)
    if dose.dial <= 0:
        return Step(0, Reason.TOO_RISKY, line, dose)
    return Step(min(dose.dial, line.lines_free), Reason.DIALLING, line, dose)


def _message(line: Line) -> Step:
    """A handful a second over the lines it may use, unless people wait for an operator: callers,
    or who heard the message and asked for a person (they are among the lines in flight)."""
    if line.callers_waiting + line.lines_in_flight > line.operators_ready:
        return Step(0, Reason.CALLERS_WAIT, line)
    if line.lines_free <= 0:
        return Step(0, Reason.TRUNK_FULL, line)
    return Step(min(MESSAGES_A_STEP, line.lines_free), Reason.DIALLING, line)


def _preview(line: Line) -> Step:
    """As many cards as one would dial one to one; `dial` counts those to hand out."""
    step = _progressive(line)
    is_on_screens = step.reason in (Reason.DIALLING, Reason.LINES_IN_FLIGHT)
    return Step(step.dial, Reason.OPERATOR_DIALS, line) if is_on_screens else step


def _progressive(line: Line) -> Step:
    """One line per free operator; incoming callers come first."""
    if line.operators_ready <= 0:
        return Step(0, Reason.NO_OPERATOR_READY, line)
    after_callers = line.operators_ready - max(0, line.callers_waiting)
    if after_callers <= 0:
        return Step(0, Reason.CALLERS_WAIT, line)
    wanted = after_callers - max(0, line.lines_in_flight)
    if wanted <= 0:
        return Step(0, Reason.LINES_IN_FLIGHT, line)
    if line.lines_free <= 0:
        return Step(0, Reason.TRUNK_FULL, line)
    return Step(min(wanted, line.lines_free), Reason.DIALLING, line)
