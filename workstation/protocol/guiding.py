"""Scripts and proposals: what guides an operator through a conversation."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from workstation.protocol.args import Args, RowId
from workstation.protocol.views import View

ShortText = Annotated[str, msgspec.Meta(max_length=64)]


class ScriptStepView(View, frozen=True, kw_only=True):
    """`text` has the client's fields merged in, as far as this person may see them."""
    id: str
    text: str
    ask: Literal["", "yes_no", "choice", "text", "number", "date", "sum"]
    label: str
    choices: list[list[str]]        # [value, label]
    required: bool
    answer: str | None              # None: not answered yet
    said: str                       # the answer in words
    by: str                         # operator id
    at: str | None


class ScriptView(View, frozen=True, kw_only=True):
    """`steps`: those on the way so far; the last one waits for its answer unless `done`."""
    id: str
    title: str
    steps: list[ScriptStepView]
    done: bool


class ScriptChoice(View, frozen=True, kw_only=True):
    id: str
    title: str


class GivenView(View, frozen=True, kw_only=True):
    """What was answered in a contact."""
    script: str             # title
    question: str
    answer: str
    by: str
    at: str


class ShowScript(Args, frozen=True, kw_only=True):
    """`script.show`, its operator: result {"script": ScriptView | None, "others":
    [ScriptChoice]}. Asked again when the conversation's `guided_at`, client or identity change."""
    conversation: int


class ChooseScript(Args, frozen=True, kw_only=True):
    """`script.choose`, its operator: another script for this contact. Result as script.show."""
    conversation: int
    script: ShortText


class AnswerScript(Args, frozen=True, kw_only=True):
    """`script.answer`, its operator: stored with the contact. Result as script.show.

    Problems `answer_invalid` (facts {"code"}: missing, no_choice, no_number, no_date, too_long)
    and `not_on_the_way`: this step is not reached."""
    conversation: int
    script: ShortText
    step: ShortText
    answer: str


class ListAnswers(Args, frozen=True, kw_only=True):
    """`script.answers`, who may see the contact's client: result {"answers": [GivenView]}."""
    interaction: RowId


class ProposalView(View, frozen=True, kw_only=True):
    """`say` is for the client, `why` for the operator; a hint is only for the operator."""
    id: str
    kind: Literal["offer", "hint"]
    title: str
    say: str
    why: str


class ProposedView(View, frozen=True, kw_only=True):
    """What he said to an earlier one; `until`: not again before, None: never."""
    id: str
    title: str
    answer: Literal["accepted", "refused", "later"]
    until: str | None
    by: str
    at: str


class ListProposals(Args, frozen=True, kw_only=True):
    """`proposal.list`, operators: result {"proposals": [ProposalView], "answered":
    [ProposedView]}, the best first."""
    client_id: RowId
    conversation: int | None = None


class AnswerProposal(Args, frozen=True, kw_only=True):
    """`proposal.answer`, operators: result as proposal.list. `later` may name the day.

    Problem `not_proposed` when it does not stand for this client now."""
    client_id: RowId
    proposal: ShortText
    answer: Literal["accepted", "refused", "later"]
    conversation: int | None = None
    until_on: str | None = None     # YYYY-MM-DD


ACTIONS: dict[str, type[Args]] = {
    "script.show": ShowScript,
    "script.choose": ChooseScript,
    "script.answer": AnswerScript,
    "script.answers": ListAnswers,
    "proposal.list": ListProposals,
    "proposal.answer": AnswerProposal,
}
