"""What a client owes, what he paid, and what he promises to pay."""

from __future__ import annotations

from datetime import timedelta

from crm_store import clients, restraints, timeline
from crm_store.base import Tx
from crm_store.errors import NotFound as NoSuchRow
from ivr.enquiry import ATTEMPT, BY, NOBODY, Answer, Asker
from ivr.say import Money
from ivr.tasks import Failed, Found, NotFound
from ivr.wording import Value

LONGEST_PROMISE_DAYS = 14
DAYS = "promise_days"


async def billing(tx: Tx, asker: Asker) -> Answer:
    """His debt, or his credit, and his last payment."""
    if asker.caller.client is None:
        return NOBODY
    try:
        card = await clients.card(tx, asker.caller.client)
    except NoSuchRow:
        return NOBODY
    standing, values = _standing(card)
    payments = await timeline.page(tx, asker.caller.client, limit=1, kinds=("payment",))
    values |= _payment(payments.items, asker)
    facts = {"standing": standing, "payment": "known" if "payment" in values else "none"}
    return Answer(Found(facts), values)


def _standing(card: clients.Card) -> tuple[str, dict[str, Value]]:
    """A debt is told before a credit on another account: it is what the call is about."""
    if card.debt_minor > 0 and card.currency:
        return "owes", {"debt": Money(card.debt_minor, card.currency)}
    ahead = [account for account in card.accounts if account.balance_minor > 0]
    if not ahead:
        return "clear", {}
    currency = ahead[0].currency
    total = sum(account.balance_minor for account in ahead if account.currency == currency)
    return "credit", {"credit": Money(total, currency)}


def _payment(items: tuple[timeline.TimelineItem, ...], asker: Asker) -> dict[str, Value]:
    for item in items:
        amount, currency = item.facts.get("amount_minor"), item.facts.get("currency")
        if isinstance(amount, int) and isinstance(currency, str):
            return {"payment": Money(amount, currency),
                    "paid_on": item.at.astimezone(asker.zone).date()}
    return {}


async def check_promise(tx: Tx, asker: Asker) -> Answer:
    """In how many days he will pay: `late` where that is too many, `made` where he promised
    already; else sum and day, to be read back."""
    if asker.caller.client is None:
        return Answer(Failed())
    days, today = int(asker.digits), asker.now.astimezone(asker.zone).date()
    if not 1 <= days <= LONGEST_PROMISE_DAYS:
        return Answer(NotFound({"promise": "late"}))
    if any(one.due_on >= today for one in
           await restraints.open_promises(tx, asker.caller.client)):
        return Answer(NotFound({"promise": "made"}))
    card = await clients.card(tx, asker.caller.client)
    if card.debt_minor <= 0 or not card.currency:
        return Answer(Failed())
    values: dict[str, Value] = {"promise": Money(card.debt_minor, card.currency),
                                "promise_on": today + timedelta(days=days)}
    return Answer(Found(), values, remember={DAYS: days, "promised_minor": card.debt_minor})


async def keep_promise(tx: Tx, asker: Asker) -> Answer:
    """What was read back: the debt as it was then. Whose debt went meanwhile talks with a person:
    nobody promises what he does not owe."""
    client, memory = asker.caller.client, asker.caller.memory
    if client is None or DAYS not in memory:
        return Answer(Failed())
    card = await clients.card(tx, client)
    if card.debt_minor <= 0 or not card.currency:
        return Answer(Failed())
    due_on = asker.now.astimezone(asker.zone).date() + timedelta(days=memory[DAYS])
    promise = await restraints.add_promise(
        tx, client_id=client, attempt_id=memory.get(ATTEMPT),
        amount_minor=memory["promised_minor"], currency=card.currency, due_on=due_on, by=BY,
        at=asker.now)
    await timeline.put(tx, client, asker.now, "promise", promise, {
        "amount_minor": memory["promised_minor"], "currency": card.currency,
        "due_on": due_on.isoformat(), "state": "open", "by": BY})
    return Answer(Found({"promise": "kept"}))
