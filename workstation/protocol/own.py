"""What is one person's own: his keys, and how his telephone's line is."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from workstation.protocol.args import Args

LineVerdict = Literal["good", "fair", "poor", "silent"]
ActionName = Annotated[str, msgspec.Meta(pattern=r"^[a-z_.]{1,60}$")]
# A place on the keyboard as browsers name it (`event.code`), so that no layout matters.
Chord = Annotated[str, msgspec.Meta(
    pattern=r"^(Ctrl\+)?(Alt\+)?(F[1-9]|F1[0-2]|Key[A-Z]|Digit[0-9]|Enter|Space|Home|End|Insert"
            r"|PageUp|PageDown|Arrow(Left|Right|Up|Down)|Comma|Period|Slash|Semicolon|Quote"
            r"|BracketLeft|BracketRight|Backslash|Minus|Equal|Backquote)$")]
Milliseconds = Annotated[float, msgspec.Meta(ge=0, le=60_000)]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=86_400)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class OwnKeys(Args, frozen=True, kw_only=True):
    """`keys.mine`, whoever is signed in: result {"keys": {action: key}}, those he changed."""


class SetKeys(Args, frozen=True, kw_only=True):
    """`keys.set`, whoever is signed in: all keys he changed, by action. Result {}.

    Problem `key_twice` when two actions would have one key, `key_bare` for a letter or digit
    without Ctrl or Alt: it would be typed into notes.
    """
    keys: Annotated[dict[ActionName, Chord], msgspec.Meta(max_length=200)]


class Beat(Args, frozen=True, kw_only=True):
    """`session.beat`, whoever is signed in: is the server still there? Result {}."""


class ReportLine(Args, frozen=True, kw_only=True):
    """`line.report`, the conversation's operator: how his line is now, or (`over`) was over the
    whole leg, which is stored with the contact. Result {}."""
    call: str
    verdict: LineVerdict
    over: bool = False
    seconds: Seconds = 0
    loss: Share = 0
    jitter_ms: Milliseconds = 0
    round_trip_ms: Milliseconds = 0
    bad_s: Seconds = 0


ACTIONS: dict[str, type[Args]] = {
    "keys.mine": OwnKeys,
    "keys.set": SetKeys,
    "session.beat": Beat,
    "line.report": ReportLine,
}
