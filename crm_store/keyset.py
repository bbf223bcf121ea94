"""Page cursors of lists ordered by a moment and a row's id: the place after a page's last row."""

from __future__ import annotations

import re
from datetime import datetime

from crm_store import errors

_CURSOR = re.compile(r"([0-9T:.+-]{19,32})_([0-9]{1,18})")


def written(at: datetime, row_id: int) -> str:
    return f"{at.isoformat()}_{row_id}"


def read(cursor: str) -> tuple[datetime, int]:
    """What `written` was given. Raises `BadCursor`."""
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise errors.BadCursor(cursor[:80])
    try:
        at = datetime.fromisoformat(found[1])
    except ValueError as exc:
        raise errors.BadCursor(cursor[:80]) from exc
    if at.tzinfo is None:
        raise errors.BadCursor(cursor[:80])
    return at, int(found[2])
