"""One draft, typed on two screens: which letters are ours, what is sent, what comes in. ○

`draft.save` carries the whole draft; the server joins what two screens typed upon the same
version, and a screen that hears the other's letters while its own are not stored joins them too.
Three contents make that possible: `stored` (what the server is known to have), `typed` (what
stands on this screen), `sent` (a save under way, at most one). Law: after the last letter and the
last message, both screens and the server hold the same draft; letters typed on one screen alone
are never lost.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from workstation.protocol import DraftView
from workstation.protocol.joining import Content, content_of, join, join_text, stretch

__all__ = ["Content", "Typing", "carry", "content_of", "heard", "join", "join_text", "lost",
           "opened", "saved", "send", "stretch", "write"]


@dataclass(frozen=True)
class Typing:
    version: int
    stored: Content
    typed: Content
    sent: Content | None = None

    @property
    def is_saved(self) -> bool:
        return self.typed == self.stored


def opened(draft: DraftView) -> Typing:
    content = content_of(draft)
    return Typing(draft.version, content, content)


def write(typing: Typing, content: Content) -> Typing:
    return replace(typing, typed=content)


def send(typing: Typing) -> tuple[Typing, Content | None]:
    """What to save now; None: nothing new, or a save is under way."""
    if typing.sent is not None or typing.is_saved:
        return typing, None
    return replace(typing, sent=typing.typed), typing.typed


def saved(typing: Typing, version: int, joined: DraftView | None = None) -> Typing:
    """The reply to our save; a newer version heard meanwhile stands. `joined`: what the server
    has instead, when another screen's letters came in."""
    if typing.sent is None:
        return typing
    if version <= typing.version:
        return replace(typing, sent=None)
    known = replace(typing, version=version, stored=typing.sent, sent=None)
    return known if joined is None else heard(known, joined)


def lost(typing: Typing) -> Typing:
    """Nobody knows whether the save under way arrived: send again."""
    return replace(typing, sent=None)


def heard(typing: Typing, draft: DraftView) -> Typing:
    """The server's draft; our own echo changes nothing, another screen's letters are joined."""
    theirs = content_of(draft)
    if draft.version < typing.version or theirs == typing.stored:
        return replace(typing, version=max(typing.version, draft.version))
    joined = typing.typed if theirs == typing.sent else join(typing.stored, typing.typed, theirs)
    return replace(typing, version=draft.version, stored=theirs, typed=joined)


def carry(offset: int, before: str, after: str) -> int:
    """Where a cursor at `offset` of `before` stands in `after`: beside the same letters."""
    start, end, text = stretch(before, after)
    if offset <= start:
        return offset
    if offset >= end:
        return offset + len(after) - len(before)
    return start + min(offset - start, len(text))
