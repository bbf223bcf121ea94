"""What the dialler learns for predictive campaigns, from attempts and operators as they change.

Once a second it compares the open attempts with those of the second before: who was answered,
who was not, who talked for how long. A dialler that starts begins with the last attempts stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from campaigns.capacity import FloorView, OpenLine, connected_attempts
from campaigns.look_ahead import Ages
from campaigns.pacing import Line, Pacing
from campaigns.predicting import Day, Dose, Predictor
from crm_store import claims
from crm_store.base import Tx
from crm_store.campaigns import CampaignRow
from crm_store.claims import AttemptRow
from cti.operators import Operator

LEARNED_FROM = 400          # stored attempts that a dialler begins with
DEFAULT_CAP = 0.02          # LAW.md's DEFAULT-strict, where no rule names one


@dataclass(slots=True)
class Watch:
    """One dialler's memory of what went by: lost with the process, learned again from the rows."""

    _predictors: dict[int, Predictor] = field(default_factory=dict)
    _open: dict[int, AttemptRow] = field(default_factory=dict)
    _wrapping: dict[str, datetime] = field(default_factory=dict)
    _caps: dict[int, float] = field(default_factory=dict)

    async def look(self, tx: Tx, campaigns: Sequence[CampaignRow], floor: FloorView,
                   open_attempts: Sequence[AttemptRow], now: datetime) -> None:
        predictive = {item.id for item in campaigns if item.pacing == Pacing.PREDICTIVE}
        for gone in self._predictors.keys() - predictive:
            del self._predictors[gone]
        for campaign_id in predictive - self._predictors.keys():
            self._predictors[campaign_id] = beginner = Predictor()
            for attempt in await claims.latest_ended(tx, campaign_id, limit=LEARNED_FROM):
                self._learn(beginner, None, attempt, self._cap(campaign_id))
        await self._compare(tx, open_attempts)
        self._watch_wrap_ups(floor.operators, now)

    async def _compare(self, tx: Tx, open_attempts: Sequence[AttemptRow]) -> None:
        before = self._open
        self._open = {item.id: item for item in open_attempts
                      if item.campaign_id in self._predictors}
        for attempt_id, old in before.items():
            predictor = self._predictors.get(old.campaign_id)
            new = self._open.get(attempt_id)
            if predictor is None or (new is not None and new.state == old.state):
                continue
            current = new or await claims.get(tx, attempt_id)
            self._learn(predictor, old, current, self._cap(old.campaign_id))

    def _cap(self, campaign_id: int) -> float:
        return self._caps.get(campaign_id, DEFAULT_CAP)

    @staticmethod
    def _learn(predictor: Predictor, old: AttemptRow | None, new: AttemptRow,
               cap: float) -> None:
        """What is new since `old`; all of it, when the attempt was not seen before."""
        if new.dialling_at is None:
            return
        if new.answered_at is not None and (old is None or old.answered_at is None):
            predictor.answered((new.answered_at - new.dialling_at).total_seconds())
        if new.talking_at is not None and (old is None or old.talking_at is None):
            predictor.met(cap=cap)
        if new.state != "settled" or new.ended_at is None:
            return
        if new.answered_at is None:
            predictor.missed((new.ended_at - new.dialling_at).total_seconds())
        elif new.talking_at is not None:
            predictor.talked((new.ended_at - new.talking_at).total_seconds())
        elif new.miss == "dropped":
            predictor.dropped()

    def _watch_wrap_ups(self, operators: Mapping[str, Operator], now: datetime) -> None:
        wrapping = {one.id: one.since for one in operators.values() if one.state == "wrap_up"}
        for operator, since in self._wrapping.items():
            after = operators.get(operator)
            if operator in wrapping or after is None or after.state == "offline":
                continue
            for predictor in self._predictors.values():
                predictor.wrapped_up((min(now, after.since) - since).total_seconds())
        self._wrapping = wrapping

    def dose(self, campaign: CampaignRow, line: Line, floor: FloorView,
             lines: Sequence[OpenLine], now: datetime) -> Dose | None:
        """None: the campaign is not predictive."""
        predictor = self._predictors.get(campaign.id)
        if predictor is None or campaign.pacing != Pacing.PREDICTIVE:
            return None
        cap = line.drop_ceiling if line.drop_ceiling is not None else DEFAULT_CAP
        self._caps[campaign.id] = cap
        return predictor.dose(
            ages_of(campaign.queue, line, floor, lines, now),
            Day(line.answered, line.dropped, cap), at_s=now.timestamp(),
            at_most=max(0, line.lines_free))

    def answer_rate(self, campaign_id: int) -> float | None:
        predictor = self._predictors.get(campaign_id)
        return None if predictor is None else predictor.answer_rate


def ages_of(queue: str, line: Line, floor: FloorView, lines: Sequence[OpenLine],
            now: datetime) -> Ages:
    """Of the operators who serve a queue, and of every dial that may need one of them."""
    serving = [one for one in floor.operators.values()
               if one.registered and queue in one.queues]
    served = frozenset({queue}).union(*(one.queues for one in serving))
    connected = connected_attempts(floor)
    wanting = [item for item in lines if item.may_need_operator and item.queue in served
               and item.attempt not in connected]
    return Ages(
        line.operators_ready,
        [_age(item.since, now) for item in wanting if not item.is_answered],
        line.callers_waiting + sum(item.is_answered for item in wanting),
        [_age(one.since, now) if one.state == "talking" else 0.0 for one in serving
         if one.state in ("talking", "offered")],
        [_age(one.since, now) for one in serving if one.state == "wrap_up"])


def _age(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())
