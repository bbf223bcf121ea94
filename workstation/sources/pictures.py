"""What is known from a source about a client, as a picture for the screens ○."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from crm_store.sources.answers import Answer
from crm_store.sources.values import (
    AccountSaid,
    InvoiceSaid,
    NothingKnown,
    PaymentSaid,
    SourcePlan,
    SourceTrouble,
)
from workstation.protocol import FigureView, SourceView
from workstation.sources.line import Breaker
from workstation.views import day_or_none, moment_or_none

State = Literal["asking", "fresh", "old", "failed", "unknown", "nothing"]
FIGURES_SHOWN = 5           # of each kind on a screen


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What one source said of one client. `keys`: what it is asked by; `left_out` more were not.

    `unknown` are keys that it has nothing about; `trouble` is why the last question failed.
    """
    client_id: int
    keys: tuple[str, ...]
    answers: Mapping[str, Answer] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()
    trouble: SourceTrouble | None = None
    trouble_at: datetime | None = None
    is_asking: bool = False
    left_out: int = 0

    def due(self, now: datetime, cache_s: float) -> list[str]:
        """The keys whose answers are missing or too old."""
        oldest = now - timedelta(seconds=cache_s)
        return [key for key in self.keys
                if key not in self.answers or self.answers[key].said_at <= oldest]

    @property
    def as_of(self) -> datetime | None:
        """When all that is shown was said; the oldest counts."""
        return min((answer.said_at for answer in self.answers.values()), default=None)


def picture(plan: SourcePlan, known: Known, breaker: Breaker, now: datetime, *, masked: bool,
            figures: int = FIGURES_SHOWN) -> SourceView:
    said = [known.answers[key].said for key in known.keys if key in known.answers]
    accounts = [row for one in said for row in one.accounts]
    shown = [*map(_account, accounts[:figures]),
             *map(_invoice, _newest([row for one in said for row in one.invoices])[:figures]),
             *map(_payment, _latest([row for one in said for row in one.payments])[:figures])]
    whole = len(accounts) + sum(len(one.invoices) + len(one.payments) for one in said)
    balance, debt, since, currency = _totals(accounts, plan.currency)
    trouble = known.trouble if not isinstance(known.trouble, NothingKnown) else None
    return SourceView(
        id=f"{plan.id}:{known.client_id}", source=plan.id, name=plan.name,
        client_id=known.client_id, state=_state(plan, known, now),
        as_of=moment_or_none(known.as_of),
        failing_since=moment_or_none((breaker.failing_since or known.trouble_at)
                                     if trouble else None),
        again_at=moment_or_none(breaker.again_at if trouble else None),
        reason=trouble.reason if trouble else "", why=str(trouble) if trouble else "",
        masked=masked, balance_minor=0 if masked else balance, debt_minor=0 if masked else debt,
        debt_since=None if masked else since, currency=currency,
        figures=[_masked(row) for row in shown] if masked else shown,
        left_out=known.left_out + sum(one.left_out for one in said) + whole - len(shown))


def _state(plan: SourcePlan, known: Known, now: datetime) -> State:
    if not known.keys:
        return "nothing"
    if known.is_asking:
        return "old" if known.answers else "asking"
    if known.trouble is not None and not isinstance(known.trouble, NothingKnown):
        return "failed"
    if not known.answers:
        return "unknown"
    return "fresh" if set(known.due(now, plan.cache_s)) <= known.unknown else "old"


def _totals(accounts: list[AccountSaid], currency: str) -> tuple[int, int, str | None, str]:
    """(balance, debt, since, currency); other currencies than the largest debt's stay out."""
    if not accounts:
        return 0, 0, None, currency
    own = max(accounts, key=lambda row: row.debt_minor).currency
    same = [row for row in accounts if row.currency == own]
    since = min((row.debt_since for row in same if row.debt_since), default=None)
    return (sum(row.balance_minor for row in same), sum(row.debt_minor for row in same),
            day_or_none(since), own)


def _newest(rows: list[InvoiceSaid]) -> list[InvoiceSaid]:
    return sorted(rows, key=lambda row: row.issued_on, reverse=True)


def _latest(rows: list[PaymentSaid]) -> list[PaymentSaid]:
    return sorted(rows, key=lambda row: row.paid_on, reverse=True)


def _account(row: AccountSaid) -> FigureView:
    return FigureView(kind="account", account=row.number, number="", due_on=None,
                      on=day_or_none(row.debt_since), amount_minor=row.balance_minor,
                      debt_minor=row.debt_minor, currency=row.currency, says="")


def _invoice(row: InvoiceSaid) -> FigureView:
    return FigureView(kind="invoice", account=row.account, number=row.number,
                      on=day_or_none(row.issued_on), due_on=day_or_none(row.due_on),
                      amount_minor=row.amount_minor, debt_minor=0, currency=row.currency, says="")


def _payment(row: PaymentSaid) -> FigureView:
    return FigureView(kind="payment", account=row.account, number="",
                      on=day_or_none(row.paid_on), due_on=None, amount_minor=row.amount_minor,
                      debt_minor=0, currency=row.currency, says=row.method)


def _masked(row: FigureView) -> FigureView:
    return FigureView(kind=row.kind, account=row.account, number=row.number, on=None, due_on=None,
                      amount_minor=0, debt_minor=0, currency=row.currency, says="")
