"""Russian numbers, sums and dates as the fragments that are spoken ahead of time.

Genders (один рубль, одна копейка), plurals (рубль, рубля, рублей) and the two cases that our
phrases need: nominative, and the accusative of «составляет одну тысячу рублей». Dates stand in
the genitive: «девятого ноября».
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

Fragments = tuple[str, ...]


def _words(text: str) -> list[str]:
    return text.split()


UNITS = _words("ноль один два три четыре пять шесть семь восемь девять десять одиннадцать "
               "двенадцать тринадцать четырнадцать пятнадцать шестнадцать семнадцать "
               "восемнадцать девятнадцать")
TENS = _words("- - двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто")
HUNDREDS = _words("- сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот")
FEMININE = {"nominative": {1: "одна", 2: "две"}, "accusative": {1: "одну", 2: "две"}}
MONTHS = _words("января февраля марта апреля мая июня июля августа сентября октября ноября "
                "декабря")
ORDINALS = _words("- первого второго третьего четвёртого пятого шестого седьмого восьмого "
                  "девятого десятого одиннадцатого двенадцатого тринадцатого четырнадцатого "
                  "пятнадцатого шестнадцатого семнадцатого восемнадцатого девятнадцатого")
TENTHS = _words("- - двадцатого тридцатого сорокового пятидесятого шестидесятого семидесятого "
                "восьмидесятого девяностого")
MINUS, YEAR = "минус", "года"


@dataclass(frozen=True, slots=True)
class Noun:
    """What is counted: 1 рубль, 2 рубля, 5 рублей. `one_accusative` differs in the feminine."""
    one: str
    few: str
    many: str
    is_feminine: bool = False
    one_accusative: str = ""

    def form(self, number: int, case: str) -> str:
        if number % 100 in range(11, 15) or number % 10 not in range(1, 5):
            return self.many
        if number % 10 > 1:
            return self.few
        return (self.one_accusative or self.one) if case == "accusative" else self.one

    @property
    def forms(self) -> frozenset[str]:
        return frozenset(filter(None, (self.one, self.few, self.many, self.one_accusative)))


SCALES = (
    Noun("тысяча", "тысячи", "тысяч", is_feminine=True, one_accusative="тысячу"),
    Noun("миллион", "миллиона", "миллионов"),
    Noun("миллиард", "миллиарда", "миллиардов"),
)
CENT = Noun("цент", "цента", "центов")
CURRENCIES = {
    "RUB": (Noun("рубль", "рубля", "рублей"),
            Noun("копейка", "копейки", "копеек", is_feminine=True, one_accusative="копейку")),
    "USD": (Noun("доллар", "доллара", "долларов"), CENT),
    "EUR": (Noun("евро", "евро", "евро"), CENT),
    "GBP": (Noun("фунт", "фунта", "фунтов"), Noun("пенс", "пенса", "пенсов")),
    "TRY": (Noun("лира", "лиры", "лир", is_feminine=True, one_accusative="лиру"),
            Noun("куруш", "куруша", "курушей")),
}
QUANTITIES = {
    "kWh": Noun("киловатт-час", "киловатт-часа", "киловатт-часов"),
    "m3": Noun("кубометр", "кубометра", "кубометров"),
    "Gcal": Noun("гигакалория", "гигакалории", "гигакалорий", is_feminine=True,
                 one_accusative="гигакалорию"),
    "h": Noun("час", "часа", "часов"),
    "min": Noun("минута", "минуты", "минут", is_feminine=True, one_accusative="минуту"),
}
HUNDREDTH = Noun("сотая", "сотых", "сотых", is_feminine=True, one_accusative="сотую")


def currency_nouns(currency: str) -> tuple[Noun, Noun]:
    """Unit and hundredth; a currency that we have no words for is spelt by its letters."""
    letters = " ".join(currency)
    return CURRENCIES.get(currency, (Noun(letters, letters, letters), HUNDREDTH))


def below_hundred(number: int, noun: Noun | None = None, case: str = "nominative") -> str:
    units = number if number < 20 else number % 10
    special = FEMININE[case] if noun is not None and noun.is_feminine else {}
    last = special.get(units, UNITS[units])
    if number < 20:
        return last
    tens = TENS[number // 10]
    return f"{tens} {last}" if units else tens


def cardinal(number: int, noun: Noun | None = None, case: str = "nominative") -> Fragments:
    """0 ≤ `number` < 10¹², in the gender of `noun`."""
    if number == 0:
        return (UNITS[0],)
    words: list[str] = []
    for power in (3, 2, 1):
        group = number // 1000**power % 1000
        if group:
            scale = SCALES[power - 1]
            words += [*_below_thousand(group, scale, case), scale.form(group, case)]
    return (*words, *_below_thousand(number % 1000, noun, case))


def _below_thousand(number: int, noun: Noun | None, case: str) -> Fragments:
    hundreds, rest = divmod(number, 100)
    words = (HUNDREDS[hundreds],) if hundreds else ()
    return (*words, below_hundred(rest, noun, case)) if rest else words


def amount(minor: int, currency: str, case: str = "nominative") -> Fragments:
    """`minor` in hundredths of the currency."""
    unit, hundredth = currency_nouns(currency)
    whole, rest = divmod(abs(minor), 100)
    words: Fragments = (MINUS,) if minor < 0 else ()
    if whole or not rest:
        words += (*cardinal(whole, unit, case), unit.form(whole, case))
    if rest:
        words += (below_hundred(rest, hundredth, case), hundredth.form(rest, case))
    return words


def quantity(number: int, unit: str) -> Fragments:
    """Of a meter's unit, in the nominative; of one that we have no word for the bare number."""
    noun = QUANTITIES.get(unit)
    if noun is None:
        return cardinal(number)
    return (*cardinal(number, noun), noun.form(number, "nominative"))


def ordinal(number: int) -> str:
    """1 to 99, genitive: двадцать второго."""
    if number < 20:
        return ORDINALS[number]
    tens, units = divmod(number, 10)
    return f"{TENS[tens]} {ORDINALS[units]}" if units else TENTHS[tens]


def day(on: date) -> Fragments:
    return (ordinal(on.day), MONTHS[on.month - 1], *year(on.year))


def year(number: int) -> Fragments:
    """1900 to 2099, genitive: «две тысячи», «двадцать шестого», «года»."""
    rest = number % 100
    if number >= 2000:
        return ("две", "тысячи", ordinal(rest), YEAR) if rest else ("двухтысячного", YEAR)
    if rest:
        return ("тысяча", "девятьсот", ordinal(rest), YEAR)
    return ("тысяча", "девятисотого", YEAR)


def clock(hour: int, minute: int) -> Fragments:
    """«Восемь», «часов», «тридцать», «минут»."""
    return quantity(hour, "h") + (quantity(minute, "min") if minute else ())


def digit_group(digits: str) -> Fragments:
    """Two or three digits as one number, as numbers are dictated in Russian; zeros are said."""
    zeros = len(digits) - len(digits.lstrip("0"))
    rest = digits[zeros:]
    return (UNITS[0],) * zeros + (cardinal(int(rest)) if rest else ())


def vocabulary(currency: str) -> frozenset[str]:
    """Every fragment that the functions above can give."""
    unit, hundredth = currency_nouns(currency)
    nouns = (*SCALES, unit, hundredth, *QUANTITIES.values())
    numbers = (below_hundred(number, noun, case) for number in range(100)
               for noun in (None, SCALES[0]) for case in FEMININE)
    return frozenset((
        *numbers, *HUNDREDS[1:], *(form for noun in nouns for form in noun.forms), MINUS,
        *MONTHS, *map(ordinal, range(1, 100)), YEAR, "двухтысячного", "девятисотого"))
