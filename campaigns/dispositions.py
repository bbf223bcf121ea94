"""What the operator chose ○, as the ledger understands it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from campaigns.coverage import Happening


@dataclass(frozen=True, slots=True)
class Meaning:
    """`happening` None: to be dialled again, at the agreed time or by the plan."""

    happening: Happening | None
    is_certain: bool = True     # False: nobody said who was on the line


MEANINGS: Mapping[str, Meaning] = {
    "promised": Meaning(Happening.PROMISE_MADE),
    "paid": Meaning(Happening.PAYMENT_MADE),
    "refused": Meaning(Happening.REFUSAL),
    "disputed": Meaning(Happening.DISPUTE),
    "wrong_number": Meaning(Happening.STRANGER),
    "reached_in_person": Meaning(Happening.REACHED),
    "reached_another": Meaning(Happening.SOMEBODY_ANSWERED),
    "call_later": Meaning(None),
    "call_back": Meaning(None),
    "message_heard": Meaning(Happening.SOMEBODY_ANSWERED, is_certain=False),
}
CANNOT_TELL = Meaning(Happening.SOMEBODY_ANSWERED, is_certain=False)


def meaning_of(outcome_id: str) -> Meaning:
    """Outcomes that say nothing about who answered count as "cannot tell": another person.

    Only a disposition that claims the person himself may set "reached in person".
    """
    return MEANINGS.get(outcome_id, CANNOT_TELL)
