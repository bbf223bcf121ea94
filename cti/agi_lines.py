"""The lines of AGI, read and written: pure.

Asterisk opens with a block of `agi_…: value` lines and a blank one; then each command line of
ours is answered by `200 result=…`, `510 …`, `511 …` or the lines `520-…` to `520 …`. Whatever
does not look like that is not believed: a caller's number can hold a line feed (`%0A` in a SIP
address), and what comes after it must not pass for an answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

COMMAND_BYTES = 2000    # res_agi reads commands into a buffer of 2,048
QUERY_FIELDS = 16

HEADER_LINE = re.compile(r"(agi_[a-z0-9_]{1,40}): ?([^\r\0]*)")
REPLY_LINE = re.compile(
    r"(?P<code>200) result=(?P<result>-?[0-9A-Da-d*#]*)"
    r"(?: \((?P<data>.*)\))?(?: endpos=(?P<endpos>[0-9]+))?\s*"
    r"|(?P<error>5[0-9][0-9])(?P<more>[ -])(?P<text>.*)",
    re.DOTALL,
)
PLAIN_WORD = re.compile(r"[A-Za-z0-9_/.+*#-]+")
VARIABLE = re.compile(r"_{0,2}[A-Za-z][A-Za-z0-9_]{0,79}(?:\([a-z0-9_,:-]{0,80}\))?")


class AgiError(Exception):
    """A call's script can not go on."""

    def __str__(self) -> str:
        return super().__str__() or str(self.__doc__)


class HungUp(AgiError):
    """The caller is gone; sounds and keys are over, variables still work."""


class ConnectionLost(HungUp):
    """Asterisk closed the connection, as it does where AGIEXITONHANGUP is set."""


class NoAnswer(AgiError):
    """The peer did not answer in time."""


class OutOfStep(AgiError):
    """The peer said something that is no answer to what we asked."""


class CommandRefused(AgiError):
    """Asterisk refused a command."""


class UnsafeText(AgiError):
    """A text does not belong into a command line."""


class SoundMissing(AgiError):
    """Asterisk could not play a sound file."""


@dataclass(frozen=True, slots=True)
class Request:
    """What Asterisk said when it opened the connection. All of it is hostile text.

    `path` is the route without its query; numbers and names are None where Asterisk has none.
    """
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]

    @property
    def channel(self) -> str:
        return self.headers.get("agi_channel", "")

    @property
    def caller_number(self) -> str | None:
        return self._known("agi_callerid")

    @property
    def caller_name(self) -> str | None:
        return self._known("agi_calleridname")

    @property
    def is_number_withheld(self) -> bool:
        """Asterisk's presentation octet: 32 and above are `restricted` or `unavailable`."""
        presentation = self.headers.get("agi_callingpres", "0")
        return presentation.isdecimal() and int(presentation) & 0x60 != 0

    def _known(self, key: str) -> str | None:
        text = self.headers.get(key, "")
        return text if text and text != "unknown" else None


@dataclass(frozen=True, slots=True)
class Reply:
    """`code` 200 with `result` (`data` is what stands in brackets), or an error with its text."""
    code: int
    result: str = ""
    data: str | None = None
    end_position: int | None = None     # samples played, where the command plays
    has_more: bool = False              # a `520-` line: more follow

    @property
    def number(self) -> int:
        """`result` as a number; raises OutOfStep where it is none."""
        try:
            return int(self.result)
        except ValueError as error:
            raise OutOfStep(f"a number was expected, not {self.result!r}") from error


def parse_header(lines: Sequence[str]) -> Request:
    """The opening block. Raises OutOfStep when a line is foreign or a key stands twice."""
    headers: dict[str, str] = {}
    for line in lines:
        match = HEADER_LINE.fullmatch(line)
        if match is None or match[1] in headers:
            raise OutOfStep("the opening block holds a line that Asterisk does not write")
        headers[match[1]] = match[2]
    script = headers.get("agi_network_script")
    if script is None:
        raise OutOfStep("the opening block names no script")
    path, _, query = script.partition("?")
    return Request(path.strip("/"), _parse_query(query), headers)


def _parse_query(query: str) -> dict[str, str]:
    """The first value of each name."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=QUERY_FIELDS)
    except ValueError as error:
        raise OutOfStep("the script's query is too long") from error
    return dict(reversed(pairs))


def parse_reply(line: str) -> Reply:
    """One line of an answer; raises OutOfStep when it is none."""
    match = REPLY_LINE.fullmatch(line)
    if match is None:
        raise OutOfStep("a line came that is no answer")
    if match["error"]:
        return Reply(int(match["error"]), data=match["text"], has_more=match["more"] == "-")
    end = match["endpos"]
    return Reply(200, match["result"], match["data"], int(end) if end else None)


def command_line(words: Sequence[str]) -> bytes:
    """`words` as one command, quoted where needed.

    Raises UnsafeText for CR, LF or NUL (each would begin a second command) and for a line that
    Asterisk would cut.
    """
    text = " ".join(_quoted(word) for word in words)
    line = text.encode("utf-8", errors="strict") + b"\n"
    if len(line) > COMMAND_BYTES:
        raise UnsafeText(f"a command of {len(line)} bytes is too long")
    return line


def _quoted(word: str) -> str:
    if PLAIN_WORD.fullmatch(word):
        return word
    if any(sign in word for sign in "\r\n\0"):
        raise UnsafeText("a command's word holds a line end or a NUL")
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def check_variable(name: str) -> str:
    """`name`, if it can name a channel variable or a function with plain arguments."""
    if not VARIABLE.fullmatch(name):
        raise UnsafeText(f"{name!r} names no variable")
    return name
