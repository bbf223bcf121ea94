"""Asterisk's own records on its disk: the part of CEL and queue_log that a stretch needs.

Both only grow, CEL often for years, so files are read from their end; rotated ones (`queue_log.1`,
`-20261122`, `.gz`) are read where the stretch reaches into them. Blocking: for a thread.
"""

from __future__ import annotations

import gzip
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cti import cel, queue_log
from cti.cel import COLUMNS, CelRow
from cti.queue_log import QueueRow
from cti.tape import UNREADABLE

CHUNK = 1 << 20
MARGIN = timedelta(seconds=10)      # rows are written by several threads, not quite in order

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFiles:
    """Where an Asterisk writes; None: it does not, or not where we can read."""
    cel: Path | None
    queue_log: Path | None
    cel_columns: Sequence[str] = COLUMNS

    def there(self) -> bool:
        """Whether calls can be told from what is to be read."""
        return self.cel is not None and self.cel.exists()


@dataclass(frozen=True, slots=True)
class OwnRecords:
    """`rows` in the order of time, as far back as asked for."""
    rows: tuple[CelRow, ...]
    log: tuple[QueueRow, ...]


def read(files: RecordFiles, since: datetime) -> OwnRecords:
    """What was recorded from `since` on. Raises OSError when a file is there and not readable."""
    def cel_moment(text: str) -> datetime | None:
        return cel.first_moment(text, files.cel_columns)

    told = _texts(files.cel, since, cel_moment)
    rows = [row for text in told for row in cel.read(text, files.cel_columns)
            if row.at >= since - MARGIN]
    log = [row for text in _texts(files.queue_log, since, queue_log.first_moment)
           for row in queue_log.read(text) if row.at >= since - MARGIN]
    rows.sort(key=lambda row: row.at)       # stable: what came at once stays in its order
    return OwnRecords(tuple(rows), tuple(log))


def _texts(
    path: Path | None, since: datetime, first_moment: Callable[[str], datetime | None],
) -> list[str]:
    """The ends of the files that reach into the time from `since` on, oldest first."""
    if path is None or not path.parent.is_dir():
        return []
    texts = []
    for file in sorted(path.parent.glob(f"{path.name}*"), key=lambda one: one.stat().st_mtime):
        written_at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        if file.is_file() and written_at >= since - MARGIN:
            try:
                texts.append(_end_of(file, since, first_moment))
            except UNREADABLE as error:
                if file == path:
                    raise OSError(f"{file}: {error}") from error
                log.warning("A rotated record cannot be read: %s: %s", file, error)
    return texts


def _end_of(
    file: Path, since: datetime, first_moment: Callable[[str], datetime | None],
) -> str:
    if file.suffix == ".gz":
        return gzip.decompress(file.read_bytes()).decode("utf-8", "replace")
    size, length = file.stat().st_size, CHUNK
    while True:
        start = max(0, size - length)
        with file.open("rb") as opened:
            opened.seek(start)
            text = opened.read(size - start).decode("utf-8", "replace")
        first = first_moment(text)
        if start == 0 or (first is not None and first < since - MARGIN):
            return text
        length *= 4
