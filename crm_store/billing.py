"""What the timeline tells about bills, payments and readings; see `TimelineItem`."""

from __future__ import annotations

from datetime import date

from crm_store.base import JSON


def invoice_item(
    *, number: str, account: str, period_on: date, amount_minor: int, currency: str, due_on: date,
    corrected: bool,
) -> dict[str, JSON]:
    return {"number": number, "account": account, "period_on": period_on.isoformat(),
            "amount_minor": amount_minor, "currency": currency, "due_on": due_on.isoformat(),
            "corrected": corrected}


def correction_item(
    *, invoice: str, account: str, delta_minor: int, amount_minor: int, currency: str, reason: str
) -> dict[str, JSON]:
    """`amount_minor` is the invoice's new sum."""
    return {"invoice": invoice, "account": account, "delta_minor": delta_minor,
            "amount_minor": amount_minor, "currency": currency, "reason": reason}


def payment_item(
    *, account: str, amount_minor: int, currency: str, method: str
) -> dict[str, JSON]:
    return {"account": account, "amount_minor": amount_minor, "currency": currency,
            "method": method}


def reading_item(
    *, meter: str, resource: str, unit: str, value_milli: int, source: str
) -> dict[str, JSON]:
    """`value` is in the meter's unit."""
    return {"meter": meter, "resource": resource, "unit": unit, "value": value_milli / 1000,
            "source": source}
