"""A card and a call as rules look at them and as texts name them ○.

Both begin at the card as this person sees it: what is masked or hidden is no fact, and in a text
it stands as dots.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from crm_store.client_measures import Measures
from workstation.measures import Fact, Facts
from workstation.merging import MASKED
from workstation.protocol import CardView, ConversationView
from workstation.protocol.views import AccountView, CustomView
from workstation.terminal.formats import day, money

SUMS = ("debt", "debt_since", "debt_days", "balance", "days_since_payment")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """All that is known; `card` through the person's lens."""
    card: CardView | None
    measures: Measures | None
    conversation: ConversationView | None
    now: datetime
    zone: tzinfo
    locale: str
    operator: str = ""
    company: str = ""

    @property
    def shows_money(self) -> bool:
        return self.card is not None and not self.card.masked and not any(
            one.group == "money" for one in self.card.hidden)


def facts(told: Told) -> Facts:
    found: dict[str, Fact] = {}
    if told.card is not None:
        found |= _of_card(told.card, told)
    if told.measures is not None:
        found |= _of_measures(told.measures, told)
    view = told.conversation
    if view is not None:
        found |= {name: value for name, value in (
            ("direction", view.direction), ("queue", view.queue), ("campaign", view.campaign),
            ("identity", view.identity)) if value}
    return found


def _of_card(card: CardView, told: Told) -> dict[str, Fact]:
    custom = {one.field.key: one for one in card.custom if _is_told(one)}
    segment = custom.get("segment")
    found: dict[str, Fact] = {
        "kind": card.kind, "segment": segment.text if segment else card.kind,
        "flags": frozenset(card.flags), "tags": frozenset(card.tags),
        **{f"custom.{key}": _custom(one) for key, one in custom.items()}}
    if card.language:
        found["language"] = card.language
    hidden = {one.group for one in card.hidden}
    if "contacts" not in hidden:
        found["emails"] = float(len(card.emails))
    if "money" not in hidden:
        found |= _of_accounts(card.accounts, told)
    if told.shows_money:
        found |= {"debt": card.debt_minor / 100,
                  "balance": sum(one.balance_minor for one in card.accounts) / 100}
        if card.debt_since:
            found["debt_days"] = _days(date.fromisoformat(card.debt_since), told)
    return found


def _of_accounts(accounts: list[AccountView], told: Told) -> dict[str, Fact]:
    read_at = [meter.last_read_at for account in accounts for meter in account.meters
               if meter.last_read_at]
    found: dict[str, Fact] = {
        "accounts": float(len(accounts)),
        "meters": float(sum(len(account.meters) for account in accounts))}
    if read_at:
        latest = datetime.fromisoformat(max(read_at)).astimezone(told.zone).date()
        found["days_since_reading"] = _days(latest, told)
    return found


def _of_measures(measures: Measures, told: Told) -> dict[str, Fact]:
    found: dict[str, Fact] = {"contacts_30_days": float(measures.recent)}
    if measures.since_on is not None:
        found["tenure_days"] = _days(measures.since_on, told)
    if measures.contacted_at is not None:
        found["days_since_contact"] = _days(
            measures.contacted_at.astimezone(told.zone).date(), told)
    if measures.paid_at is not None and told.shows_money:
        found["days_since_payment"] = _days(measures.paid_at.astimezone(told.zone).date(), told)
    return found


def _days(since: date, told: Told) -> float:
    return float((told.now.astimezone(told.zone).date() - since).days)


def _is_told(one: CustomView) -> bool:
    return not one.hidden and one.value is not None


def _custom(one: CustomView) -> Fact:
    return float(one.value) if one.field.kind == "number" else one.text


def values(told: Told) -> dict[str, str]:
    """What a text names, in words; sums that are masked are dots."""
    said = {"operator": told.operator, "company": told.company,
            "today": _day(told.now.astimezone(told.zone).date().isoformat(), told)}
    view = told.conversation
    if view is not None:
        said |= {"number": view.number_label, "queue": view.queue_name,
                 "campaign": view.campaign}
    found = facts(told)
    said |= {name: f"{fact:.0f}" for name, fact in found.items() if isinstance(fact, float)}
    if told.card is not None:
        said |= _of_client(told.card, told)
        if not told.shows_money:
            said |= dict.fromkeys(SUMS, MASKED)
    return said


def _of_client(card: CardView, told: Told) -> dict[str, str]:
    said = {"client": card.name,
            **{f"custom.{one.field.key}": one.text for one in card.custom if _is_told(one)}}
    if told.shows_money:
        said |= {"debt": money(card.debt_minor, card.currency, told.locale),
                 "debt_since": _day(card.debt_since, told)}
    for account in card.accounts[:1]:
        said |= {"account": account.number, "address": account.address}
        if told.shows_money:
            said["balance"] = money(account.balance_minor, account.currency, told.locale)
        for meter in account.meters[:1]:
            said |= {"meter": meter.number, "last_read_on": _day(meter.last_read_at, told),
                     "last_reading": "" if meter.last_reading is None
                     else str(meter.last_reading)}
    return said


def _day(text: str | None, told: Told) -> str:
    return day(text, told.locale, told.now, told.zone) if text else ""
