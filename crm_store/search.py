"""One field finds clients: by phone, by name in either alphabet, by account, by request number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from crm_store.base import Tx

HitKind = Literal["phone", "name", "account", "request"]


@dataclass(frozen=True, slots=True)
class Hit:
    """A client found. `matched` is the number, name, account or request number that matched."""
    client_id: int
    name: str
    kind: str                   # person, organisation
    by: HitKind
    matched: str
    request_id: int | None = None


async def search(tx: Tx, text: str, *, limit: int = 20, region: str) -> list[Hit]:
    """What a person typed, searched as everything it may be; best first, a client once."""
    raise NotImplementedError
