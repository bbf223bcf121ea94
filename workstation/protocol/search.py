"""What a search finds, for the screens and the API."""

from __future__ import annotations

from typing import Literal

from workstation.protocol.views import View

HitReason = Literal["phone", "name", "account", "request", "email", "address", "custom"]


class HitView(View, frozen=True, kw_only=True):
    """A client found. `marked` is what met the text, `marks` the `[start, end)` parts that did.

    `number`, `account`, `address` tell two of one name apart. `field`: the label of the field
    that `marked` stands in, when it is one of the company's own. `similar`: nothing is there as
    it was typed, this is like it.
    """
    client_id: int
    name: str
    kind: Literal["person", "organisation"]
    why: HitReason
    marked: str
    marks: list[list[int]]
    number: str | None
    account: str | None
    address: str | None
    field: str | None
    request_id: int | None
    similar: bool
