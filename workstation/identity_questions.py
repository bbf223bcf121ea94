"""Questions that only the client should be able to answer, drawn from his own data ○.

Only what we know of him is asked. No answer is a sum or a sensitive field: those stay hidden until
the check is passed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from zoneinfo import ZoneInfo

from crm_store.cards import Card
from crm_store.custom_values import written
from crm_store.timeline import TimelineItem
from workstation import card_views
from workstation.outcome_settings import Identity
from workstation.protocol import QuestionView

DIGITS = 4          # of an account or a telephone number
SEVERAL = 3         # a client with many accounts may name any of these


def drawn(settings: Identity, card: Card, items: Iterable[TimelineItem],
          number: str, zone: ZoneInfo) -> list[QuestionView]:
    """In the order of the settings, as many as are to be shown. `number`: of this call."""
    latest = list(items)
    found: list[QuestionView] = []
    for kind in settings.ask:
        if kind == "payment":
            found += _payment(latest, zone)
        elif kind == "custom":
            found += _custom(card, settings.custom)
        elif kind == "phone":
            found += _phone(card, number)
        else:
            found += _OF_CARD[kind](card)
    return found[:settings.shown]


def _question(kind: str, answer: str, about: str = "") -> QuestionView:
    key = f"{kind}:{about}" if about else kind
    return QuestionView(id=key, kind=kind, about=about, answer=answer)


def _account(card: Card) -> Iterator[QuestionView]:
    ends = [account.number[-DIGITS:] for account in card.accounts[:SEVERAL]]
    if ends:
        yield _question("account", ", ".join(dict.fromkeys(ends)))


def _address(card: Card) -> Iterator[QuestionView]:
    lines = [card_views.in_one_line(link.place) for link in card.addresses]
    lines += [account.address for account in card.accounts if account.address]
    if lines:
        yield _question("address", lines[0])


def _meter(card: Card) -> Iterator[QuestionView]:
    numbers = [meter.number for account in card.accounts for meter in account.meters]
    if numbers:
        yield _question("meter", ", ".join(numbers[:SEVERAL]))


def _reading(card: Card) -> Iterator[QuestionView]:
    for account in card.accounts:
        for meter in account.meters:
            if meter.last_reading is not None:
                yield _question("reading", str(round(meter.last_reading)), meter.number)
                return


def _email(card: Card) -> Iterator[QuestionView]:
    if card.emails:
        yield _question("email", card.emails[0].email)


def _phone(card: Card, number: str) -> Iterator[QuestionView]:
    """Another number than the one he calls from."""
    others = [phone.e164 for phone in card.phones if phone.e164 != number]
    if others:
        yield _question("phone", others[0][-DIGITS:])


def _payment(items: Sequence[TimelineItem], zone: ZoneInfo) -> Iterator[QuestionView]:
    """The day, not the sum."""
    newest = next((item for item in items if item.kind == "payment"), None)
    if newest is not None:
        yield _question("payment", newest.at.astimezone(zone).date().isoformat())


def _custom(card: Card, keys: Sequence[str]) -> Iterator[QuestionView]:
    known = {one.field.key: one for one in card.custom}
    for key in keys:
        held = known.get(key)
        if held is not None and held.value is not None and not card_views.is_secret(held.field):
            yield _question("custom", written(held.field, held.value), held.field.label)


_OF_CARD: dict[str, Callable[[Card], Iterator[QuestionView]]] = {
    "account": _account, "address": _address, "meter": _meter, "reading": _reading,
    "email": _email}
