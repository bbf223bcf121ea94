"""Two themes, light and dark; a state's colour is a variable with the state's name."""

from __future__ import annotations

import os
from collections.abc import Mapping

from textual.theme import Theme

DARK = "deskline-dark"
LIGHT = "deskline-light"

# state → shape; the word always stands beside it
SHAPES: Mapping[str, str] = {
    "ready": "●", "offered": "◆", "ringing": "◆", "talking": "■", "held": "‖", "wrap_up": "◐",
    "paused": "○", "offline": "–", "missed": "×", "dialling": "◇", "menu": "◌", "waiting": "◔",
    "done": "·",
}

_STATES_DARK = {
    "state-ready": "#5fbf77", "state-offered": "#f0b13c", "state-talking": "#6fb1f5",
    "state-held": "#8fa8d8", "state-wrap": "#bd9cf0", "state-paused": "#a3adb8",
    "state-offline": "#8b95a1", "state-breach": "#ff7b72", "dim": "#98a3af", "line": "#3a4450",
}
_STATES_LIGHT = {
    "state-ready": "#19692f", "state-offered": "#8a5200", "state-talking": "#0b5cad",
    "state-held": "#3d5a94", "state-wrap": "#6b3fb5", "state-paused": "#57606a",
    "state-offline": "#616a74", "state-breach": "#b3261e", "dim": "#59636e", "line": "#c3cad2",
}
_QUIET = {"block-cursor-text-style": "none"}

THEMES = (
    Theme(name=DARK, primary="#5aa3f0", secondary="#5aa3f0", accent="#5aa3f0", warning="#f0b13c",
          error="#ff7b72", success="#5fbf77", foreground="#dde3ea", background="#12171d",
          surface="#171d24", panel="#212932", dark=True, variables=_STATES_DARK | _QUIET),
    Theme(name=LIGHT, primary="#0b5cad", secondary="#0b5cad", accent="#0b5cad",
          warning="#8a5200", error="#b3261e", success="#19692f", foreground="#1c232b",
          background="#fbfcfd", surface="#f3f5f7", panel="#e6eaee", dark=False,
          variables=_STATES_LIGHT | _QUIET),
)

_COLOURS: Mapping[str, str] = {
    "ready": "$state-ready", "offered": "$state-offered", "ringing": "$state-offered",
    "talking": "$state-talking", "held": "$state-held", "wrap_up": "$state-wrap",
    "paused": "$state-paused", "missed": "$state-breach", "waiting": "$state-offered",
    "dialling": "$state-offered", "menu": "$state-paused",
}


def colour(state: str) -> str:
    return _COLOURS.get(state, "$state-offline")


def shape(state: str) -> str:
    return SHAPES.get(state, "·")


def preferred(environment: Mapping[str, str] = os.environ) -> str:
    """Light when the terminal says its background is (COLORFGBG, set by rxvt, Konsole, …)."""
    background = environment.get("COLORFGBG", "").rpartition(";")[2]
    return LIGHT if background in {"7", "15"} else DARK
