"""Identity: an operator ticks that the person is who the card says."""

from __future__ import annotations

from datetime import datetime

from crm_store.base import Tx


async def confirm(
    tx: Tx, client_id: int, e164: str | None, *, by: str, at: datetime,
    interaction_id: int | None = None,
) -> None:
    """Store the fact; the client's link to the number becomes confirmed (made if missing)."""
    raise NotImplementedError
