"""French numbers, sums and dates as the fragments that are spoken ahead of time.

Genders (vingt et un euros, vingt et une livres); «cent» and «quatre-vingt» take their s at the
end of a number and before a noun like million, never before «mille»; a million is a noun: «deux
millions d'euros». What is counted is plural from two on: «zéro euro».
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

Fragments = tuple[str, ...]


def _words(text: str) -> list[str]:
    return text.split()


UNITS = _words("zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze "
               "quinze seize dix-sept dix-huit dix-neuf")
TENS = _words("- - vingt trente quarante cinquante soixante")
MONTHS = _words("janvier février mars avril mai juin juillet août septembre octobre novembre "
                "décembre")
MINUS, FIRST, THOUSAND = "moins", "premier", "mille"


@dataclass(frozen=True, slots=True)
class Noun:
    one: str
    many: str
    is_feminine: bool = False

    def form(self, number: int) -> str:
        return self.many if number >= 2 else self.one

    @property
    def after_million(self) -> str:
        return f"d'{self.many}" if self.many[0] in "aeiouhéè" else f"de {self.many}"


MILLION, MILLIARD = Noun("million", "millions"), Noun("milliard", "milliards")
CENT = Noun("centime", "centimes")
CURRENCIES = {
    "EUR": (Noun("euro", "euros"), CENT), "USD": (Noun("dollar", "dollars"), CENT),
    "GBP": (Noun("livre", "livres", is_feminine=True), Noun("penny", "pence")),
    "TRY": (Noun("livre turque", "livres turques", is_feminine=True), Noun("kuruş", "kuruş")),
    "RUB": (Noun("rouble", "roubles"), Noun("kopeck", "kopecks")),
}
QUANTITIES = {
    "kWh": Noun("kilowattheure", "kilowattheures"), "m3": Noun("mètre cube", "mètres cubes"),
    "Gcal": Noun("gigacalorie", "gigacalories", is_feminine=True),
    "h": Noun("heure", "heures", is_feminine=True),
    "min": Noun("minute", "minutes", is_feminine=True),
}


def currency_nouns(currency: str) -> tuple[Noun, Noun]:
    letters = " ".join(currency)
    return CURRENCIES.get(currency, (Noun(letters, letters), Noun("centième", "centièmes")))


def below_hundred(number: int, *, is_feminine: bool = False, is_last: bool = True) -> str:
    """`is_last`: nothing but a noun follows, so that eighty keeps its s."""
    one = "une" if is_feminine else "un"
    if number < 20:
        return one if number == 1 else UNITS[number]
    if number >= 80:
        rest = number - 80
        if not rest:
            return "quatre-vingts" if is_last else "quatre-vingt"
        return f"quatre-vingt-{one if rest == 1 else UNITS[rest]}"
    tens = min(number // 10, 6)
    rest = number - 10 * tens
    if not rest:
        return TENS[tens]
    if rest in (1, 11):
        return f"{TENS[tens]} et {one if rest == 1 else UNITS[rest]}"
    return f"{TENS[tens]}-{UNITS[rest]}"


def hundred(number: int, *, is_last: bool) -> str:
    if number == 1:
        return "cent"
    return f"{UNITS[number]} {'cents' if is_last else 'cent'}"


def cardinal(number: int, *, is_feminine: bool = False) -> Fragments:
    """0 ≤ `number` < 10¹²."""
    if number == 0:
        return (UNITS[0],)
    words: list[str] = []
    for power, noun in ((3, MILLIARD), (2, MILLION)):
        group = number // 1000**power % 1000
        if group:
            words += [*_below_thousand(group), noun.form(group)]
    thousands, rest = number // 1000 % 1000, number % 1000
    if thousands > 1:
        words += _below_thousand(thousands, is_last=False)
    if thousands:
        words.append(THOUSAND)
    return (*words, *_below_thousand(rest, is_feminine=is_feminine))


def _below_thousand(
    number: int, *, is_feminine: bool = False, is_last: bool = True,
) -> Fragments:
    hundreds, rest = divmod(number, 100)
    words = (hundred(hundreds, is_last=is_last and not rest),) if hundreds else ()
    if not rest:
        return words
    return (*words, below_hundred(rest, is_feminine=is_feminine, is_last=is_last))


def _counted(number: int, noun: Noun) -> Fragments:
    """«un million d'euros», but «un million cent euros»."""
    is_round = number > 0 and number % 10**6 == 0
    word = noun.after_million if is_round else noun.form(number)
    return (*cardinal(number, is_feminine=noun.is_feminine), word)


def amount(minor: int, currency: str, case: str = "nominative") -> Fragments:
    """`minor` in hundredths. French nouns have no cases."""
    unit, hundredth = currency_nouns(currency)
    whole, rest = divmod(abs(minor), 100)
    words: Fragments = (MINUS,) if minor < 0 else ()
    if whole or not rest:
        words += _counted(whole, unit)
    return (*words, *_counted(rest, hundredth)) if rest else words


def quantity(number: int, unit: str) -> Fragments:
    noun = QUANTITIES.get(unit)
    return cardinal(number) if noun is None else _counted(number, noun)


def day(on: date) -> Fragments:
    spoken = FIRST if on.day == 1 else below_hundred(on.day)
    return (spoken, MONTHS[on.month - 1], *cardinal(on.year))


def clock(hour: int, minute: int) -> Fragments:
    """«Huit», «heures», «trente»."""
    return quantity(hour, "h") + (cardinal(minute) if minute else ())


def digit_group(digits: str) -> Fragments:
    """Two or three digits as one number, as numbers are dictated; zeros are said."""
    zeros = len(digits) - len(digits.lstrip("0"))
    rest = digits[zeros:]
    return (UNITS[0],) * zeros + (cardinal(int(rest)) if rest else ())


def vocabulary(currency: str) -> frozenset[str]:
    """Every fragment that the functions above can give."""
    nouns = (MILLION, MILLIARD, *currency_nouns(currency), *QUANTITIES.values())
    numbers = (below_hundred(number, is_feminine=feminine, is_last=last)
               for number in range(100) for feminine in (False, True) for last in (False, True))
    hundreds = (hundred(number, is_last=last) for number in range(1, 10)
                for last in (False, True))
    forms = (form for noun in nouns for form in (noun.one, noun.many, noun.after_million))
    return frozenset((*numbers, *hundreds, *forms, *MONTHS, MINUS, FIRST, THOUSAND))
