"""What came of a campaign, and the calls behind each figure."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from workstation.protocol.args import Args


class ShowResults(Args, frozen=True, kw_only=True):
    """`campaign.results`, supervisors: result {rows, total, broken}; a row is {key, dials,
    answered, talked, reached, promised, kept, broken, paid, promised_minor, talk_s, cost_minor,
    per_promise_minor, per_paid_minor}. `broken`: promises of its people that were not kept,
    newest first. Prices in minor units."""
    campaign: int
    by: Literal["outcome", "number", "hour", "operator", "attempt", "segment"] = "outcome"
    line_minute: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    operator_hour: Annotated[int, Meta(ge=0, le=10_000_000)] = 0


class OpenResult(Args, frozen=True, kw_only=True):
    """`campaign.calls`, supervisors: the dials that a figure counts; result {calls: [{client_id,
    name, number, at, outcome, operator, talk_s, attempt}], count}, the newest 200. Without `key`
    those of the whole campaign."""
    campaign: int
    figure: Literal["dials", "answered", "talked", "reached", "promised", "kept", "broken", "paid"]
    by: Literal["outcome", "number", "hour", "operator", "attempt", "segment"] = "outcome"
    key: str | None = None


ACTIONS: dict[str, type[Args]] = {"campaign.results": ShowResults, "campaign.calls": OpenResult}
