"""The `UserEvent`s by which menu and dialler tell the floor what only they know.

Their values are our own ids, never caller data: a comma in a value would begin another header,
and a byte that is not UTF-8 drops the whole event (Asterisk's `UserEvent` application).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, cast

MENU_EVENT = "DesklineMenu"
CLIENT_EVENT = "DesklineClient"
ATTEMPT_EVENT = "DesklineAttempt"
DROPPED_EVENT = "DesklineDropped"
RETURN_EVENT = "DesklineReturn"
HELD_EVENT = "DesklineHeld"
PARKED_EVENT = "DesklineParked"
CONSULT_EVENT = "DesklineConsult"
HANDED_OVER_EVENT = "DesklineHandedOver"
LEFT_EVENT = "DesklineLeft"
LISTEN_EVENT = "DesklineListen"
RECORDING_EVENT = "DesklineRecording"

DialStatus = Literal["ANSWER", "BUSY", "NOANSWER", "CONGESTION", "CHANUNAVAIL", "CANCEL", "FAILED",
                     "HEARD", "PROMISED", "REFUSED", "STRANGER", "PERSON"]
How = Literal["number", "account"]
ListenMode = Literal["listen", "whisper", "barge"]

ID_PATTERN = re.compile(r"[a-z0-9_.:-]{1,64}")
NUMBER_PATTERN = re.compile(r"[0-9]{1,18}")
CAUSE_PATTERN = re.compile(r"[0-9]{1,3}")
TOLD_BY_MENU: frozenset[str] = frozenset(("HEARD", "PROMISED", "REFUSED", "STRANGER", "PERSON"))
DIAL_STATUSES: frozenset[str] = TOLD_BY_MENU | frozenset(
    ("ANSWER", "BUSY", "NOANSWER", "CONGESTION", "CHANUNAVAIL", "CANCEL", "FAILED")
)
HOWS: frozenset[str] = frozenset(("number", "account"))
LISTEN_MODES: frozenset[str] = frozenset(("listen", "whisper", "barge"))
PHONE_PATTERN = re.compile(r"(PJSIP|SIP)/[A-Za-z0-9_.-]{1,64}")


@dataclass(frozen=True, slots=True)
class MenuStepped:
    """The caller reached `step` of `menu`."""
    menu: str
    step: str

    def __post_init__(self) -> None:
        _demand(ID_PATTERN.fullmatch(self.menu) is not None, "menu", self.menu)
        _demand(ID_PATTERN.fullmatch(self.step) is not None, "step", self.step)


@dataclass(frozen=True, slots=True)
class ClientIdentified:
    """The menu knows who calls: `client` is our client id."""
    client: int
    how: How

    def __post_init__(self) -> None:
        _demand(0 < self.client < 10**18, "client", self.client)
        _demand(self.how in HOWS, "how", self.how)


@dataclass(frozen=True, slots=True)
class AttemptReported:
    """What became of an attempt's dial; `cause` is Q.850, 0 = unknown.

    The dialplan writes this one. A status that Dial gives for a wrong use (`INVALIDARGS`,
    `DONTCALL`, none at all) reads as `FAILED`.
    """
    attempt: int
    status: DialStatus
    cause: int = 0

    def __post_init__(self) -> None:
        _demand(0 < self.attempt < 10**18, "attempt", self.attempt)
        _demand(self.status in DIAL_STATUSES, "status", self.status)
        _demand(0 <= self.cause <= 999, "cause", self.cause)


@dataclass(frozen=True, slots=True)
class AttemptDropped:
    """The debtor answered and no operator came in time."""
    attempt: int

    def __post_init__(self) -> None:
        _demand(0 < self.attempt < 10**18, "attempt", self.attempt)


@dataclass(frozen=True, slots=True)
class ReturnAwaited:
    """The operator's page vanished in mid-call; the other party waits for it to come back."""
    operator: str

    def __post_init__(self) -> None:
        _demand(ID_PATTERN.fullmatch(self.operator) is not None, "operator", self.operator)


@dataclass(frozen=True, slots=True)
class ListeningBegan:
    """A supervisor hears the operator whose channel is `spied`, from now on in this mode."""
    mode: ListenMode
    spied: str

    def __post_init__(self) -> None:
        _demand(self.mode in LISTEN_MODES, "mode", self.mode)
        _demand(PHONE_PATTERN.fullmatch(self.spied) is not None, "spied", self.spied)


@dataclass(frozen=True, slots=True)
class RecordingReady:
    """Asterisk records this leg from here on; the server silences it until it may run."""


@dataclass(frozen=True, slots=True)
class PartyHeld:
    """The other party hears music until `operator` talks with him again."""
    operator: str

    def __post_init__(self) -> None:
        _demand(ID_PATTERN.fullmatch(self.operator) is not None, "operator", self.operator)


@dataclass(frozen=True, slots=True)
class PartyParked:
    """`operator` put the other party aside; anybody of the queue may take him back."""
    operator: str

    def __post_init__(self) -> None:
        _demand(ID_PATTERN.fullmatch(self.operator) is not None, "operator", self.operator)


@dataclass(frozen=True, slots=True)
class ConsultBegan:
    """The operator calls `target`, an operator, a queue or a number, while the other waits."""
    target: str

    def __post_init__(self) -> None:
        _demand(ID_PATTERN.fullmatch(self.target) is not None, "target", self.target)


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The other party is given to `target`, or to who was consulted."""
    target: str = ""

    def __post_init__(self) -> None:
        is_right = not self.target or ID_PATTERN.fullmatch(self.target) is not None
        _demand(is_right, "target", self.target)


@dataclass(frozen=True, slots=True)
class OperatorLeaves:
    """He leaves the others to each other, or to the music; it is not the call's end."""


Moved: TypeAlias = PartyHeld | PartyParked | ConsultBegan | HandedOver | OperatorLeaves
DesklineEvent: TypeAlias = (
    Moved | MenuStepped | ClientIdentified | AttemptReported | AttemptDropped | ReturnAwaited
    | ListeningBegan | RecordingReady)


def encode(event: DesklineEvent) -> str:
    """The argument of the dialplan's `UserEvent`: `DesklineMenu,Menu: main,Step: greet`."""
    match event:
        case MenuStepped(menu, step):
            return f"{MENU_EVENT},Menu: {menu},Step: {step}"
        case ClientIdentified(client, how):
            return f"{CLIENT_EVENT},Client: {client},How: {how}"
        case AttemptReported(attempt, status, cause):
            return f"{ATTEMPT_EVENT},Attempt: {attempt},Status: {status},Cause: {cause}"
        case AttemptDropped(attempt):
            return f"{DROPPED_EVENT},Attempt: {attempt}"
        case ReturnAwaited(operator):
            return f"{RETURN_EVENT},Operator: {operator}"
        case PartyHeld(operator):
            return f"{HELD_EVENT},Operator: {operator}"
        case PartyParked(operator):
            return f"{PARKED_EVENT},Operator: {operator}"
        case ConsultBegan(target):
            return f"{CONSULT_EVENT},Target: {target}"
        case HandedOver(target):
            return f"{HANDED_OVER_EVENT},Target: {target}" if target else HANDED_OVER_EVENT
        case OperatorLeaves():
            return LEFT_EVENT
        case ListeningBegan(mode, spied):
            return f"{LISTEN_EVENT},Mode: {mode},Spied: {spied}"
        case RecordingReady():
            return f"{RECORDING_EVENT},State: ready"


def decode(headers: Mapping[str, str]) -> DesklineEvent | None:
    """The event in the headers of an AMI `UserEvent`; None where it is not ours or not whole."""
    reader = _READERS.get(headers.get("UserEvent", ""))
    return reader(headers) if reader is not None else None


def _read_menu(headers: Mapping[str, str]) -> MenuStepped | None:
    menu, step = headers.get("Menu", ""), headers.get("Step", "")
    if not (ID_PATTERN.fullmatch(menu) and ID_PATTERN.fullmatch(step)):
        return None
    return MenuStepped(menu, step)


def _read_client(headers: Mapping[str, str]) -> ClientIdentified | None:
    client, how = _number(headers, "Client"), headers.get("How", "")
    if client is None or how not in HOWS:
        return None
    return ClientIdentified(client, cast(How, how))


def _read_attempt(headers: Mapping[str, str]) -> AttemptReported | None:
    attempt, status = _number(headers, "Attempt"), headers.get("Status", "").upper()
    if attempt is None:
        return None
    known = cast(DialStatus, status if status in DIAL_STATUSES else "FAILED")
    cause = headers.get("Cause", "")
    return AttemptReported(attempt, known, int(cause) if CAUSE_PATTERN.fullmatch(cause) else 0)


def _read_dropped(headers: Mapping[str, str]) -> AttemptDropped | None:
    attempt = _number(headers, "Attempt")
    return AttemptDropped(attempt) if attempt is not None else None


def _read_return(headers: Mapping[str, str]) -> ReturnAwaited | None:
    operator = headers.get("Operator", "")
    return ReturnAwaited(operator) if ID_PATTERN.fullmatch(operator) else None


def _read_listening(headers: Mapping[str, str]) -> ListeningBegan | None:
    mode, spied = headers.get("Mode", ""), headers.get("Spied", "")
    if mode not in LISTEN_MODES or not PHONE_PATTERN.fullmatch(spied):
        return None
    return ListeningBegan(cast(ListenMode, mode), spied)


def _read_held(headers: Mapping[str, str]) -> PartyHeld | None:
    operator = headers.get("Operator", "")
    return PartyHeld(operator) if ID_PATTERN.fullmatch(operator) else None


def _read_parked(headers: Mapping[str, str]) -> PartyParked | None:
    operator = headers.get("Operator", "")
    return PartyParked(operator) if ID_PATTERN.fullmatch(operator) else None


def _read_handed_over(headers: Mapping[str, str]) -> HandedOver | None:
    target = headers.get("Target", "")
    return HandedOver(target) if not target or ID_PATTERN.fullmatch(target) else None


def _read_consult(headers: Mapping[str, str]) -> ConsultBegan | None:
    target = headers.get("Target", "")
    return ConsultBegan(target) if ID_PATTERN.fullmatch(target) else None


_READERS: Mapping[str, Callable[[Mapping[str, str]], DesklineEvent | None]] = {
    MENU_EVENT: _read_menu,
    CLIENT_EVENT: _read_client,
    ATTEMPT_EVENT: _read_attempt,
    DROPPED_EVENT: _read_dropped,
    RETURN_EVENT: _read_return,
    HELD_EVENT: _read_held,
    PARKED_EVENT: _read_parked,
    CONSULT_EVENT: _read_consult,
    HANDED_OVER_EVENT: _read_handed_over,
    LEFT_EVENT: lambda _: OperatorLeaves(),
    LISTEN_EVENT: _read_listening,
    RECORDING_EVENT: lambda headers: RecordingReady()
    if headers.get("State") == "ready" else None,
}


def _number(headers: Mapping[str, str], key: str) -> int | None:
    """A positive id, or None."""
    text = headers.get(key, "")
    return (int(text) or None) if NUMBER_PATTERN.fullmatch(text) else None


def _demand(is_right: bool, field: str, value: object) -> None:
    if not is_right:
        raise ValueError(f"{field} {value!r} does not fit into a user event")
