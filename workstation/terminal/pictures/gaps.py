"""A gap of the link that is over, in words for who leads. ○"""

from __future__ import annotations

from workstation.protocol import GapView
from workstation.terminal.formats import clock, moment
from workstation.terminal.workplace import Workplace

TOLD_FOR_S = 15 * 60


def past(desk: Workplace) -> str:
    """The newest one, for a while; "" when there is none, or nobody to be told."""
    if not desk.supervises:
        return ""
    over = [gap for gap in desk.shelves.gaps.values() if gap.until is not None
            and (desk.now() - moment(gap.until)).total_seconds() < TOLD_FOR_S]
    return said(desk, max(over, key=lambda gap: gap.since)) if over else ""


def said(desk: Workplace, gap: GapView) -> str:
    words = desk.words
    parts = [words(f"gap.was.{gap.why}", pbx=gap.pbx, since=clock(gap.since, desk.zone),
                   until=clock(gap.until or "", desk.zone))]
    if gap.mended:
        parts.append(words("gap.calls", n=gap.mended))
    if gap.looking:
        parts.append(words("gap.looking"))
    elif gap.unknown:
        parts.append(words("gap.unknown", n=gap.unknown))
    return " ".join(parts)
