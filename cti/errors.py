"""What may go wrong between us and Asterisk; each docstring is the message."""

from __future__ import annotations


class CtiError(Exception):
    """Something between Deskline and Asterisk went wrong."""


class LinkDown(CtiError):
    """There is no link to Asterisk now; nothing was sent, or no answer can come any more."""


class LoginRefused(CtiError):
    """Asterisk refused the manager account."""

    def __init__(self, account: str, reason: str) -> None:
        super().__init__(f"Asterisk refused the manager account {account}: {reason}")
        self.account = account
        self.reason = reason


class CommandRefused(CtiError):
    """Asterisk answered a command with an error; `reason` is its own sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Asterisk refused: {reason}")
        self.reason = reason


class CommandTimedOut(CtiError):
    """Asterisk did not answer in time: whether the command was done is unknown."""


class NotSendable(CtiError):
    """A value does not fit the pattern of its field, so the command was not sent."""

    def __init__(self, field: str, value: str) -> None:
        super().__init__(f"{field} cannot be {value!r}")
        self.field = field
        self.value = value


class BrokenTape(CtiError):
    """A line of a tape cannot be read."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason


class Overrun(CtiError):
    """This subscriber was too slow: changes were dropped; take a fresh picture and go on."""
