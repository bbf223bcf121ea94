"""What may be done with a call right now ○: one table for screens and for the actions themselves.

Pure: from the call as the floor has it, who looks at it, and as what.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Literal

from cti.floor import Call

Role = Literal["operator", "supervisor"]    # of this call: who works on it, or who oversees it

ALONE_WITH = ("hold", "mute", "keypad", "transfer", "consult", "park", "to_menu")
BETWEEN_US = ("hold", "mute", "keypad", "transfer")     # a colleague is the other party
HELD = ("resume", "transfer", "consult", "park")
HELD_BY_PHONE = ("resume", "transfer", "park")
ASKING = ("complete", "cancel")
ASKED = ("mute", "keypad", "swap", "complete", "cancel", "conference")
TOGETHER = ("mute", "keypad", "drop", "leave")


def can(call: Call, operator: str, role: Role) -> tuple[str, ...]:
    """The verbs of protocol/controls.py, and `hangup`, that `operator` may use on `call` now."""
    if role == "supervisor":
        return _of_supervisor(call)
    if operator in call.offered:
        return ("answer",)
    if is_between_us(call):
        return _between_us(call, operator)
    if call.is_parked:
        return ("take_back",) if call.parked_by == operator else ()
    if call.consult is not None and call.consult.operator == operator:
        return ("hangup", *_consulting(call), *_recording(call))
    if call.operator != operator or call.state not in ("talking", "held"):
        return ("hangup",) if operator and operator in call.connected else ()
    if call.consult is not None or not call.channel:
        return ("hangup",)
    if call.state == "held":
        is_moved = call.held_by == operator
        return ("hangup", *(HELD if is_moved else HELD_BY_PHONE), *_recording(call))
    if operator not in call.connected:
        return ("hangup",)
    return ("hangup", *(TOGETHER if call.is_conference else ALONE_WITH), *_recording(call))


def is_between_us(call: Call) -> bool:
    """Two operators, and nobody from outside."""
    return call.direction == "internal" and not call.channel


def colleague_calling(call: Call, people: Container[str]) -> tuple[str, ...]:
    """Who called a colleague: the call is his as well."""
    is_his = is_between_us(call) and call.number != call.operator and call.number in people
    return (call.number,) if is_his else ()


def _between_us(call: Call, operator: str) -> tuple[str, ...]:
    """Either may hold it, and who does takes it up again."""
    if operator not in (call.number, call.operator):
        return ("hangup",) if operator and operator in call.connected else ()
    if call.state == "held":
        return ("hangup", "resume") if call.held_by == operator else ("hangup",)
    if call.state != "talking" or not call.connected or call.is_conference:
        return ("hangup",)
    return ("hangup", *BETWEEN_US)


def _consulting(call: Call) -> tuple[str, ...]:
    match call.consult.state if call.consult is not None else "":
        case "ringing":
            return ASKING
        case "joined":
            return TOGETHER
    return ASKED


def _recording(call: Call) -> tuple[str, ...]:
    match call.recording:
        case "on":
            return ("record", "pause_recording")
        case "paused":
            return ("record", "resume_recording")
        case "ready":
            return ("record",)
    return ()


def _of_supervisor(call: Call) -> tuple[str, ...]:
    verbs: tuple[str, ...] = ("hangup",) if call.channel or call.operator_channel else ()
    if call.state in ("waiting", "ringing") and call.channel and not call.connected:
        return (*verbs, "redirect")
    if call.state not in ("talking", "held") or call.operator is None or call.is_parked:
        return verbs
    if call.state == "talking" and call.channel and call.consult is None:
        verbs = (*verbs, "transfer")
    heard = ("listen", "whisper", "barge", "take_over")
    hears = ("stop_listening",) if call.listeners else ()
    return (*verbs, *heard, *hears, *_recording(call))
