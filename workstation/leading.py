"""Whoever asks for a client who was merged is led to the one who stands for him.

A screen may have been opened, a note begun, a link saved before the merge. Only what is asked of
the merge itself, of the audit and of a person's rights means exactly the number it names.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

from crm_store import merges
from crm_store.store import Store

T = TypeVar("T")
_EXACT = ("audit", "merge", "duplicate", "person", "retention", "erased")
_EXACT_PATHS = ("/merge", "/unmerge", "/erase", "/export")


async def led(store: Store, action: str, args: T) -> T:
    """An action's arguments, or a request's body, with the client who stands for theirs."""
    client_id = getattr(args, "client_id", None)
    if not isinstance(client_id, int) or action.split(".")[0] in _EXACT:
        return args
    kept = await _standing_for(store, client_id)
    if kept == client_id or not isinstance(args, msgspec.Struct):
        return args
    changed: T = msgspec.structs.replace(args, client_id=kept)
    return changed


async def led_path(store: Store, template: str, found: dict[str, str]) -> dict[str, str]:
    """The ids of an API's path, `/clients/{id}…` led."""
    text = found.get("id", "")
    if not template.startswith("/clients/{id}") or template.endswith(_EXACT_PATHS) or (
            not text.isdecimal() or len(text) > 18):
        return found
    return found | {"id": str(await _standing_for(store, int(text)))}


async def _standing_for(store: Store, client_id: int) -> int:
    async with store.read() as tx:
        return await merges.current(tx, client_id)
