"""What the client has with the company. Money is integer minor units with a currency."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.base import Base, Bytewise


class Addresses(Base):
    """Where something is supplied."""
    __tablename__ = "addresses"
    id: Mapped[int] = mapped_column(primary_key=True)
    city: Mapped[str]
    street: Mapped[str]
    house: Mapped[str]
    flat: Mapped[str | None]
    search_key: Mapped[str]
    postcode: Mapped[str | None]


class Accounts(Base):
    """`balance_minor` is what the billing said at `balance_at`; below zero the client owes."""
    __tablename__ = "accounts"
    __table_args__ = (Index(None, "client_id"), Index(None, "address_id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Bytewise, unique=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id"))
    address_id: Mapped[int | None] = mapped_column(ForeignKey("addresses.id"))
    balance_minor: Mapped[int]
    currency: Mapped[str]
    balance_at: Mapped[datetime]
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]


class Debts(Base):
    """The open debt of an account as of a moment, with the day its oldest part fell due."""
    __tablename__ = "debts"
    __table_args__ = (Index(None, "client_id"),)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id"))
    amount_minor: Mapped[int]
    currency: Mapped[str]
    since_on: Mapped[date]
    as_of: Mapped[datetime]


class Meters(Base):
    __tablename__ = "meters"
    __table_args__ = (Index(None, "account_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    number: Mapped[str] = mapped_column(Bytewise, unique=True)
    resource: Mapped[str]           # electricity, cold_water, hot_water, gas, heat
    unit: Mapped[str]               # kWh, m3, Gcal
    installed_on: Mapped[date | None]


class Readings(Base):
    """`value_milli` is thousandths of the meter's unit."""
    __tablename__ = "readings"
    __table_args__ = (Index(None, "meter_id", "read_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    meter_id: Mapped[int] = mapped_column(ForeignKey("meters.id"))
    value_milli: Mapped[int]
    read_at: Mapped[datetime]
    source: Mapped[str]             # phone, web, inspector, estimate
    by: Mapped[str | None]


class Invoices(Base):
    """The bill as first issued; what it is worth now is that plus its corrections."""
    __tablename__ = "invoices"
    __table_args__ = (Index(None, "account_id", "issued_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    number: Mapped[str] = mapped_column(Bytewise, unique=True)
    period_on: Mapped[date]         # first day of the month billed
    amount_minor: Mapped[int]
    currency: Mapped[str]
    issued_at: Mapped[datetime]
    due_on: Mapped[date]


class InvoiceCorrections(Base):
    """A correction never edits the invoice: it adds `delta_minor` to it, with a reason."""
    __tablename__ = "invoice_corrections"
    __table_args__ = (Index(None, "invoice_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoices.id"))
    delta_minor: Mapped[int]
    reason: Mapped[str]
    issued_at: Mapped[datetime]


class Payments(Base):
    __tablename__ = "payments"
    __table_args__ = (Index(None, "account_id", "paid_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    amount_minor: Mapped[int]
    currency: Mapped[str]
    paid_at: Mapped[datetime]
    method: Mapped[str]             # card, bank, cash, post
    reference: Mapped[str | None]
