"""English numbers, sums and dates as the fragments that are spoken ahead of time."""

from __future__ import annotations

from datetime import date

from ivr.thousands import Fragments, by_hundred, by_thousands


def _words(text: str) -> list[str]:
    return text.split()


UNITS = _words("zero one two three four five six seven eight nine ten eleven twelve thirteen "
               "fourteen fifteen sixteen seventeen eighteen nineteen")
TENS = _words("- - twenty thirty forty fifty sixty seventy eighty ninety")
SCALES = ("", "thousand", "million", "billion")
MONTHS = _words("January February March April May June July August September October November "
                "December")
ORDINALS = _words("- first second third fourth fifth sixth seventh eighth ninth tenth eleventh "
                  "twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth "
                  "nineteenth")
TENTHS = {20: "twentieth", 30: "thirtieth"}

# currency → (one, many) of the unit, (one, many) of its hundredth
CURRENCIES = {
    "RUB": (("rouble", "roubles"), ("kopeck", "kopecks")),
    "USD": (("dollar", "dollars"), ("cent", "cents")),
    "EUR": (("euro", "euros"), ("cent", "cents")),
    "GBP": (("pound", "pounds"), ("penny", "pence")),
    "TRY": (("lira", "lira"), ("kurush", "kurush")),
}
QUANTITIES = {
    "kWh": ("kilowatt hour", "kilowatt hours"), "m3": ("cubic metre", "cubic metres"),
    "Gcal": ("gigacalorie", "gigacalories"), "min": ("minute", "minutes"),
}
MINUS = "minus"
HALVES = ("a.m.", "p.m.")


def currency_words(currency: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """Unit and hundredth; a currency that we have no words for is spelt by its letters."""
    letters = " ".join(currency)
    return CURRENCIES.get(currency, ((letters, letters), ("hundredth", "hundredths")))


def below_hundred(number: int) -> str:
    if number < 20:
        return UNITS[number]
    tens, units = divmod(number, 10)
    return f"{TENS[tens]}-{UNITS[units]}" if units else TENS[tens]


def cardinal(number: int) -> Fragments:
    """0 ≤ `number` < 10¹², thousands first."""
    if number == 0:
        return (UNITS[0],)
    return by_thousands(number, SCALES, _below_thousand)


def hundred(number: int) -> str:
    return f"{UNITS[number]} hundred"


def _below_thousand(number: int) -> list[str]:
    return by_hundred(number, hundred, below_hundred)


def amount(minor: int, currency: str, case: str = "nominative") -> Fragments:
    """`minor` in hundredths. English has no cases: `case` is there for Russian's sake."""
    unit, hundredth = currency_words(currency)
    whole, rest = divmod(abs(minor), 100)
    words: tuple[str, ...] = (MINUS,) if minor < 0 else ()
    if whole or not rest:
        words += (*cardinal(whole), unit[whole != 1])
    if rest:
        words += (below_hundred(rest), hundredth[rest != 1])
    return words


def quantity(number: int, unit: str) -> Fragments:
    """Of a meter's unit; of one that we have no word for the bare number."""
    noun = QUANTITIES.get(unit)
    return (*cardinal(number), noun[number != 1]) if noun else cardinal(number)


def ordinal(number: int) -> str:
    """1 to 39."""
    if number in TENTHS:
        return TENTHS[number]
    tens, units = divmod(number, 10)
    return ORDINALS[number] if number < 20 else f"{TENS[tens]}-{ORDINALS[units]}"


def day(on: date) -> Fragments:
    return (MONTHS[on.month - 1], ordinal(on.day), *year(on.year))


def year(number: int) -> Fragments:
    """1900 to 2099, the way it is spoken: `twenty`, `twenty-six`."""
    century, rest = divmod(number, 100)
    if 2000 <= number < 2010:
        return ("two", "thousand") + ((UNITS[rest],) if rest else ())
    if rest == 0:
        return (below_hundred(century), "hundred")
    if rest < 10:
        return (below_hundred(century), "oh", UNITS[rest])
    return (below_hundred(century), below_hundred(rest))


def clock(hour: int, minute: int) -> Fragments:
    """`eight`, `thirty`, `p.m.`"""
    words: tuple[str, ...] = (below_hundred(hour % 12 or 12),)
    if minute:
        words += ("oh", UNITS[minute]) if minute < 10 else (below_hundred(minute),)
    return (*words, HALVES[hour >= 12])


def digit_group(digits: str) -> Fragments:
    """Digit by digit, as numbers are dictated in English."""
    return tuple(UNITS[int(digit)] for digit in digits)


def vocabulary(currency: str) -> frozenset[str]:
    """Every fragment that the functions above can give."""
    unit, hundredth = currency_words(currency)
    hundreds = (f"{UNITS[number]} hundred" for number in range(1, 10))
    return frozenset((
        *map(below_hundred, range(100)), *hundreds, *SCALES[1:], "hundred", "oh", MINUS, *HALVES,
        *unit, *hundredth, *MONTHS, *map(ordinal, range(1, 32)),
        *(form for noun in QUANTITIES.values() for form in noun)))
