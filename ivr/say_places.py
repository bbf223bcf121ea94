"""Addresses as they are said: abbreviations in full, house numbers as words. Pure.

    place_in_words("г. Самара, ул. Ленина, д. 12А, корп. 3", "ru")
    → «город Самара, улица Ленина, дом двенадцать А, корпус три»
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ivr.say import LARGEST, number_in_words

# Abbreviations in full, without their full stop; only where a full stop or a number follows.
SHORT: Mapping[str, Mapping[str, str]] = {
    "en": {"st": "street", "ave": "avenue", "rd": "road", "blvd": "boulevard", "sq": "square",
           "apt": "apartment", "no": "number", "bldg": "building", "fl": "floor"},
    "ru": {"г": "город", "ул": "улица", "пр": "проспект", "пр-т": "проспект",
           "просп": "проспект", "пер": "переулок", "пл": "площадь", "ш": "шоссе",
           "наб": "набережная", "б-р": "бульвар", "д": "дом", "корп": "корпус", "к": "корпус",
           "стр": "строение", "кв": "квартира", "оф": "офис", "эт": "этаж", "пос": "посёлок",
           "с": "село", "обл": "область", "р-н": "район", "мкр": "микрорайон"},
    "nl": {"str": "straat", "pl": "plein", "nr": "nummer", "st": "sint", "bus": "bus"},
    "fr": {"av": "avenue", "bd": "boulevard", "pl": "place", "r": "rue", "ch": "chemin",
           "n°": "numéro", "bât": "bâtiment", "apt": "appartement", "ét": "étage"},
    "tr": {"cad": "caddesi", "sok": "sokağı", "sk": "sokağı", "mah": "mahallesi",
           "apt": "apartmanı", "no": "numara", "kat": "kat", "d": "daire", "bulv": "bulvarı",
           "blok": "blok"},
}
STROKE = {"en": "stroke", "ru": "дробь", "nl": "schuine streep", "fr": "barre oblique",
          "tr": "bölü"}
PIECE = re.compile(r"\d+|[^\W\d_]+(?:-[^\W\d_]+)*|n°|[^\w\s]|_", re.IGNORECASE)


def place_in_words(text: str, language: str) -> str:
    """One text to be spoken; a number of more than six digits is said digit by digit."""
    pieces = PIECE.findall(text)
    words: list[str] = []
    for place, piece in enumerate(pieces):
        following = pieces[place + 1] if place + 1 < len(pieces) else ""
        if piece.isdecimal():
            words.append(_number(piece, language))
        elif piece == "/":
            words.append(STROKE[language])
        elif piece == ",":
            words[-1:] = [f"{words[-1]},"] if words else []
        elif full := _in_full(piece, following, language):
            words.append(full)
        elif piece[0].isalpha():
            words.append(piece)
    return " ".join(words)


def _in_full(piece: str, following: str, language: str) -> str | None:
    """«д. 12», «д 12», but not the letter of «12 д»."""
    is_short = following == "." or following.isdecimal()
    return SHORT[language].get(piece.lower()) if is_short else None


def _number(digits: str, language: str) -> str:
    if len(digits) > 6 or digits[0] == "0" or int(digits) >= LARGEST:
        return " ".join(" ".join(number_in_words(int(digit), language)) for digit in digits)
    return " ".join(number_in_words(int(digits), language))
