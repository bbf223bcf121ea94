"""What an operator types, ticks and chooses in a conversation, and what ends it."""

from __future__ import annotations

from typing import Literal

import msgspec

from workstation.protocol.args import Args
from workstation.protocol.view import View

FollowKind = Literal["", "call_back", "task", "request"]


class FormFieldView(View, frozen=True, kw_only=True):
    name: str
    label: str
    kind: Literal["text", "number", "date", "choice", "account", "meter"]
    required: bool
    choices: list[list[str]]        # [value, label]
    value: str                      # filled from the client


class FormView(View, frozen=True, kw_only=True):
    type: str               # request type id
    title: str
    fields: list[FormFieldView]
    stages: list[list[str]] = msgspec.field(default_factory=list)   # [id, title, step's label]


class DispositionView(View, frozen=True, kw_only=True):
    """An outcome. `group`: the first level, "" where the list has only one; the groups stand in
    the order of their first outcome.

    `note_min`: letters the note must have · `asks`: what must be done with it · `needs_identity`:
    it says that the person himself was reached.
    """
    id: str
    name: str
    needs_note: bool
    group: str = ""
    note_min: int = 0
    asks: FollowKind = ""
    needs_identity: bool = False


class DraftView(View, frozen=True, kw_only=True):
    """What is typed and not yet finished; `version` rises with every save.

    `follow`: what shall be done afterwards: kind (call_back or task), due_at, title, group.
    """
    version: int
    note: str
    disposition: str | None
    form_type: str | None
    form: dict[str, str]
    saved_at: str | None
    follow: dict[str, str] = msgspec.field(default_factory=dict)


class HandedView(View, frozen=True, kw_only=True):
    """What the colleague typed who had this call before, as it stands now."""
    operator: str
    name: str
    note: str
    disposition: str | None
    form_type: str | None
    form: dict[str, str]
    at: str


class QuestionView(View, frozen=True, kw_only=True):
    """Something only this client should know; `answer` is what our data say.

    `kind`: account address meter reading payment email phone custom · `about`: which one is meant
    (a meter's number, a field's name).
    """
    id: str
    kind: str
    about: str
    answer: str


class ConfirmedView(View, frozen=True, kw_only=True):
    """Who ticked the identity, when; `here`: in this contact, else in an earlier one of the same
    number that still counts."""
    by: str
    name: str
    at: str
    here: bool


class ConfirmIdentity(Args, frozen=True, kw_only=True):
    """`conversation.identity`, its operator: result {}. `answered`: ids of the questions ticked.

    Problem `identity_questions` when they are too few: facts {"needed", "ticked"}. Whoever
    oversees needs none.
    """
    conversation: int
    confirmed: bool
    answered: list[str] = msgspec.field(default_factory=list)


class SaveDraft(Args, frozen=True, kw_only=True):
    """`draft.save`, its operator: result {"version": int, "draft": DraftView | None}. Whole draft.

    `base` is the version typed upon. What another screen of the same operator saved meanwhile is
    joined with it, letter by letter; `draft` is then what came of both.
    """
    conversation: int
    base: int
    note: str
    disposition: str | None
    form_type: str | None
    form: dict[str, str]
    follow: dict[str, str] = msgspec.field(default_factory=dict)


class FormToFile(Args, frozen=True, kw_only=True):
    """The request form as it stands."""
    type: str
    fields: dict[str, str]


class Finish(Args, frozen=True, kw_only=True):
    """`conversation.finish`, its operator: outcome and note become facts, `follow` (as in the
    draft) becomes a task, `request` is filed. Result {"task": id | None, "request": id | None}.

    Problems `outcome_missing`, `note_missing` (facts {"needed", "letters"}), `identity_missing`,
    `call_back_missing`, `task_missing`, `request_missing` say what the outcome demands; the
    draft stays. `then`: the state wanted afterwards.
    """
    conversation: int
    disposition: str
    note: str
    then: Literal["ready", "paused"] = "ready"
    follow: dict[str, str] = msgspec.field(default_factory=dict)
    request: FormToFile | None = None


class ExtendWrapUp(Args, frozen=True, kw_only=True):
    """`conversation.extend`, its operator: more time. Result {"until": moment, "left": int}.

    Problem `no_more_time` when it was prolonged as often as the queue allows.
    """
    conversation: int
