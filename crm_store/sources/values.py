"""What a source is, what it said, and why it did not ○."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal, Protocol, TypeAlias

JSON: TypeAlias = "str | int | float | bool | list[JSON] | dict[str, JSON] | None"
PartName = Literal["account", "invoice", "payment"]
KeyKind = Literal["account", "client", "phone"]
Document: TypeAlias = Any               # an answer as it came, not to be trusted


class SourceTrouble(Exception):
    """Why there are no figures. `reason` is a code, the text is for people."""

    def __init__(self, reason: str, detail: str) -> None:
        self.reason = reason
        super().__init__(detail)


class NoAnswer(SourceTrouble):
    """Nothing came: silent, unreachable, broken, or it did not let us in."""


class Refused(SourceTrouble):
    """Something came that is not what the settings promise; nothing of it is used."""


class NothingKnown(SourceTrouble):
    """The source answers, and has nothing about this client."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartPlan:
    """Where one kind of figure stands. `rows`: HTTP the path of the list, SQL the statement.

    `fields`: our name → path in a row (HTTP), column (SQL). `url`: HTTP, where it is not the
    source's own.
    """
    rows: str
    fields: Mapping[str, str]
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePlan:
    """One source of the settings; durations in seconds."""
    id: str
    name: str
    kind: Literal["http", "sql"]
    url: str
    key: KeyKind
    parts: Mapping[PartName, PartPlan]
    money: Literal["minor", "decimal"] = "minor"
    currency: str = "RUB"               # of sums that do not name one
    currencies: frozenset[str] = frozenset({"RUB"})     # others are refused
    limit_s: float = 2.0
    cache_s: float = 300.0
    concurrency: int = 4
    failures: int = 3                   # one after the other, then it is left alone
    pause_s: float = 30.0
    longest_answer: int = 1_000_000     # bytes
    most_rows: int = 200                # of each kind


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSaid:
    """`balance_minor` below zero: the client owes. Debt is above zero."""
    number: str
    balance_minor: int
    currency: str
    debt_minor: int
    debt_since: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceSaid:
    account: str
    number: str
    amount_minor: int
    currency: str
    issued_on: date
    due_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentSaid:
    account: str
    amount_minor: int
    currency: str
    paid_on: date
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One answer, read. Invoices and payments newest first; `left_out` rows were too many."""
    accounts: tuple[AccountSaid, ...] = ()
    invoices: tuple[InvoiceSaid, ...] = ()
    payments: tuple[PaymentSaid, ...] = ()
    left_out: int = field(default=0)

    def facts(self) -> dict[str, JSON]:
        """JSON-ready; `Said.of` reads it."""
        return {
            "accounts": [_plain(asdict(row)) for row in self.accounts],
            "invoices": [_plain(asdict(row)) for row in self.invoices],
            "payments": [_plain(asdict(row)) for row in self.payments],
            "left_out": self.left_out,
        }

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> Said:
        return cls(
            accounts=tuple(AccountSaid(**(row | {"debt_since": _day(row["debt_since"])}))
                           for row in facts["accounts"]),
            invoices=tuple(InvoiceSaid(**(row | {
                "issued_on": date.fromisoformat(row["issued_on"]),
                "due_on": _day(row["due_on"])})) for row in facts["invoices"]),
            payments=tuple(PaymentSaid(**(row | {"paid_on": date.fromisoformat(row["paid_on"])}))
                           for row in facts["payments"]),
            left_out=facts["left_out"])


class Asks(Protocol):
    """A connection to one source: over HTTP, or by SQL."""

    async def ask(self, key: str) -> Mapping[PartName, Sequence[Found]]:
        """The rows of each part, not yet read. Raises NoAnswer, Refused, NothingKnown."""

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Found:
    """A row of an answer and what encloses it, the nearest last."""
    row: Mapping[str, Any]
    within: tuple[Mapping[str, Any], ...] = ()


def _plain(row: Mapping[str, Any]) -> dict[str, JSON]:
    return {name: value.isoformat() if isinstance(value, date) else value
            for name, value in row.items()}


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
