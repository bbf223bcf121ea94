"""What billing elsewhere says of a client, as the screens show it."""

from __future__ import annotations

from typing import Literal

from workstation.protocol.views import View


class FigureView(View, frozen=True, kw_only=True):
    """A sum that a source told: an account's balance, an invoice, a payment."""
    kind: Literal["account", "invoice", "payment"]
    account: str
    number: str             # the invoice's own, "" of others
    on: str | None          # the day issued, paid; of an account: since when there is debt
    due_on: str | None
    amount_minor: int       # of an account its balance: below zero the client owes
    debt_minor: int         # of an account
    currency: str
    says: str               # the method of a payment, or ""


class SourceView(View, frozen=True, kw_only=True):
    """One source about one client; `id` is SOURCE:CLIENT.

    `state`: `asking` for the first time or anew · `fresh` · `old`: older than its cache time, and
    being asked · `failed`: it did not answer since `failing_since`, or what it said is refused
    (`why` says it in words, `reason` in a code) · `unknown`: it has nothing about this client ·
    `nothing`: the client has nothing to ask it by. `as_of` is when it said what is shown.
    """
    id: str
    source: str
    name: str
    client_id: int
    state: Literal["asking", "fresh", "old", "failed", "unknown", "nothing"]
    as_of: str | None
    failing_since: str | None
    again_at: str | None    # when it is asked again, while it fails
    reason: str
    why: str
    masked: bool
    balance_minor: int      # all accounts together
    debt_minor: int
    debt_since: str | None
    currency: str
    figures: list[FigureView]
    left_out: int           # figures, accounts that are not shown
