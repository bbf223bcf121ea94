"""Which column of a file is which field of ours: by guess, and by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crm_store.folding import fold
from crm_store.imports.parsing import FIELDS

_KNOWN_AS = {
    "name": ("name", "client", "client name", "full name", "fio", "фио", "клиент", "имя",
             "наименование", "абонент", "организация"),
    "kind": ("kind", "type", "тип", "вид"),
    "phone": ("phone", "telephone", "tel", "mobile", "phone number", "телефон", "тел",
              "мобильный", "номер телефона"),
    "phone2": ("phone2", "phone 2", "second phone", "телефон 2", "телефон2", "доп телефон"),
    "phone3": ("phone3", "phone 3", "third phone", "телефон 3", "телефон3"),
    "language": ("language", "lang", "язык"),
    "time_zone": ("time zone", "timezone", "часовой пояс"),
    "account": ("account", "account number", "лицевой счет", "лс", "счет", "номер счета"),
    "address": ("address", "адрес"),
    "balance": ("balance", "баланс", "сальдо"),
    "debt": ("debt", "debt amount", "долг", "задолженность", "сумма долга"),
    "debt_since": ("debt since", "since", "overdue since", "долг с", "дата долга"),
    "currency": ("currency", "валюта"),
    "meter": ("meter", "meter number", "счетчик", "номер счетчика"),
    "resource": ("resource", "ресурс", "услуга"),
    "tags": ("tags", "метки"),
}
_BY_HEADER = {fold(header): field for field, headers in _KNOWN_AS.items() for header in headers}


class MapUnusable(Exception):
    """The columns cannot be mapped; the message says which one and what there is."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """`places`: our field → column; `named`: our field → header."""
    places: dict[str, int]
    named: dict[str, str]
    ignored: tuple[str, ...]

    def pick(self, cells: Sequence[str]) -> dict[str, str]:
        """The cells we know by our names; a short row has the rest empty."""
        return {field: cells[place] if place < len(cells) else ""
                for field, place in self.places.items()}


def guess(headers: Sequence[str], by_hand: Mapping[str, str]) -> Mapped:
    """Map by the headers' folded names; what is mapped by hand wins. Raises `MapUnusable`."""
    places: dict[str, int] = {}
    for field, header in by_hand.items():
        if field not in FIELDS:
            raise MapUnusable(f"there is no field {field!r}; fields are {', '.join(FIELDS)}")
        if header not in headers:
            raise MapUnusable(f"there is no column {header!r}; columns are {', '.join(headers)}")
        places[field] = list(headers).index(header)
    taken = set(places.values())
    for place, header in enumerate(headers):
        known = _BY_HEADER.get(fold(header.replace("_", " ")))
        if known and known not in places and place not in taken:
            places[known] = place
    if "name" not in places:
        raise MapUnusable(f"no column is the client's name; columns are {', '.join(headers)} "
                          "(--map name=COLUMN)")
    used = set(places.values())
    return Mapped(places, {field: headers[place] for field, place in places.items()},
                  tuple(header for place, header in enumerate(headers) if place not in used))
