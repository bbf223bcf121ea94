"""Sample accounts: addresses, meters and readings, invoices, payments, and what is owed.

The sums agree: balance = payments - invoices - corrections; a debt is the invoices not paid.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from crm_store import billing
from crm_store.folding import fold
from crm_store.naming import address_rows
from crm_store.sample import words as texts
from crm_store.sample.people import Sampled
from crm_store.sample.rows import Rows
from crm_store.tables.billing import (
    Accounts,
    Addresses,
    Debts,
    InvoiceCorrections,
    Invoices,
    Meters,
    Payments,
    Readings,
)
from crm_store.tables.search import AddressWords

_CURRENCY = "RUB"
_MONTHS = 6
# What is used in a month, in thousandths of the unit; read every second month.
RESOURCES = (("electricity", "kWh", 250_000), ("cold_water", "m3", 6_000),
              ("hot_water", "m3", 4_000), ("gas", "m3", 30_000))
METHODS = ("bank", "card", "card", "cash", "post")
SOURCES = ("phone", "web", "web", "inspector")


@dataclass(frozen=True, slots=True)
class Billed:
    """An account as the rest of the sample sees it; `meter` is one of its meters."""
    id: int
    number: str
    meter: str
    last_reading: float


@dataclass(frozen=True, slots=True)
class _Bill:
    """An invoice with its corrections: what has to be paid for it."""
    total_minor: int
    issued_at: datetime
    due_at: datetime


def add_account(
    rows: Rows, rng: Random, client: Sampled, *, names: str, now: datetime, is_debtor: bool
) -> Billed:
    """An account with half a year behind it; a debtor's last one to four bills are unpaid."""
    account_id = rows.next_id(Accounts)
    number = f"40{account_id:07d}"
    address_id = _add_address(rows, rng, names)
    months = months_before(now)
    bills = [_plan_bill(rng, client, month) for month in months]
    unpaid = min(rng.randrange(1, 5), len(bills)) if is_debtor else 0
    paid, owed = bills[:len(bills) - unpaid], bills[len(bills) - unpaid:]
    corrected = [_corrected(rng, bill) for bill in paid + owed]
    surplus = rng.randrange(1_00, 900_00) if not is_debtor and rng.random() < 0.1 else 0
    debt = sum(bill.total_minor for bill, _ in corrected[len(paid):])
    rows.add(Accounts, {
        "id": account_id, "number": number, "client_id": client.id, "address_id": address_id,
        "balance_minor": surplus - debt, "currency": _CURRENCY, "balance_at": now,
        "opened_on": client.since.date(), "closed_on": None})
    for bill, delta in corrected:
        _add_invoice(rows, rng, client.id, account_id, number, bill, delta, names)
    for index, (bill, _) in enumerate(corrected[:len(paid)]):
        extra = surplus if index == len(paid) - 1 else 0
        _add_payment(rows, rng, client.id, account_id, number, bill, extra, now)
    if debt:
        rows.add(Debts, {
            "account_id": account_id, "client_id": client.id, "amount_minor": debt,
            "currency": _CURRENCY, "since_on": owed[0].due_at.date(), "as_of": now})
    return _add_meters(rows, rng, client.id, account_id, number, months)


def months_before(now: datetime) -> list[datetime]:
    """The first days of the months that have been billed, the latest more than a week ago."""
    month = (now - timedelta(days=8)).astimezone(UTC).replace(
        day=1, hour=6, minute=0, second=0, microsecond=0)
    found = []
    for _ in range(_MONTHS):
        found.append(month)
        month = (month - timedelta(days=1)).replace(day=1)
    return found[::-1]


def _plan_bill(rng: Random, client: Sampled, month: datetime) -> _Bill:
    top = 90_000_00 if client.kind == "organisation" else 7_000_00
    issued_at = month + timedelta(days=rng.randrange(3), minutes=rng.randrange(600))
    return _Bill(rng.randrange(400_00, top), issued_at, month + timedelta(days=19))


def _corrected(rng: Random, bill: _Bill) -> tuple[_Bill, int]:
    """One bill in twenty is made smaller; the bill with its new sum, and the difference."""
    if rng.random() >= 0.05:
        return bill, 0
    delta = -rng.randrange(50_00, bill.total_minor // 2)
    return _Bill(bill.total_minor + delta, bill.issued_at, bill.due_at), delta


def _add_address(rows: Rows, rng: Random, names: str) -> int:
    address_id = rows.next_id(Addresses)
    city, street = rng.choice(texts.CITIES), rng.choice(texts.STREETS)
    if names == "en":
        city, street = texts.latin(city), texts.latin(street)
    house, flat = str(rng.randrange(1, 140)), str(rng.randrange(1, 200))
    rows.add(Addresses, {"id": address_id, "city": city, "street": street, "house": house,
                         "flat": flat, "search_key": fold(f"{city} {street} {house} {flat}")})
    for row in address_rows(address_id, city=city, street=street, house=house, flat=flat):
        rows.add(AddressWords, dict(zip(("word", "rest", "address_id"), row, strict=True)))
    return address_id


def _add_invoice(
    rows: Rows, rng: Random, client_id: int, account_id: int, account: str, bill: _Bill,
    delta: int, names: str,
) -> None:
    invoice_id = rows.next_id(Invoices)
    number = f"INV-{invoice_id:08d}"
    first = bill.total_minor - delta
    period_on, due_on = bill.issued_at.date().replace(day=1), bill.due_at.date()
    rows.add(Invoices, {
        "id": invoice_id, "account_id": account_id, "number": number, "period_on": period_on,
        "amount_minor": first, "currency": _CURRENCY, "issued_at": bill.issued_at,
        "due_on": due_on})
    rows.tell(client_id, bill.issued_at, "invoice", invoice_id, billing.invoice_item(
        number=number, account=account, period_on=period_on, amount_minor=first,
        currency=_CURRENCY, due_on=due_on, corrected=bool(delta)))
    if not delta:
        return
    correction_id, reason = rows.next_id(InvoiceCorrections), rng.choice(texts.REASONS[names])
    at = bill.issued_at + timedelta(days=3)
    rows.add(InvoiceCorrections, {"id": correction_id, "invoice_id": invoice_id,
                                  "delta_minor": delta, "reason": reason, "issued_at": at})
    rows.tell(client_id, at, "correction", correction_id, billing.correction_item(
        invoice=number, account=account, delta_minor=delta, amount_minor=bill.total_minor,
        currency=_CURRENCY, reason=reason))


def _add_payment(
    rows: Rows, rng: Random, client_id: int, account_id: int, account: str, bill: _Bill,
    extra: int, now: datetime,
) -> None:
    payment_id, method = rows.next_id(Payments), rng.choice(METHODS)
    paid_at = min(bill.issued_at + timedelta(days=rng.randrange(4, 25),
                                             minutes=rng.randrange(600)), now)
    amount = bill.total_minor + extra
    rows.add(Payments, {
        "id": payment_id, "account_id": account_id, "amount_minor": amount,
        "currency": _CURRENCY, "paid_at": paid_at, "method": method,
        "reference": f"{payment_id:010d}"})
    rows.tell(client_id, paid_at, "payment", payment_id, billing.payment_item(
        account=account, amount_minor=amount, currency=_CURRENCY, method=method))


def _add_meters(
    rows: Rows, rng: Random, client_id: int, account_id: int, account: str,
    months: list[datetime],
) -> Billed:
    number, value = "", 0
    for resource, unit, monthly in rng.sample(RESOURCES, rng.choice((1, 1, 2, 3))):
        meter_id = rows.next_id(Meters)
        number = f"{meter_id:08d}"
        rows.add(Meters, {"id": meter_id, "account_id": account_id, "number": number,
                          "resource": resource, "unit": unit, "installed_on": None})
        value = rng.randrange(1_000_000, 20_000_000)
        for month in months[1::2]:
            value += rng.randrange(monthly, monthly * 4)
            _add_reading(rows, rng, client_id, meter_id, number, resource, unit, value, month)
    return Billed(account_id, account, number, value / 1000)


def _add_reading(
    rows: Rows, rng: Random, client_id: int, meter_id: int, meter: str, resource: str, unit: str,
    value_milli: int, month: datetime,
) -> None:
    reading_id, source = rows.next_id(Readings), rng.choice(SOURCES)
    at = month - timedelta(days=rng.randrange(1, 7), minutes=rng.randrange(900))
    rows.add(Readings, {"id": reading_id, "meter_id": meter_id, "value_milli": value_milli,
                        "read_at": at, "source": source, "by": None})
    rows.tell(client_id, at, "reading", reading_id, billing.reading_item(
        meter=meter, resource=resource, unit=unit, value_milli=value_milli, source=source))
