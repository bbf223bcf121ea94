"""Why a client is not called: the law and suppression by number, each campaign by its ledger."""

from __future__ import annotations

import msgspec

from workstation.protocol.args import Args, RowId
from workstation.protocol.view import View


class NumberWhyView(View, frozen=True, kw_only=True):
    """`why` "": nothing speaks against a call now; else as of `call.dialling`."""
    number: str
    label: str
    why: str
    facts: dict[str, str | int | float | bool | None] = msgspec.field(default_factory=dict)
    until: str | None = None


class EntryWhyView(View, frozen=True, kw_only=True):
    """Where he stands on a campaign's list; `sentence` is the ledger's own."""
    campaign: str
    running: bool
    state: str
    sentence: str


class WhyNotCalled(Args, frozen=True, kw_only=True):
    """`client.why_not_called`, anybody signed in: result {"numbers": [NumberWhyView],
    "entries": [EntryWhyView]}."""
    client_id: RowId


ACTIONS: dict[str, type[Args]] = {"client.why_not_called": WhyNotCalled}
