"""A campaign is made, and its list: by conditions over the client base, from a file, by hand."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from workstation.protocol.args import Args, RowId
from workstation.protocol.view import View

Reason = Annotated[str, Meta(min_length=3, max_length=300)]


class ConditionShape(View, frozen=True, kw_only=True):
    """One condition: all hold together. `field`: debt (minor units) debt_age last_contact
    last_payment last_attempt (days) city lives_in street meter account promise phone kind name
    language time_zone source flag tag, or custom.KEY."""
    field: Annotated[str, Meta(max_length=60)]
    op: Literal["at_least", "at_most", "is", "is_not", "contains", "known", "unknown"]
    value: str | int | float | None = None


class MakeCampaign(Args, frozen=True, kw_only=True):
    """`campaign.make`, supervisors: a draft with an empty list; result {campaign}. Without `law`
    the strict rules; `menu` only of messages."""
    name: Annotated[str, Meta(min_length=1, max_length=120)]
    queue: str
    pacing: Literal["preview", "progressive", "predictive", "message"] = "progressive"
    law: list[str] = msgspec.field(default_factory=list)
    retries: Literal["calm", "quick"] = "calm"
    ring_s: Annotated[int, Meta(ge=10, le=90)] = 30
    caller_id: str = ""
    menu: str = ""


class CountList(Args, frozen=True, kw_only=True):
    """`campaign.count`, supervisors: how many the conditions mean; result {count}, null where the
    base is too big to count them in time. Problem `condition_invalid`."""
    conditions: Annotated[list[ConditionShape], Meta(max_length=20)]


class FillList(Args, frozen=True, kw_only=True):
    """`campaign.fill`, supervisors: they come onto the draft's list; result {added}."""
    campaign: int
    conditions: Annotated[list[ConditionShape], Meta(max_length=20)]


class AddToList(Args, frozen=True, kw_only=True):
    """`campaign.add`, supervisors: one client more, also after the start; result {entry}."""
    campaign: int
    client_id: RowId
    reason: Reason


class RemoveFromList(Args, frozen=True, kw_only=True):
    """`campaign.remove`, supervisors: he is withdrawn, his entry stays; result {}."""
    entry: int
    reason: Reason


class ImportList(Args, frozen=True, kw_only=True):
    """`campaign.import`, supervisors: a CSV file's text onto a draft; result {listed, joined,
    clients_made, problems: [{line, reason}]}. Every row that was left out is named."""
    campaign: int
    text: Annotated[str, Meta(max_length=4_000_000)]
    unknown: Literal["create", "refuse"] = "refuse"


ACTIONS: dict[str, type[Args]] = {
    "campaign.make": MakeCampaign, "campaign.count": CountList, "campaign.fill": FillList,
    "campaign.add": AddToList, "campaign.remove": RemoveFromList, "campaign.import": ImportList}
