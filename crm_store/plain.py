"""Text that both engines can hold: PostgreSQL refuses NUL, neither stores half a surrogate pair.

Both come only from broken or hostile senders; they are dropped, what is around them is kept.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec

_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False, ensure_ascii=False).encode
loads = msgspec.json.decode         # of what a column holds; several times faster than json's


def plain(text: str) -> str:
    if text.isascii() and "\x00" not in text:
        return text
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()


def dumps(value: Any) -> str:
    """JSON for a column. Raises TypeError for what JSON does not know, ValueError for NaN."""
    said = _encode(value)
    if said.isascii() and "\\u0000" not in said:
        return said
    return _encode(_plain_within(value))


def _plain_within(value: Any) -> Any:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, dict):
        return {plain(key): _plain_within(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain_within(inner) for inner in value]
    return value
