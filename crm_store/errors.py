"""What can go wrong in the store. The docstring is the message; facts are fields."""

from __future__ import annotations


class StoreError(Exception):
    """The store could not do this."""

    def __init__(self, detail: str = "") -> None:
        self.detail = detail
        said = (self.__doc__ or "").strip().splitlines()[0]
        super().__init__(f"{said} {detail}".strip())


class UrlUnusable(StoreError):
    """The database URL must name a SQLite file or a PostgreSQL database."""


class Unreachable(StoreError):
    """The database cannot be reached or opened."""


class NotMigrated(StoreError):
    """The database has no up-to-date tables; run `deskline migrate`."""


class Busy(StoreError):
    """The database was busy for too long; the same may be tried again."""


class TimedOut(StoreError):
    """The database did not answer in time."""


class Full(StoreError):
    """The disk below the database is full or read-only; nothing was written."""


class ReadOnly(StoreError):
    """A reading transaction was asked to write."""


class Conflict(StoreError):
    """The database refuses this: it contradicts a row that is already there."""


class NotFound(StoreError):
    """There is no such row."""


class Stale(StoreError):
    """Somebody else has saved a newer version meanwhile."""

    def __init__(self, stored_version: int, since: tuple[object, ...] = ()) -> None:
        self.stored_version = stored_version
        self.since = since              # of a client: `editing.Changed`, oldest first
        super().__init__(f"(stored version {stored_version})")


class ValueInvalid(StoreError, ValueError):
    """This value does not fit its field."""

    def __init__(self, code: str, detail: str = "", field: str = "") -> None:
        self.code = code                # no_number, no_date, no_choice …: a key of the texts
        self.field = field              # where the values of several came together
        super().__init__(f"({code}{': ' if detail else ''}{detail})")


class TooNew(StoreError):
    """A later version of Deskline made this; use that version, or a newer one."""


class NoSuchRevision(StoreError):
    """There is no such revision:"""


class WouldLose(StoreError):
    """This would lose"""


class InUse(StoreError):
    """The database is in use: stop the server and whoever else works with it."""


class NotEmpty(StoreError):
    """There is data here already; nothing was changed."""


class CannotCopy(StoreError):
    """This cannot be copied:"""


class NotTheSame(StoreError):
    """What was written is not what was read; it was thrown away."""


class NoBackup(StoreError):
    """This is no backup made by Deskline."""


class Damaged(StoreError):
    """The backup is damaged; nothing was changed."""


class NaiveMoment(StoreError, ValueError):
    """A moment without a time zone was given to the store."""


class BadCursor(StoreError, ValueError):
    """This page cursor is not one of ours."""
