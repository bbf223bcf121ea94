"""What somebody meant who typed in the wrong keyboard layout ○: `Bdfyjd` is `Иванов`."""

from __future__ import annotations

_LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,."
_CYRILLIC = "йцукенгшщзхъфывапролджэячсмитьбю"
_TO_CYRILLIC = str.maketrans(_LATIN + _LATIN.upper(), _CYRILLIC + _CYRILLIC.upper())
_TO_LATIN = str.maketrans(_CYRILLIC + _CYRILLIC.upper(), _LATIN + _LATIN.upper())


def other_layout(text: str) -> str:
    """The same keys in the other layout, Russian or English."""
    return text.translate(_TO_CYRILLIC if text.isascii() else _TO_LATIN)
