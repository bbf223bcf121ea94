"""What was typed upon the same draft on two screens, joined ○. Page and server do it alike.

The page's copy is `web/ui/src/joining.ts`; both are held to `test/join_cases.json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workstation.protocol.working import DraftView


@dataclass(frozen=True)
class Content:
    """`follow`: the call-back or task that is to be made with the outcome, see `FollowUp`."""
    note: str = ""
    disposition: str | None = None
    form_type: str | None = None
    form: Mapping[str, str] = field(default_factory=dict)
    follow: Mapping[str, str] = field(default_factory=dict)


def content_of(draft: DraftView) -> Content:
    return Content(draft.note, draft.disposition, draft.form_type, dict(draft.form),
                   dict(draft.follow))


def join(base: Content, mine: Content, theirs: Content) -> Content:
    """Both sets of changes to `base`; where both changed the same field, ours stands."""
    return Content(
        note=join_text(base.note, mine.note, theirs.note),
        disposition=_pick(base.disposition, mine.disposition, theirs.disposition),
        form_type=_pick(base.form_type, mine.form_type, theirs.form_type),
        form=_join_fields(base.form, mine.form, theirs.form),
        follow=_join_fields(base.follow, mine.follow, theirs.follow))


def _join_fields(base: Mapping[str, str], mine: Mapping[str, str],
                 theirs: Mapping[str, str]) -> dict[str, str]:
    joined = {name: _pick(base.get(name), mine.get(name), theirs.get(name))
              for name in dict.fromkeys([*theirs, *mine])}
    return {name: value for name, value in joined.items() if value is not None}


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
