"""Dutch numbers, sums and dates as the fragments that are spoken ahead of time.

What is counted stays in the singular after a number where it is money or a measure: «vijf euro».
"""

from __future__ import annotations

from datetime import date

from ivr.thousands import Fragments, by_hundred, by_thousands


def _words(text: str) -> list[str]:
    return text.split()


UNITS = _words("nul één twee drie vier vijf zes zeven acht negen tien elf twaalf dertien "
               "veertien vijftien zestien zeventien achttien negentien")
TENS = _words("- - twintig dertig veertig vijftig zestig zeventig tachtig negentig")
SCALES = ("", "duizend", "miljoen", "miljard")
MONTHS = _words("januari februari maart april mei juni juli augustus september oktober november "
                "december")
# currency → the unit, its hundredth (one, many)
CURRENCIES = {
    "EUR": ("euro", ("cent", "cent")), "USD": ("dollar", ("cent", "cent")),
    "GBP": ("pond", ("penny", "pence")), "TRY": ("lira", ("kuruş", "kuruş")),
    "RUB": ("roebel", ("kopeke", "kopeken")),
}
QUANTITIES = {"kWh": "kilowattuur", "m3": "kubieke meter", "Gcal": "gigacalorie",
              "h": "uur", "min": "minuten"}
MINUS = "min"


def currency_words(currency: str) -> tuple[str, tuple[str, str]]:
    return CURRENCIES.get(currency, (" ".join(currency), ("honderdste", "honderdsten")))


def below_hundred(number: int) -> str:
    """23 is «drieëntwintig»: the smaller part first, with a diaeresis after an e."""
    if number < 20:
        return UNITS[number]
    tens, units = divmod(number, 10)
    if not units:
        return TENS[tens]
    first = "een" if units == 1 else UNITS[units]
    return f"{first}{'ën' if first.endswith('e') else 'en'}{TENS[tens]}"


def hundred(number: int) -> str:
    return "honderd" if number == 1 else f"{UNITS[number]}honderd"


def cardinal(number: int) -> Fragments:
    """0 ≤ `number` < 10¹²; a thousand is «duizend», a million «één miljoen»."""
    if number == 0:
        return (UNITS[0],)
    return by_thousands(number, SCALES, _below_thousand, is_thousand_bare=True)


def _below_thousand(number: int) -> list[str]:
    return by_hundred(number, hundred, below_hundred)


def amount(minor: int, currency: str, case: str = "nominative") -> Fragments:
    """`minor` in hundredths. Dutch has no cases."""
    unit, hundredth = currency_words(currency)
    whole, rest = divmod(abs(minor), 100)
    words: Fragments = (MINUS,) if minor < 0 else ()
    if whole or not rest:
        words += (*cardinal(whole), unit)
    if rest:
        words += (below_hundred(rest), hundredth[rest != 1])
    return words


def quantity(number: int, unit: str) -> Fragments:
    return (*cardinal(number), *filter(None, (QUANTITIES.get(unit),)))


def day(on: date) -> Fragments:
    return (below_hundred(on.day), MONTHS[on.month - 1], *year(on.year))


def year(number: int) -> Fragments:
    """1900 to 2099: «negentienhonderd», «negentig»; «tweeduizend», «zesentwintig»."""
    century, rest = divmod(number, 100)
    first = "negentienhonderd" if century == 19 else "tweeduizend"
    return (first, below_hundred(rest)) if rest else (first,)


def clock(hour: int, minute: int) -> Fragments:
    """«Acht», «uur», «dertig»."""
    return quantity(hour, "h") + (cardinal(minute) if minute else ())


def digit_group(digits: str) -> Fragments:
    """Digit by digit."""
    return tuple(UNITS[int(digit)] for digit in digits)


def vocabulary(currency: str) -> frozenset[str]:
    """Every fragment that the functions above can give."""
    unit, hundredth = currency_words(currency)
    return frozenset((
        *map(below_hundred, range(100)), *map(hundred, range(1, 10)), *SCALES[1:], MINUS, unit,
        *hundredth, *MONTHS, "negentienhonderd", "tweeduizend", *QUANTITIES.values()))
