"""One draft, typed on two screens: which letters are ours, what is sent, what comes in. ○

`draft.save` carries the whole draft and the last one wins, so a screen that hears the other's
letters while its own are not yet stored must join both before it saves again. Three contents make
that possible: `stored` (what the server is known to have), `typed` (what stands on this screen),
`sent` (a save under way, at most one). Law: after the last letter and the last message, both
screens and the server hold the same draft; letters typed on one screen alone are never lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from workstation.protocol import DraftView


@dataclass(frozen=True)
class Content:
    note: str = ""
    disposition: str | None = None
    form_type: str | None = None
    form: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Typing:
    version: int
    stored: Content
    typed: Content
    sent: Content | None = None

    @property
    def is_saved(self) -> bool:
        return self.typed == self.stored


def content_of(draft: DraftView) -> Content:
    return Content(draft.note, draft.disposition, draft.form_type, dict(draft.form))


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


def saved(typing: Typing, version: int) -> Typing:
    """The reply to our save; a newer version heard meanwhile stands."""
    if typing.sent is None:
        return typing
    if version <= typing.version:
        return replace(typing, sent=None)
    return replace(typing, version=version, stored=typing.sent, sent=None)


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


def join(base: Content, mine: Content, theirs: Content) -> Content:
    """Both sets of changes to `base`; where both changed the same field, ours stands."""
    names = [*dict.fromkeys([*theirs.form, *mine.form])]
    form = {name: _pick(base.form.get(name), mine.form.get(name), theirs.form.get(name))
            for name in names}
    return Content(
        note=join_text(base.note, mine.note, theirs.note),
        disposition=_pick(base.disposition, mine.disposition, theirs.disposition),
        form_type=_pick(base.form_type, mine.form_type, theirs.form_type),
        form={name: value for name, value in form.items() if value is not None})


def _pick(base: str | None, mine: str | None, theirs: str | None) -> str | None:
    return theirs if mine == base else mine


def join_text(base: str, mine: str, theirs: str) -> str:
    """Three-way merge of one changed stretch on each side; letters typed are kept."""
    if mine in (base, theirs):
        return theirs
    if theirs == base:
        return mine
    start_a, end_a, ours = stretch(base, mine)
    start_b, end_b, other = stretch(base, theirs)
    if end_a <= start_b and start_a < start_b:
        return base[:start_a] + ours + base[end_a:start_b] + other + base[end_b:]
    if end_b <= start_a and start_b < start_a:
        return base[:start_b] + other + base[end_b:start_a] + ours + base[end_a:]
    start, end = min(start_a, start_b), max(end_a, end_b)
    ours = base[start:start_a] + ours + base[end_a:end]
    other = base[start:start_b] + other + base[end_b:end]
    if ours.startswith(other) or other.startswith(ours):
        return base[:start] + max(ours, other, key=len) + base[end:]
    return base[:start] + other + ours + base[end:]


def stretch(before: str, after: str) -> tuple[int, int, str]:
    """(start, end, text): `before[:start] + text + before[end:] == after`, as short as can be."""
    limit = min(len(before), len(after))
    start = 0
    while start < limit and before[start] == after[start]:
        start += 1
    tail = 0
    while tail < limit - start and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    return start, len(before) - tail, after[start:len(after) - tail]


def carry(offset: int, before: str, after: str) -> int:
    """Where a cursor at `offset` of `before` stands in `after`: beside the same letters."""
    start, end, text = stretch(before, after)
    if offset <= start:
        return offset
    if offset >= end:
        return offset + len(after) - len(before)
    return start + min(offset - start, len(text))
