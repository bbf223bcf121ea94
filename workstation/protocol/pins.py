"""The PIN of one's desk phone."""

from __future__ import annotations

from workstation.protocol.args import Args


class RenewPin(Args, frozen=True, kw_only=True):
    """`pin.renew`, operators: a new PIN for one's desk phone in place of the old one. Result
    {"pin": str}; it is shown now and never again. Problem `no_phone`."""


ACTIONS: dict[str, type[Args]] = {"pin.renew": RenewPin}
