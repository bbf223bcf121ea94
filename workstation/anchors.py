"""Places of the audit's chain noted outside the database, in a file that only grows.

Against them `deskline audit verify` sees that the end of the chain was cut off, or that all of it
was made anew. Whoever may change the database and this file too is not found out: copy it away.
"""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from pathlib import Path

import structlog

log = structlog.get_logger()
EVERY = timedelta(minutes=1)


class Anchors:
    """`path` is made with the first note, for its owner's eyes only."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._noted_at: datetime | None = None

    def note(self, place: int, digest: str, at: datetime) -> None:
        """At most one a minute. A full disk costs the note, not the chain."""
        if self._noted_at is not None and at - self._noted_at < EVERY:
            return
        line = json.dumps({"at": at.isoformat(), "place": place, "hash": digest}) + "\n"
        try:
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(line)
        except OSError as exc:
            log.warning("the audit's place could not be noted", error=str(exc))
            return
        self._noted_at = at


def read(path: Path) -> dict[int, str]:
    """Place → hash; a line cut short by a crash is not one. Raises OSError."""
    if not path.exists():
        return {}
    found: dict[int, str] = {}
    for line in path.read_text().splitlines():
        try:
            said = json.loads(line)
            found[int(said["place"])] = str(said["hash"])
        except (ValueError, KeyError, TypeError):
            log.warning("a note of the audit's place cannot be read", line=line[:80])
    return found
