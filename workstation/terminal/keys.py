"""The keys: what they do, what terminals send for them, and on other keyboard layouts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from textual import _ansi_sequences as ansi

# name of the text `terminal.key.<name>` and the key, as the help shows them
KEYS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "call": (("state", "F5"), ("ready", "Alt+0"), ("answer", "F2"), ("hold", "F4"), ("mute", "F6"),
             ("transfer", "F7"), ("keypad", "F8"), ("hangup", "F9"), ("park", "Alt+K"),
             ("drop", "Alt+Z Alt+X"), ("recording", "Alt+P Alt+O"), ("waiting", "Alt+W"),
             ("conversations", "Alt+← Alt+→")),
    "client": (("candidate", "1 … 9"), ("none_of_these", "0"), ("choose", "c"),
               ("new_client", "n"), ("edit_card", "e"), ("identity", "F3"),
               ("filter", "← → (timeline)")),
    "work": (("note", "Ctrl+N"), ("outcome", "Alt+1 … Alt+9"), ("done", "F10 or Ctrl+D"),
             ("card", "Alt+B Alt+H"), ("more_time", "F12"), ("unfinished", "Alt+J"),
             ("take_handed", "Alt+U"), ("script", "Alt+Q"),
             ("offers", "Alt+V"), ("new_task", "t"), ("fields", "Tab, Shift+Tab")),
    "everywhere": (("search", "Ctrl+K or /"), ("requests", "Ctrl+R"), ("tasks", "Ctrl+T"),
                   ("palette", "Ctrl+P"), ("dial", "Alt+C"), ("my_day", "Alt+D"),
                   ("help_me", "Alt+Y"), ("acknowledge", "Alt+A"),
                   ("theme", "Ctrl+L"), ("help", "? or F1"), ("leave", "Ctrl+Q")),
    "supervisor": (("tabs", "1 … 5"), ("campaign", "s p x m l r"), ("duplicates", "d"),
                   ("waits", "w"),
                   ("hangup", "F9"), ("of_call", "Enter"),
                   ("oversee", "Alt+L W B G H"), ("listen_to_who_asks", "Alt+Q")),
}

# the letter on the same key of a Russian keyboard
_CYRILLIC = dict(zip("qwertyuiopasdfghjklzxcvbnm", "йцукенгшщзфывапролдячсмить", strict=True))


def letter(key: str) -> str:
    """A binding for a letter key wherever the layout stands: `n` → `n,т`."""
    return f"{key},{_CYRILLIC[key]}"


def deliver_alt_digits() -> None:
    """Alt+digit arrives as ESC digit; Textual reads that as the sign a Mac's Option key types.

    Without its entries ESC 1 becomes `alt+1` by the parser's general rule, and `£`, `§`, `•`
    typed on a keyboard that has them stay letters of the note.
    """
    table = cast("dict[str, object]", ansi.ANSI_SEQUENCES_KEYS)
    for digit in "0123456789":
        table.pop(f"\x1b{digit}", None)
