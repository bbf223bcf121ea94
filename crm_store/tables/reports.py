"""Sums of closed days, derived from interactions and their segments: a year is read in a moment.

A day that is not in `summed_days` is computed from the contacts themselves; whoever changes an
old contact takes its day out (`report_sums.forget`).
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Mapped, mapped_column

from crm_store.base import Base


class SummedDays(Base):
    """A day of the company's calendar whose sums stand; they are being made until `summed_at`."""
    __tablename__ = "summed_days"
    on: Mapped[date] = mapped_column(primary_key=True)
    summed_at: Mapped[datetime | None]


class QuarterSums(Base):
    """The parts of `cti.measures` of the contacts that began in a quarter of an hour.

    `queue` is "" for who was in none. Times are milliseconds.
    """
    __tablename__ = "quarter_sums"
    __table_args__ = ({"sqlite_with_rowid": False},)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    queue: Mapped[str] = mapped_column(primary_key=True)
    direction: Mapped[str] = mapped_column(primary_key=True)
    contacts: Mapped[int]
    offered: Mapped[int]
    answered: Mapped[int]
    in_time: Mapped[int]
    abandoned: Mapped[int]
    abandoned_short: Mapped[int]
    sent_away: Mapped[int]
    served: Mapped[int]
    dialled: Mapped[int]
    reached: Mapped[int]
    transferred: Mapped[int]
    repeated: Mapped[int]
    handled: Mapped[int]
    answer_ms: Mapped[int]
    talked_ms: Mapped[int]
    held_ms: Mapped[int]
    wrap_up_ms: Mapped[int]
    wait_10: Mapped[int]
    wait_20: Mapped[int]
    wait_30: Mapped[int]
    wait_60: Mapped[int]
    wait_120: Mapped[int]
    wait_300: Mapped[int]
    wait_more: Mapped[int]


class OperatorSums(Base):
    """An operator's own part of a day's contacts: who talked with two clients' operators is
    counted at each, with his own time."""
    __tablename__ = "operator_sums"
    __table_args__ = ({"sqlite_with_rowid": False},)
    on: Mapped[date] = mapped_column(primary_key=True)
    operator: Mapped[str] = mapped_column(primary_key=True)
    queue: Mapped[str] = mapped_column(primary_key=True)
    direction: Mapped[str] = mapped_column(primary_key=True)
    contacts: Mapped[int]
    talked_ms: Mapped[int]
    held_ms: Mapped[int]
    wrap_up_ms: Mapped[int]
    passed_on: Mapped[int]      # contacts that went on to a colleague


class OutcomeSums(Base):
    """How a day's contacts ended, as the machine saw it and as the operator chose."""
    __tablename__ = "outcome_sums"
    __table_args__ = ({"sqlite_with_rowid": False},)
    on: Mapped[date] = mapped_column(primary_key=True)
    queue: Mapped[str] = mapped_column(primary_key=True)
    direction: Mapped[str] = mapped_column(primary_key=True)
    outcome: Mapped[str] = mapped_column(primary_key=True)
    disposition: Mapped[str] = mapped_column(primary_key=True)
    contacts: Mapped[int]
