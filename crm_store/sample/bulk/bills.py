"""Accounts of the bulk: address, meter, the last two bills and what was paid of them.

Older bills are the billing's own; see `crm_store.sources`. Ids follow from the account's, with
gaps where nothing was paid or corrected.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from random import Random

from crm_store.folding import fold
from crm_store.naming import address_rows
from crm_store.sample import words as texts
from crm_store.sample.bills import METHODS, RESOURCES, SOURCES, months_before
from crm_store.sample.bulk.layout import DAY_US, Rows, Spelling, day
from crm_store.sample.bulk.people import Made
from crm_store.sample.words import split

BILLS = 2
_DEBTORS = 0.3
_HOUSE, _FLAT = "70001", "70002"        # stand for the real ones in a street's search words
_STEMS = split("""
    Аэро Бере Весе Горо Дач Дубо Зеле Звёзд Кали Ключе Крас Луго Май Мичури Ново Озёр Парко
    Песча Рабо Рябино Свобод Сиреве Сосно Стро Тепли Тихо Фрун Хлеб Цвето Шоссей Яблоне
""")
_ENDS = ("вая", "льная", "нская", "ная", "чная", "тельная")
STREETS = (*texts.STREETS, *(stem + end for stem in _STEMS for end in _ENDS))


@dataclass(frozen=True, slots=True)
class Months:
    """The billed months, as microseconds since 1970 of their first days, latest last."""
    starts_us: tuple[int, ...]

    @classmethod
    def before(cls, now: datetime) -> Months:
        return cls(tuple(int(month.astimezone(UTC).timestamp()) * 1_000_000
                         for month in months_before(now)[-BILLS:]))


def add_account(
    rows: Rows, account_id: int, made: Made, rng: Random, spell: Spelling, now_us: int,
    months: Months, names: str,
) -> None:
    """Balance = payments - invoices - corrections; a debt is the bills not paid."""
    client_id, number = made.lot.client_id, f"40{account_id:07d}"
    unpaid = 1 + int(rng.random() * BILLS) if rng.random() < _DEBTORS else 0
    debt, since = 0, ""
    for index, month_us in enumerate(months.starts_us):
        owed = _add_bill(rows, account_id * BILLS - 1 + index, account_id, number, made, rng,
                         spell, month_us, names)
        if index < BILLS - unpaid:
            _add_payment(rows, account_id * BILLS - 1 + index, account_id, number, client_id,
                         owed, rng, spell, min(month_us + 25 * DAY_US, now_us))
        else:
            debt, since = debt + owed, since or day(month_us + 19 * DAY_US)
    _add_address(rows, account_id, rng, names)
    rows["accounts"].append((
        account_id, number, client_id, account_id, -debt, "RUB", spell.moment(now_us),
        day(made.since_us)))
    if debt:
        rows["debts"].append((account_id, client_id, debt, "RUB", since, spell.moment(now_us)))
    _add_meter(rows, account_id, client_id, rng, spell, months.starts_us[-1])


def _add_bill(
    rows: Rows, invoice_id: int, account_id: int, account: str, made: Made, rng: Random,
    spell: Spelling, month_us: int, names: str,
) -> int:
    """What has to be paid for it, in minor units."""
    client_id = made.lot.client_id
    number, period, due = f"INV-{invoice_id:08d}", day(month_us), day(month_us + 19 * DAY_US)
    amount = 400_00 + int(rng.random() * (7_000_00 if made.is_person else 90_000_00))
    at_us = month_us + int(rng.random() * 4300) * 60_000_000
    delta = -50_00 - int(rng.random() * amount / 3) if rng.random() < 0.04 else 0
    rows["invoices"].append((
        invoice_id, account_id, number, period, amount, "RUB", spell.moment(at_us), due))
    rows["timeline"].append((client_id, at_us, "invoice", invoice_id, (
        f'{{"number":"{number}","account":"{account}","period_on":"{period}",'
        f'"amount_minor":{amount},"currency":"RUB","due_on":"{due}",'
        f'"corrected":{"true" if delta else "false"}}}')))
    if delta:
        at_us, reason = at_us + 3 * DAY_US, texts.REASONS[names][int(rng.random() * 3)]
        rows["invoice_corrections"].append((
            invoice_id, invoice_id, delta, reason, spell.moment(at_us)))
        rows["timeline"].append((client_id, at_us, "correction", invoice_id, (
            f'{{"invoice":"{number}","account":"{account}","delta_minor":{delta},'
            f'"amount_minor":{amount + delta},"currency":"RUB","reason":"{reason}"}}')))
    return amount + delta


def _add_payment(
    rows: Rows, payment_id: int, account_id: int, account: str, client_id: int, amount: int,
    rng: Random, spell: Spelling, latest_us: int,
) -> None:
    at_us = latest_us - int(rng.random() * 20 * 86_400) * 1_000_000
    method = METHODS[int(rng.random() * len(METHODS))]
    rows["payments"].append((
        payment_id, account_id, amount, "RUB", spell.moment(at_us), method, f"{payment_id:010d}"))
    rows["timeline"].append((client_id, at_us, "payment", payment_id, (
        f'{{"account":"{account}","amount_minor":{amount},"currency":"RUB",'
        f'"method":"{method}"}}')))


def _add_address(rows: Rows, address_id: int, rng: Random, names: str) -> None:
    city = texts.CITIES[int(rng.random() * len(texts.CITIES))]
    street = STREETS[int(rng.random() * len(STREETS))]
    house, flat = str(1 + int(rng.random() * 140)), str(1 + int(rng.random() * 200))
    city, street, key, words = _road(city, street, names)
    rows["addresses"].append((address_id, city, street, house, flat, f"{key} {house} {flat}"))
    for word, rest in words:
        door = rest.replace(_HOUSE, house, 1).replace(_FLAT, flat, 1)
        rows["address_words"].append((word, door, address_id))


@lru_cache(maxsize=10_000)
def _road(
    city: str, street: str, names: str
) -> tuple[str, str, str, tuple[tuple[str, str], ...]]:
    """Spelt, folded, and its search words with a door to be put in."""
    if names == "en":
        city, street = texts.latin(city), texts.latin(street)
    words = address_rows(0, city=city, street=street, house=_HOUSE, flat=_FLAT)
    return city, street, fold(f"{city} {street}"), tuple(row[:2] for row in words)


def _add_meter(
    rows: Rows, account_id: int, client_id: int, rng: Random, spell: Spelling, month_us: int
) -> None:
    number, source = f"{account_id:08d}", SOURCES[int(rng.random() * len(SOURCES))]
    resource, unit, _ = RESOURCES[int(rng.random() * len(RESOURCES))]
    value = 1_000_000 + int(rng.random() * 19_000_000)
    at_us = month_us - int(rng.random() * 6 * 86_400) * 1_000_000
    rows["meters"].append((account_id, account_id, number, resource, unit))
    rows["readings"].append((
        account_id, account_id, value, spell.moment(at_us), source))
    rows["timeline"].append((client_id, at_us, "reading", account_id, (
        f'{{"meter":"{number}","resource":"{resource}","unit":"{unit}","value":{value / 1000},'
        f'"source":"{source}"}}')))
