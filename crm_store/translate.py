"""Errors of drivers and SQLAlchemy, told in the store's own words."""

from __future__ import annotations

import errno

from sqlalchemy import exc as sa

from crm_store import errors

# Parts of SQLite's messages; SQLite has no stable codes through aiosqlite for all of them.
_SQLITE = (
    ("database is locked", errors.Busy),
    ("attempt to write a readonly database", errors.ReadOnly),
    ("database or disk is full", errors.Full),
    ("disk i/o error", errors.Full),
    ("no such table", errors.NotMigrated),
    ("no such column", errors.NotMigrated),
    ("unable to open database", errors.Unreachable),
    ("file is not a database", errors.Unreachable),
)
# SQLSTATE classes and codes, https://www.postgresql.org/docs/current/errcodes-appendix.html
_SQLSTATE = (
    ("23", errors.Conflict), ("40", errors.Busy), ("55P03", errors.Busy),
    ("57014", errors.TimedOut), ("25006", errors.ReadOnly), ("53100", errors.Full),
    ("42P01", errors.NotMigrated),
    ("42703", errors.NotMigrated), ("08", errors.Unreachable), ("57P", errors.Unreachable),
    ("28", errors.Unreachable), ("3D", errors.Unreachable), ("53", errors.Busy),
)


def translated(problem: BaseException) -> errors.StoreError:
    """The store's error for a library's; the original stays as the cause."""
    if isinstance(problem, TimeoutError | sa.TimeoutError):
        return errors.TimedOut()
    if isinstance(problem, sa.StatementError) and isinstance(problem.orig, errors.StoreError):
        return problem.orig
    if isinstance(problem, sa.DBAPIError):
        if problem.connection_invalidated:
            return errors.Unreachable(_first_line(problem.orig))
        return _of_driver(problem.orig)
    if isinstance(problem, OSError):
        is_full = problem.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        return (errors.Full if is_full else errors.Unreachable)(str(problem))
    return errors.StoreError(_first_line(problem)) if isinstance(
        problem, sa.SQLAlchemyError) else _of_driver(problem)


def _of_driver(problem: BaseException | None) -> errors.StoreError:
    said = _first_line(problem)
    if type(problem).__name__ == "IntegrityError":
        return errors.Conflict(said)
    if type(problem).__name__ == "InterfaceError":      # asyncpg's: the link is gone
        return errors.Unreachable(said)
    state = str(getattr(problem, "sqlstate", None) or "")
    for start, kind in _SQLSTATE:
        if state.startswith(start):
            return kind(said)
    for part, kind in _SQLITE:
        if not state and part in said.lower():
            return kind(said)
    return errors.StoreError(said)


def _first_line(problem: object) -> str:
    return (str(problem).splitlines() or [""])[0]
