"""What may be done with a live call: the arguments of each verb. REST: `POST /calls/{id}/<verb>`.

Which verbs a call allows at a moment is in `can` of its ConversationView (for its operator) and of
its CallView (for supervisors): screens draw their buttons from it. The result of each is {}; what
came of it is told by deltas. Problem `not_now` when the call is not in a state for it.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from workstation.protocol.args import Args

Digits = Annotated[str, msgspec.Meta(pattern=r"^[0-9*#A-D]{1,32}$")]


class Answer(Args, frozen=True, kw_only=True):
    """`call.answer`, the operator offered: his phone rings anew and answers by itself, where it
    knows how to (Call-Info: answer-after)."""
    call: str


class Hold(Args, frozen=True, kw_only=True):
    """`call.hold`, the call's operator: the other party hears music."""
    call: str


class Resume(Args, frozen=True, kw_only=True):
    """`call.resume`, the call's operator."""
    call: str


class Mute(Args, frozen=True, kw_only=True):
    """`call.mute`, the call's operator: nobody hears him while it is on."""
    call: str
    on: bool


class Keypad(Args, frozen=True, kw_only=True):
    """`call.keypad`, the call's operator: tones to the other party. They are kept nowhere."""
    call: str
    digits: Digits


class Transfer(Args, frozen=True, kw_only=True):
    """`call.transfer`, the call's operator, supervisors: blind, to exactly one of them."""
    call: str
    operator: str | None = None
    queue: str | None = None
    number: str | None = None


class Consult(Args, frozen=True, kw_only=True):
    """`call.consult`, the call's operator: the other party hears music while exactly one of them
    is called. Then `call.swap`, `call.complete`, `call.cancel`, `call.conference`."""
    call: str
    operator: str | None = None
    queue: str | None = None
    number: str | None = None


class Swap(Args, frozen=True, kw_only=True):
    """`call.swap`, the call's operator while he consults: talk with the one who hears music."""
    call: str


class Complete(Args, frozen=True, kw_only=True):
    """`call.complete`, the call's operator while he consults: the two others talk, he is out.
    While the one consulted still rings, the other party waits for him."""
    call: str


class Cancel(Args, frozen=True, kw_only=True):
    """`call.cancel`, the call's operator while he consults: back to the other party alone."""
    call: str


class Conference(Args, frozen=True, kw_only=True):
    """`call.conference`, the call's operator while he consults: all three hear each other."""
    call: str


class Drop(Args, frozen=True, kw_only=True):
    """`call.drop`, the call's operator in a conference: one of the others is taken out."""
    call: str
    party: Literal["client", "third"]


class Leave(Args, frozen=True, kw_only=True):
    """`call.leave`, the call's operator in a conference: the two others talk on."""
    call: str


class Park(Args, frozen=True, kw_only=True):
    """`call.park`, the call's operator: the other party hears music, and any operator of the
    call's queue may take it back. Too long parked, it rings at who parked it."""
    call: str


class TakeBack(Args, frozen=True, kw_only=True):
    """`call.take_back`, operators of the call's queue and who parked it: it comes to one's own
    phone."""
    call: str


class PickUp(Args, frozen=True, kw_only=True):
    """`call.pick_up`, operators of the call's queue: a call that waits, or rings at a colleague,
    comes to one's own phone."""
    call: str


class Redirect(Args, frozen=True, kw_only=True):
    """`call.redirect`, supervisors: a call that waits goes to exactly one of them."""
    call: str
    operator: str | None = None
    queue: str | None = None
    number: str | None = None


class ToMenu(Args, frozen=True, kw_only=True):
    """`call.to_menu`, the call's operator: the other party goes through that menu and comes back
    to the same operator. Problem `no_menu`."""
    call: str
    menu: str


class SwitchRecording(Args, frozen=True, kw_only=True):
    """`call.record`, the call's operator, supervisors."""
    call: str
    on: bool


class PauseRecording(Args, frozen=True, kw_only=True):
    """`call.pause_recording`, the call's operator, supervisors; it resumes by itself."""
    call: str


class ResumeRecording(Args, frozen=True, kw_only=True):
    """`call.resume_recording`, the call's operator, supervisors."""
    call: str


class Listen(Args, frozen=True, kw_only=True):
    """`call.listen`, supervisors of the operator's team: hear both, unheard."""
    call: str


class Whisper(Args, frozen=True, kw_only=True):
    """`call.whisper`, supervisors of the operator's team: only the operator hears one."""
    call: str


class Barge(Args, frozen=True, kw_only=True):
    """`call.barge`, supervisors of the operator's team: both hear one."""
    call: str


class TakeOver(Args, frozen=True, kw_only=True):
    """`call.take_over`, supervisors of the operator's team: the call becomes one's own."""
    call: str


class StopListening(Args, frozen=True, kw_only=True):
    """`call.stop_listening`, the supervisor who listens, whispers or barges."""
    call: str


ACTIONS: dict[str, type[Args]] = {
    "call.answer": Answer,
    "call.hold": Hold,
    "call.resume": Resume,
    "call.mute": Mute,
    "call.keypad": Keypad,
    "call.transfer": Transfer,
    "call.consult": Consult,
    "call.swap": Swap,
    "call.complete": Complete,
    "call.cancel": Cancel,
    "call.conference": Conference,
    "call.drop": Drop,
    "call.leave": Leave,
    "call.park": Park,
    "call.take_back": TakeBack,
    "call.pick_up": PickUp,
    "call.redirect": Redirect,
    "call.to_menu": ToMenu,
    "call.record": SwitchRecording,
    "call.pause_recording": PauseRecording,
    "call.resume_recording": ResumeRecording,
    "call.listen": Listen,
    "call.whisper": Whisper,
    "call.barge": Barge,
    "call.take_over": TakeOver,
    "call.stop_listening": StopListening,
}
