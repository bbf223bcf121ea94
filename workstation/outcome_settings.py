"""Settings of what a contact ends with: outcomes of two levels, wrap-up's limits, identity."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
Asks = Literal["", "call_back", "task", "request"]
QuestionKind = Literal["account", "address", "meter", "reading", "payment", "email", "phone",
                       "custom"]


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DispositionChoice(Part):
    """One outcome an operator can choose.

    `group`: the first level, which a key 1-9 opens; outcomes without one are chosen by their own
    key. `note_min`: letters its note must have (`needs_note`: one). `asks`: what must be done
    with it. `needs_identity`: it says that the person himself was reached.
    """
    id: Slug
    name: str
    needs_note: bool = False
    group: Annotated[str, Field(max_length=60)] = ""
    note_min: Annotated[int, Field(ge=0, le=2_000)] = 0
    asks: Asks = ""
    needs_identity: bool = False


class WrapUpLimits(Part):
    """`extension_s` more each time, `extensions` times at most. `not_reached`: the outcomes of
    an outbound call that nobody answered. `outcomes`: those of a campaign, by its name, instead
    of its queue's."""
    extension_s: Annotated[int, Field(ge=10, le=600)] = 60
    extensions: Annotated[int, Field(ge=0, le=20)] = 3
    not_reached: tuple[Slug, ...] = ("no_answer", "busy", "wrong_number", "call_back", "other")
    outcomes: dict[str, tuple[Slug, ...]] = {}


class Identity(Part):
    """`needed` questions of those that can be drawn from the client's data (`ask`, in this
    order; `custom`: keys of fields of ours) are to be ticked. A tick counts `counts_min` minutes
    for calls on the same number too; 0: in its own contact only."""
    needed: Annotated[int, Field(ge=1, le=5)] = 2
    shown: Annotated[int, Field(ge=1, le=9)] = 4
    ask: tuple[QuestionKind, ...] = ("account", "address", "payment", "meter", "email", "custom",
                                     "phone", "reading")
    custom: tuple[Slug, ...] = ()
    counts_min: Annotated[int, Field(ge=0, le=7 * 24 * 60)] = 30


DISPOSITIONS = (
    DispositionChoice(id="resolved", name="Resolved", group="Settled"),
    DispositionChoice(id="explained", name="Bill explained", group="Settled"),
    DispositionChoice(id="reading_taken", name="Reading taken", group="Settled"),
    DispositionChoice(id="request", name="Request filed", group="To be done", asks="request"),
    DispositionChoice(id="call_back", name="Call back", group="To be done", asks="call_back"),
    DispositionChoice(id="to_colleague", name="A colleague must act", group="To be done",
                      asks="task"),
    DispositionChoice(id="wrong_number", name="Wrong number", group="Not our client"),
    DispositionChoice(id="misdialled", name="Silence or hang-up", group="Not our client"),
    DispositionChoice(id="other", name="Other", needs_note=True, note_min=5),
    DispositionChoice(id="promised", name="Promised to pay", group="Will pay"),
    DispositionChoice(id="paid", name="Says it is paid", group="Will pay"),
    DispositionChoice(id="refused", name="Refused", group="Will not pay"),
    DispositionChoice(id="disputed", name="Disputed", group="Will not pay"),
    DispositionChoice(id="reached_in_person", name="Informed in person", needs_identity=True),
    DispositionChoice(id="reached_another", name="Another person answered",
                      group="Not reached in person"),
    DispositionChoice(id="call_later", name="Asked to call later",
                      group="Not reached in person", asks="call_back"),
    DispositionChoice(id="no_answer", name="No answer", group="Not reached"),
    DispositionChoice(id="busy", name="Busy", group="Not reached"),
    DispositionChoice(id="outage_told", name="Known outage explained", group="Settled"),
    DispositionChoice(id="outage_new", name="New outage taken down", group="To be done",
                      note_min=10),
)
BILLING = ("resolved", "explained", "reading_taken", "request", "call_back", "to_colleague",
           "wrong_number", "misdialled", "other")
OUTAGES = ("resolved", "outage_told", "outage_new", "call_back", "to_colleague", "wrong_number",
           "misdialled", "other")
COLLECTION = ("promised", "paid", "reached_in_person", "refused", "disputed", "reached_another",
              "call_later", "wrong_number")
