"""What a page's telephone may say to Asterisk: whole messages from its own user, plainly written.

Asterisk reads SIP leniently: folded lines, bare line ends, short header names, a second message
behind the first. What it could read otherwise than we do is not let through. JsSIP writes none
of it.
"""

from __future__ import annotations

import re

KEEP_ALIVE = re.compile(r"(\r\n)*")
REQUEST = re.compile(r"[A-Z]{3,12} sips?:[!-~]{1,400} SIP/2\.0")
RESPONSE = re.compile(r"SIP/2\.0 [1-6][0-9]{2} [^\x00-\x1f]{0,200}")
HEADER = re.compile(r"([A-Za-z][A-Za-z0-9-]{0,40}):[ ]?([^\x00-\x08\x0a-\x1f\x7f]*)")
NAME, HOST = r'(?:"[^"\\<>]{0,80}" )?', r"[A-Za-z0-9.:\[\]-]{1,253}"
TAG = r"[A-Za-z0-9.!%*_+`'~-]{1,80}"
SHORT = {"f": "from", "l": "content-length"}


class ForeignFrame(Exception):
    """A page's frame that its own telephone would not have sent; the text names the rule."""


def check(frame: str, user: str) -> None:
    """One frame of the page whose telephone is `user`. Raises ForeignFrame."""
    if KEEP_ALIVE.fullmatch(frame):
        return
    head, end, body = frame.partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    is_request = REQUEST.fullmatch(first) is not None
    if not end or not (is_request or RESPONSE.fullmatch(first)):
        raise ForeignFrame("no whole SIP message")
    headers = _headers(lines)
    if _only(headers, "content-length") != str(len(body.encode())):
        raise ForeignFrame("the length of the body is not what it says")
    own = rf"{NAME}<sip:{re.escape(user)}@{HOST}(?:;transport=ws)?>;tag={TAG}"
    if is_request and not re.fullmatch(own, _only(headers, "from")):
        raise ForeignFrame("a request from somebody else")


def _headers(lines: list[str]) -> list[tuple[str, str]]:
    """Names in lower case and long form; a line that is no header by itself is refused."""
    found = []
    for line in lines:
        whole = HEADER.fullmatch(line)
        if whole is None:
            raise ForeignFrame("a header line that is none")
        name = whole.group(1).lower()
        found.append((SHORT.get(name, name), whole.group(2).strip()))
    return found


def _only(headers: list[tuple[str, str]], wanted: str) -> str:
    values = [value for name, value in headers if name == wanted]
    if len(values) != 1:
        raise ForeignFrame(f"{wanted} stands there {len(values)} times")
    return values[0]
