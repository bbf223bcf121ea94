"""Turkish numbers, sums and dates as the fragments that are spoken ahead of time.

Nouns stay in the singular after a number, and there is neither gender nor article.
"""

from __future__ import annotations

from datetime import date

from ivr.thousands import Fragments, by_hundred, by_thousands


def _words(text: str) -> list[str]:
    return text.split()


UNITS = _words("sıfır bir iki üç dört beş altı yedi sekiz dokuz")
TENS = _words("- on yirmi otuz kırk elli altmış yetmiş seksen doksan")
SCALES = ("", "bin", "milyon", "milyar")
MONTHS = _words("Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık")
CURRENCIES = {
    "TRY": ("lira", "kuruş"), "EUR": ("avro", "sent"), "USD": ("dolar", "sent"),
    "GBP": ("sterlin", "peni"), "RUB": ("ruble", "kopek"),
}
QUANTITIES = {"kWh": "kilovat saat", "m3": "metreküp", "Gcal": "gigakalori",
              "min": "dakika"}
MINUS = "eksi"


def currency_words(currency: str) -> tuple[str, str]:
    return CURRENCIES.get(currency, (" ".join(currency), "yüzde bir"))


def below_hundred(number: int) -> str:
    tens, units = divmod(number, 10)
    if not tens:
        return UNITS[units]
    return f"{TENS[tens]} {UNITS[units]}" if units else TENS[tens]


def hundred(number: int) -> str:
    return "yüz" if number == 1 else f"{UNITS[number]} yüz"


def cardinal(number: int) -> Fragments:
    """0 ≤ `number` < 10¹²; a thousand is «bin», a million «bir milyon»."""
    if number == 0:
        return (UNITS[0],)
    return by_thousands(number, SCALES, _below_thousand, is_thousand_bare=True)


def _below_thousand(number: int) -> list[str]:
    return by_hundred(number, hundred, below_hundred)


def amount(minor: int, currency: str, case: str = "nominative") -> Fragments:
    """`minor` in hundredths. Our phrases need the bare form alone."""
    unit, hundredth = currency_words(currency)
    whole, rest = divmod(abs(minor), 100)
    words: Fragments = (MINUS,) if minor < 0 else ()
    if whole or not rest:
        words += (*cardinal(whole), unit)
    return (*words, below_hundred(rest), hundredth) if rest else words


def quantity(number: int, unit: str) -> Fragments:
    return (*cardinal(number), *filter(None, (QUANTITIES.get(unit),)))


def day(on: date) -> Fragments:
    return (below_hundred(on.day), MONTHS[on.month - 1], *year(on.year))


def year(number: int) -> Fragments:
    """1900 to 2099."""
    rest = number % 100
    first = ("iki", "bin") if number >= 2000 else ("bin", "dokuz yüz")
    return (*first, below_hundred(rest)) if rest else first


def clock(hour: int, minute: int) -> Fragments:
    """«Sekiz», «otuz»; minutes below ten with a zero."""
    zero = (UNITS[0],) if 0 < minute < 10 else ()
    return (*cardinal(hour), *zero, *(cardinal(minute) if minute else ()))


def digit_group(digits: str) -> Fragments:
    """Two or three digits as one number, as numbers are dictated; zeros are said."""
    zeros = len(digits) - len(digits.lstrip("0"))
    rest = digits[zeros:]
    return (UNITS[0],) * zeros + (cardinal(int(rest)) if rest else ())


def vocabulary(currency: str) -> frozenset[str]:
    """Every fragment that the functions above can give."""
    return frozenset((
        *map(below_hundred, range(100)), *map(hundred, range(1, 10)), *SCALES[1:], MINUS,
        *currency_words(currency), *MONTHS, *QUANTITIES.values()))
