"""What a person is told when something cannot be done; one place decides the words' codes.

`code` is machine-readable and a key of the texts; `title` and `detail` are English for logs and
integrators. REST shows them as RFC 9457 problem documents, sockets as `Problem`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import structlog

from crm_store import errors as store
from cti import errors as cti
from workstation.protocol import Problem

log = structlog.get_logger()


class Refused(Exception):
    """It cannot be done; nothing was changed."""

    def __init__(self, code: str, title: str, detail: str = "", status: int = 409,
                 facts: Mapping[str, Any] | None = None) -> None:
        super().__init__(title)
        self.facts = dict(facts or {})
        self.code = code
        self.title = title
        self.detail = detail
        self.status = status

    def problem(self) -> Problem:
        return Problem(code=self.code, title=self.title, detail=self.detail, facts=self.facts)


class NotAllowed(Refused):
    def __init__(self, detail: str = "") -> None:
        super().__init__("not_allowed", "Your role does not allow this.", detail, 403)


class NotSignedIn(Refused):
    def __init__(self, detail: str = "") -> None:
        super().__init__("not_signed_in", "Sign in first.", detail, 401)


class NotThere(Refused):
    def __init__(self, what: str) -> None:
        super().__init__("not_found", f"There is no such {what}.", "", 404)


class Unreadable(Refused):
    def __init__(self, detail: str) -> None:
        super().__init__("unreadable", "This request cannot be understood.", detail, 400)


def in_words(error: Exception | str) -> str:
    """An error's text without the `[Errno 2]` that Python puts before it."""
    return re.sub(r"\[Errno -?\d+\] ", "", str(error))


def refusal(error: Exception) -> Refused:
    """The person's side of an error; what nobody foresaw is logged and becomes `failed`."""
    match error:
        case Refused():
            return error
        case cti.LinkDown():
            return Refused("link_down", "There is no link to Asterisk now.", str(error), 503)
        case cti.CommandTimedOut():
            return Refused("pbx_silent", "Asterisk did not answer in time.", str(error), 504)
        case cti.CommandRefused():
            return Refused("pbx_refused", "Asterisk refused.", error.reason)
        case cti.NotSendable():
            return Refused("not_sendable", "This cannot be sent to Asterisk.", str(error), 422)
        case store.NotFound():
            return NotThere("record")
        case store.BadCursor():
            return Unreadable("unknown cursor")
        case store.ValueInvalid():
            return Refused("fields_invalid", "Some fields are not right.", str(error), 422,
                           {"fields": {error.field: error.code}} if error.field else None)
        case store.Stale():
            return Refused("stale", "Somebody else saved it meanwhile.", str(error), 409,
                           {"version": error.stored_version})
        case store.Conflict():
            return Refused("conflict", "The database refuses this.", str(error))
        case store.StoreError():
            log.error("the store failed a request", error=repr(error))
            return Refused("store_unavailable", "The database does not answer.", "", 503)
        case TimeoutError():
            return Refused("too_slow", "It took too long and was given up.", "", 504)
    log.error("a request failed for a reason nobody foresaw", exc_info=error)
    return Refused("failed", "Something went wrong on the server.", "", 500)
