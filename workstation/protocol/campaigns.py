"""What a supervisor asks of a campaign besides start, pause and stop."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from workstation.protocol.args import Args


class Pace(Args, frozen=True, kw_only=True):
    """`campaign.pace`, supervisors: result {}. Without `lines` they stay as they are."""
    campaign: int
    pacing: Literal["preview", "progressive", "predictive", "message"]
    lines: Annotated[int, Meta(ge=1, le=10_000)] | None = None


class Again(Args, frozen=True, kw_only=True):
    """`campaign.again`, supervisors: a draft with only the unreached; result {campaign}."""
    campaign: int
    name: Annotated[str, Meta(min_length=1, max_length=120)]


class Outlook(Args, frozen=True, kw_only=True):
    """`campaign.forecast`, supervisors: an hour rehearsed, the days filled with it; result
    {entries, impossible, because, dials_per_hour, drop_share, talk_min_per_hour, days, tried_on,
    ends_on}. `campaign.progress` takes CampaignArgs: {pacing, lines_max, tried, size,
    answered_today, dropped_today, cap, ends_at, facts, points}."""
    campaign: int
    operators: Annotated[int, Meta(ge=1, le=2_000)] = 10
    lines: Annotated[int, Meta(ge=1, le=10_000)] | None = None
