"""Whether only played people are behind the trunk: the demo says so while it runs.

It holds a file locked; the lock ends with its process, whatever that dies of. The command line
beside it asks for the lock; the demo's own servers are told by the setting `pbx.rehearsal`.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workstation.settings import Settings

_TRIES, _PAUSE_S = 20, 0.05     # somebody asking holds the lock for a moment


class AnotherRuns(OSError):
    """A second demo in one folder."""


@contextmanager
def held(data_dir: Path) -> Iterator[None]:
    """As long as the block lasts. Raises AnotherRuns, OSError."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with _path(data_dir).open("ab") as file:
        for _ in range(_TRIES):
            if _is_locked(file.fileno(), fcntl.LOCK_EX):
                break
            time.sleep(_PAUSE_S)
        else:
            raise AnotherRuns(f"a demo runs in {data_dir} already; stop it first")
        yield


def is_held(data_dir: Path) -> bool:
    """Whether a demo runs in this folder."""
    try:
        with _path(data_dir).open("rb") as file:
            return not _is_locked(file.fileno(), fcntl.LOCK_SH)
    except OSError:
        return False


def rehearses(settings: Settings) -> bool:
    """Whether everybody who can be called is synthetic, as the demo or the settings say."""
    return settings.pbx.rehearsal or is_held(settings.data_dir)


def _path(data_dir: Path) -> Path:
    return data_dir / "rehearsal"


def _is_locked(file: int, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
