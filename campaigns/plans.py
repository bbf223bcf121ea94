"""Retry plans ○ as the store keeps them: JSON in, RetryPlan out, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeAlias

from campaigns.retries import CALM, QUICK, Miss, RetryPlan

JSON: TypeAlias = "str | int | float | bool | list[JSON] | dict[str, JSON] | None"
NAMED: Mapping[str, RetryPlan] = {"calm": CALM, "quick": QUICK}


class PlanError(Exception):
    """A retry plan cannot be read; the campaign is not dialled."""


def to_json(plan: RetryPlan) -> dict[str, JSON]:
    delays: dict[str, JSON] = {miss.value: list(seconds)
                               for miss, seconds in plan.delays_s.items()}
    return {"delays_s": delays, "max_attempts": plan.max_attempts,
            "call_later_s": plan.call_later_s, "another_s": plan.another_s}


def from_json(data: Mapping[str, JSON]) -> RetryPlan:
    """Raises PlanError."""
    try:
        delays = data["delays_s"]
        if not isinstance(delays, dict):
            raise PlanError("delays_s is no table")
        another = data["another_s"]
        return RetryPlan(
            {Miss(miss): _seconds(value) for miss, value in delays.items()},
            max_attempts=_whole(data["max_attempts"]), call_later_s=_whole(data["call_later_s"]),
            another_s=None if another is None else _whole(another))
    except (KeyError, TypeError, ValueError) as exc:
        raise PlanError(f"the retry plan cannot be read: {exc}") from exc


def _seconds(value: JSON) -> tuple[int, ...]:
    if not isinstance(value, list):
        raise PlanError(f"{value!r} are no delays")
    return tuple(_whole(item) for item in value)


def _whole(value: JSON) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise PlanError(f"{value!r} is no number of seconds or attempts")
    return value


def with_attempts(plan: RetryPlan, max_attempts: int) -> RetryPlan:
    return replace(plan, max_attempts=max_attempts)
