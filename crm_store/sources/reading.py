"""Rows from outside become figures, or are refused with a reason ○. Nothing is half believed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from crm_store.plain import plain
from crm_store.sources.values import (
    AccountSaid,
    Document,
    Found,
    InvoiceSaid,
    PartName,
    PaymentSaid,
    Refused,
    Said,
    SourcePlan,
)

EACH = "*"                      # in the path of a list: every element
ABOVE = "^"                     # before a field's path: of the object around the row
LARGEST_SUM = 10**15            # minor units
LONGEST_TEXT = 100
MOST_DIGITS = 24                # of a sum; exact in Decimal's own precision
YEARS = range(1900, 2201)
FIELDS: Mapping[PartName, tuple[frozenset[str], frozenset[str]]] = {    # needed, possible
    "account": (frozenset({"number"}),
                frozenset({"balance", "currency", "debt", "debt_since"})),
    "invoice": (frozenset({"number", "amount", "issued_on"}),
                frozenset({"account", "currency", "due_on"})),
    "payment": (frozenset({"amount", "paid_on"}), frozenset({"account", "currency", "method"})),
}
_MINOR_DIGITS = {"BHD": 3, "CLP": 0, "ISK": 0, "JOD": 3, "JPY": 0, "KRW": 0, "KWD": 3, "OMR": 3,
                 "TND": 3, "VND": 0}
_PATH = re.compile(r"([A-Za-z0-9_@$-]+|\*)(\.([A-Za-z0-9_@$-]+|\*)){0,9}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def is_path(text: str) -> bool:
    """Whether `rows_at` understands it."""
    return text == "" or _PATH.fullmatch(text) is not None


def rows_at(document: Document, path: str) -> list[Found]:
    """The objects that `path` leads to: `data.accounts.*.invoices`; "" is the document itself.

    Raises Refused: the path leads nowhere, or to something that is no object.
    """
    nodes: list[tuple[Any, tuple[Mapping[str, Any], ...]]] = [(document, ())]
    is_certain = True           # before the first `*` everything must be there
    for step in path.split(".") if path else ():
        if step == EACH:
            is_certain = False
            nodes = [(item, within) for node, within in nodes for item in _items(node, path)]
            continue
        nodes = list(_into(nodes, step, path, is_certain=is_certain))
    return [Found(_object(item, path), within)
            for node, within in nodes if node is not None
            for item in (node if isinstance(node, list) else [node])]


def _into(nodes: Sequence[tuple[Any, tuple[Mapping[str, Any], ...]]], step: str, path: str, *,
          is_certain: bool) -> Iterator[tuple[Any, tuple[Mapping[str, Any], ...]]]:
    for node, within in nodes:
        if not isinstance(node, dict):
            raise Refused("wrong_shape", f"{step!r} of {path!r} is not in an object")
        if step not in node:
            if is_certain:
                raise Refused("wrong_shape", f"there is no {step!r} of {path!r}")
            continue
        yield node[step], (*within, node)


def _items(node: Any, path: str) -> list[Any]:
    if node is None:
        return []
    if not isinstance(node, list):
        raise Refused("wrong_shape", f"{path!r}: '*' stands for the elements of a list")
    return node


def _object(item: Any, path: str) -> Mapping[str, Any]:
    if not isinstance(item, dict):
        raise Refused("wrong_shape", f"what {path or 'the answer'!r} leads to is no object")
    return item


def said(plan: SourcePlan, found: Mapping[PartName, Sequence[Found]], key: str) -> Said:
    """Every row read. `key` is what was asked for. Raises Refused."""
    rows = {name: list(found.get(name, ()))[:plan.most_rows] for name in FIELDS}
    left_out = sum(max(0, len(list(found.get(name, ()))) - plan.most_rows) for name in FIELDS)
    read = _Reader(plan, key)
    invoices = [read.invoice(row) for row in rows["invoice"]]
    payments = [read.payment(row) for row in rows["payment"]]
    return Said(
        accounts=tuple(read.account(row) for row in rows["account"]), left_out=left_out,
        invoices=tuple(sorted(invoices, key=lambda row: row.issued_on, reverse=True)),
        payments=tuple(sorted(payments, key=lambda row: row.paid_on, reverse=True)))


class _Reader:
    def __init__(self, plan: SourcePlan, key: str) -> None:
        self._plan = plan
        self._key = key

    def account(self, found: Found) -> AccountSaid:
        currency = self._currency("account", found)
        balance = self._sum("account", "balance", found, currency) or 0
        debt = self._sum("account", "debt", found, currency)
        debt = max(0, -balance) if debt is None else debt
        if debt < 0:
            raise Refused("wrong_sum", "a debt is below zero")
        return AccountSaid(
            number=self._text("account", "number", found), balance_minor=balance,
            currency=currency, debt_minor=debt,
            debt_since=self._day("account", "debt_since", found) if debt else None)

    def invoice(self, found: Found) -> InvoiceSaid:
        currency = self._currency("invoice", found)
        return InvoiceSaid(
            account=self._account("invoice", found),
            number=self._text("invoice", "number", found),
            amount_minor=_there(self._sum("invoice", "amount", found, currency), "amount"),
            currency=currency,
            issued_on=_there(self._day("invoice", "issued_on", found), "issued_on"),
            due_on=self._day("invoice", "due_on", found))

    def payment(self, found: Found) -> PaymentSaid:
        currency = self._currency("payment", found)
        return PaymentSaid(
            account=self._account("payment", found),
            amount_minor=_there(self._sum("payment", "amount", found, currency), "amount"),
            currency=currency, paid_on=_there(self._day("payment", "paid_on", found), "paid_on"),
            method=self._text("payment", "method", found, default=""))

    def _account(self, part: PartName, found: Found) -> str:
        asked = self._key if self._plan.key == "account" else ""
        return self._text(part, "account", found, default=asked)

    def _currency(self, part: PartName, found: Found) -> str:
        currency = self._text(part, "currency", found, default=self._plan.currency)
        if currency not in self._plan.currencies:
            raise Refused("wrong_currency", f"a sum in {currency[:8]!r}; expected "
                          f"{', '.join(sorted(self._plan.currencies))}")
        return currency

    def _value(self, part: PartName, name: str, found: Found) -> Any:
        path = self._plan.parts[part].fields.get(name)
        return None if path is None else value_at(found, path)

    def _text(self, part: PartName, name: str, found: Found, default: str | None = None) -> str:
        value = self._value(part, name, found)
        if value is None and default is not None:
            return default
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise Refused("wrong_type", f"{part}.{name} is {_kind(value)}, not a text")
        text = " ".join("".join(
            letter if letter.isprintable() else " " for letter in plain(str(value))).split())
        if not 1 <= len(text) <= LONGEST_TEXT:
            raise Refused("wrong_type", f"{part}.{name} has {len(text)} letters")
        return text

    def _day(self, part: PartName, name: str, found: Found) -> date | None:
        value = self._value(part, name, found)
        if value is None:
            return None
        day = _day(value)
        if day is None or day.year not in YEARS:
            raise Refused("wrong_type", f"{part}.{name} is {_kind(value)}, not a day")
        return day

    def _sum(self, part: PartName, name: str, found: Found, currency: str) -> int | None:
        value = self._value(part, name, found)
        if value is None:
            return None
        digits = _MINOR_DIGITS.get(currency, 2) if self._plan.money == "decimal" else 0
        minor = _minor(value, digits)
        if minor is None:
            raise Refused("wrong_sum", f"{part}.{name} is {_kind(value)}, not a sum"
                          f" in {'units of' if digits else 'minor units of'} {currency}")
        return minor


def value_at(found: Found, path: str) -> Any:
    """What stands in a row at `a.b`; `^a` in the object around it; None where nothing is."""
    climbs = len(path) - len(path.lstrip(ABOVE))
    if climbs > len(found.within):
        return None
    node: Any = found.within[-climbs] if climbs else found.row
    for step in path[climbs:].split("."):
        node = node.get(step) if isinstance(node, Mapping) else None
    return node


def _minor(value: Any, digits: int) -> int | None:
    """Exactly: a sum of more digits than the currency has is none."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    if isinstance(value, str) and len(value) > MOST_DIGITS:
        return None
    try:
        exact = Decimal(value)
    except InvalidOperation:
        return None
    if not exact.is_finite() or (exact and exact.adjusted() > 15):
        return None
    if len(exact.as_tuple().digits) > MOST_DIGITS:
        return None
    scaled = exact.scaleb(digits)
    if scaled != scaled.to_integral_value() or abs(scaled) > LARGEST_SUM:
        return None
    return int(scaled)


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not _DAY.match(value) or len(value) > 40:
        return None
    try:
        return datetime.fromisoformat(value).date()
    except ValueError:
        return None


def _there(value: Any, name: str) -> Any:
    if value is None:
        raise Refused("wrong_shape", f"{name} is missing")
    return value


def _kind(value: Any) -> str:
    """What it is, without saying what it says."""
    return "nothing" if value is None else f"a {type(value).__name__}"
