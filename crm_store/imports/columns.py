"""Which column of a file is which field of ours ○: by guess, and by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crm_store.folding import fold
from crm_store.imports.parsing import CUSTOM, FIELDS

_KNOWN_AS = {
    "name": ("name", "client", "client name", "full name", "customer", "fio", "фио", "клиент",
             "имя", "наименование", "абонент", "организация", "ф и о", "потребитель", "debtor",
             "должник", "название"),
    "kind": ("kind", "type", "тип", "вид", "тип клиента"),
    "phone": ("phone", "telephone", "tel", "mobile", "phone number", "phones", "телефон", "тел",
              "мобильный", "номер телефона", "телефоны", "контактный телефон", "phone1",
              "phone 1", "телефон 1", "телефон1", "сотовый", "cell"),
    "phone2": ("phone2", "phone 2", "second phone", "телефон 2", "телефон2", "доп телефон",
               "домашний", "домашний телефон", "home phone"),
    "phone3": ("phone3", "phone 3", "third phone", "телефон 3", "телефон3", "рабочий",
               "рабочий телефон", "work phone"),
    "email": ("email", "e mail", "mail", "почта", "эл почта", "электронная почта", "емейл",
              "email1", "email 1", "адрес электронной почты"),
    "email2": ("email2", "email 2", "second email", "почта 2"),
    "language": ("language", "lang", "язык"),
    "time_zone": ("time zone", "timezone", "часовой пояс"),
    "account": ("account", "account number", "account no", "лицевой счет", "лс", "л с", "счет",
                "номер счета", "номер лс", "номер лицевого счета"),
    "address": ("address", "адрес", "supply address", "адрес объекта"),
    "balance": ("balance", "баланс", "сальдо"),
    "debt": ("debt", "debt amount", "долг", "задолженность", "сумма долга",
             "сумма задолженности"),
    "debt_since": ("debt since", "since", "overdue since", "долг с", "дата долга",
                   "дата возникновения"),
    "currency": ("currency", "валюта"),
    "meter": ("meter", "meter number", "счетчик", "номер счетчика", "прибор учета"),
    "resource": ("resource", "ресурс", "услуга"),
    "tags": ("tags", "метки", "теги"),
    "client": ("client id", "deskline id", "id клиента"),
}
_BY_HEADER = {fold(header): field for field, headers in _KNOWN_AS.items() for header in headers}
_NEXT = {"phone": ("phone2", "phone3"), "phone2": ("phone3",), "email": ("email2",)}
ROW_COLUMN, WHY_COLUMN = "import_row", "import_why"     # of our own error files


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


def guess(headers: Sequence[str], by_hand: Mapping[str, str], *,
          customs: Mapping[str, str] | None = None, only_by_hand: bool = False,
          without_name: bool = False) -> Mapped:
    """Map by the headers' folded names; what is mapped by hand wins.

    `customs`: key → label of the fields an administrator defined. A column may be given as `#3`;
    a field mapped to "" by hand has none. `only_by_hand`: guess nothing. `without_name`: also a
    map that lacks the name is told. Raises `MapUnusable`.
    """
    known = customs or {}
    places = _by_hand(headers, by_hand, known)
    refused = {field for field, header in by_hand.items() if not header}
    if not only_by_hand:
        _guess(headers, places, refused, known)
    if "name" not in places and not without_name:
        raise MapUnusable(f"no column is the client's name; columns are {_some(headers)} "
                          "(--map name=COLUMN)")
    used = set(places.values())
    return Mapped(
        places, {field: headers[place] for field, place in places.items()},
        tuple(header for place, header in enumerate(headers)
              if place not in used and header not in (ROW_COLUMN, WHY_COLUMN)))


def _by_hand(headers: Sequence[str], by_hand: Mapping[str, str], customs: Mapping[str, str]
             ) -> dict[str, int]:
    fields = (*FIELDS, *(f"{CUSTOM}{key}" for key in customs))
    places: dict[str, int] = {}
    for field, header in by_hand.items():
        if field not in fields:
            raise MapUnusable(f"there is no field {field!r}; fields are {', '.join(fields)}")
        if header:
            places[field] = _place(headers, header)
    return places


def _place(headers: Sequence[str], header: str) -> int:
    if header in headers:
        return list(headers).index(header)
    number = header.removeprefix("#")
    if header.startswith("#") and number.isdecimal() and 1 <= int(number) <= len(headers):
        return int(number) - 1
    raise MapUnusable(f"there is no column {header!r}; columns are {_some(headers)}")


def _guess(headers: Sequence[str], places: dict[str, int], refused: set[str],
           customs: Mapping[str, str]) -> None:
    taken = set(places.values())
    own = {fold(text): f"{CUSTOM}{key}" for key, label in customs.items()
           for text in (key.replace("_", " "), label)}
    for place, header in enumerate(headers):
        if place in taken or header in (ROW_COLUMN, WHY_COLUMN):
            continue
        said = fold(header.replace("_", " "))
        first = own.get(said) or _BY_HEADER.get(said)
        for field in (first, *_NEXT.get(first or "", ())):
            if field and field not in places and field not in refused:
                places[field] = place
                break


def _some(headers: Sequence[str]) -> str:
    shown = ", ".join(headers[:40])
    return shown if len(headers) <= 40 else f"{shown} and {len(headers) - 40} more"
