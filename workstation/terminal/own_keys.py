"""Keys that a person changed on the page, in the terminal ○: the same actions, as far as they go.

A terminal sends fewer keys than a keyboard has, and gives some of them another meaning; then the
key of the terminal stays, and the list of keys says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from workstation.terminal.keys import letter

# Text of `terminal.key.…` → the action as the page names it, which is the binding's id too.
ACTIONS_OF: Mapping[str, str] = {
    "state": "state.menu", "ready": "state.go_ready", "answer": "call.answer",
    "hold": "call.hold_or_resume", "mute": "call.mute_or_not",
    "transfer": "call.transfer_or_complete", "keypad": "call.keypad",
    "hangup": "call.end_or_back", "park": "call.park_or_join", "waiting": "waiting.title",
    "identity": "keys.identity", "edit_card": "edit.title", "note": "note.title",
    "done": "finish.done", "more_time": "wrap_up.more", "new_task": "task.make",
    "search": "search.title", "script": "work.script", "offers": "work.offers",
    "dial": "dial.title", "my_day": "day.title", "help_me": "help.me_or_not",
    "acknowledge": "message.acknowledge",
}
# What they are by themselves: free for another action once their own has moved.
DELIVERED: Mapping[str, tuple[str, ...]] = {
    "state.menu": ("f5",), "state.go_ready": ("alt+0",), "call.answer": ("f2",),
    "call.hold_or_resume": ("f4",), "call.mute_or_not": ("f6",),
    "call.transfer_or_complete": ("f7",), "call.keypad": ("f8",), "call.end_or_back": ("f9",),
    "call.park_or_join": ("alt+k",), "recording.pause_or_not": ("alt+p",),
    "recording.on_or_off": ("alt+o",), "waiting.title": ("alt+w",), "keys.identity": ("f3",),
    "edit.title": ("e",), "note.title": ("ctrl+n",),
    "finish.done": ("f10", "ctrl+d", "ctrl+enter"), "wrap_up.more": ("f12",),
    "task.make": ("t",), "search.title": ("ctrl+k",), "work.script": ("alt+q",),
    "work.offers": ("alt+v",), "dial.title": ("alt+c",), "day.title": ("alt+d",),
    "help.me_or_not": ("alt+y",), "message.acknowledge": ("alt+a",),
}
# Keys of the terminal that cannot be changed.
FIXED = frozenset({"f1", "ctrl+q", "ctrl+l", "ctrl+p", "ctrl+r", "ctrl+t", "ctrl+c", "alt+z",
                   "alt+x", "alt+left", "alt+right", *(f"alt+{n}" for n in range(1, 10)),
                   "alt+l", "alt+g", "alt+b", "alt+h",
                   # these are other keys in disguise: Tab, Enter, line feed, backspace
                   "ctrl+i", "ctrl+m", "ctrl+j", "ctrl+h",
                   # a terminal's own: stop and go on, suspend
                   "ctrl+s", "ctrl+z"})
_NAMES = {"ArrowLeft": "left", "ArrowRight": "right", "ArrowUp": "up", "ArrowDown": "down",
          "Home": "home", "End": "end", "Insert": "insert", "PageUp": "pageup",
          "PageDown": "pagedown"}
_CHORD = re.compile(r"(?:(Ctrl|Alt)\+)?(?:Key([A-Z])|Digit([0-9])|(F[0-9]{1,2})|([A-Z][A-Za-z]+))")


@dataclass(frozen=True, slots=True)
class Obeyed:
    """`keys` for Textual, `shown` in the list of keys, `refused`: what stays as delivered."""
    keys: dict[str, str]
    shown: dict[str, str]
    refused: dict[str, str]


def obeyed(own: Mapping[str, str]) -> Obeyed:
    """`own`: action → chord, as the page stores them. Actions the terminal lacks are nothing."""
    wanted = {action: chord for action, chord in own.items() if action in DELIVERED}
    taken = FIXED | {key for action, keys in DELIVERED.items() if action not in wanted
                     for key in keys}
    found = Obeyed({}, {}, {})
    for action, chord in wanted.items():
        key = terminal_key(chord)
        if not key or key in taken:
            found.refused[action] = shown(chord)
            continue
        found.keys[action] = with_layouts(key)
        found.shown[action] = shown(chord)
    for action in [*found.refused]:         # its delivered key may have been given away meanwhile
        clash = set(DELIVERED[action]) & {keys.split(",")[0] for keys in found.keys.values()}
        for other in [one for one, keys in found.keys.items() if keys.split(",")[0] in clash]:
            found.refused[other] = found.shown.pop(other)
            del found.keys[other]
    return found


def terminal_key(chord: str) -> str:
    """`Alt+KeyQ` → `alt+q`; "" for what no terminal sends."""
    match = _CHORD.fullmatch(chord)
    if match is None:
        return ""
    modifier, letter_key, digit, function, named = match.groups()
    if modifier == "Ctrl" and not letter_key:
        return ""
    key = (letter_key or digit or function or _NAMES.get(named or "", "")).lower()
    return f"{modifier.lower()}+{key}" if key and modifier else key


def with_layouts(key: str) -> str:
    """Alt with a letter arrives as that of the layout."""
    if not re.fullmatch(r"alt\+[a-z]", key):
        return key
    _, _, other = letter(key[-1]).partition(",")
    return f"{key},alt+{other}"


def shown(chord: str) -> str:
    """`Alt+KeyQ` → `Alt+Q`, as the list of keys writes it."""
    return re.sub(r"\b(Key|Digit|Arrow)", "", chord)
