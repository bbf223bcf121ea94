"""Dutch, French and Turkish: a thousand sums, dates and measures each, read back by readers that
share nothing with the speakers but the words themselves."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta

import pytest

from ivr.say import (
    Money,
    date_in_words,
    digits_in_words,
    quantity_in_words,
    sum_in_words,
    vocabulary,
)
from ivr.say_places import place_in_words
from tests.ivr.test_say import a_thousand_sums, russian_form

DUTCH = {
    "nul": 0, "één": 1, "een": 1, "twee": 2, "drie": 3, "vier": 4, "vijf": 5, "zes": 6,
    "zeven": 7, "acht": 8, "negen": 9, "tien": 10, "elf": 11, "twaalf": 12, "dertien": 13,
    "veertien": 14, "vijftien": 15, "zestien": 16, "zeventien": 17, "achttien": 18,
    "negentien": 19, "twintig": 20, "dertig": 30, "veertig": 40, "vijftig": 50, "zestig": 60,
    "zeventig": 70, "tachtig": 80, "negentig": 90,
}
FRENCH = {
    "zéro": 0, "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6,
    "sept": 7, "huit": 8, "neuf": 9, "dix": 10, "onze": 11, "douze": 12, "treize": 13,
    "quatorze": 14, "quinze": 15, "seize": 16, "vingt": 20, "trente": 30, "quarante": 40,
    "cinquante": 50, "soixante": 60,
}
TURKISH = {
    "sıfır": 0, "bir": 1, "iki": 2, "üç": 3, "dört": 4, "beş": 5, "altı": 6, "yedi": 7,
    "sekiz": 8, "dokuz": 9, "on": 10, "yirmi": 20, "otuz": 30, "kırk": 40, "elli": 50,
    "altmış": 60, "yetmiş": 70, "seksen": 80, "doksan": 90,
}
MILLIONS = {"miljoen": 10**6, "miljard": 10**9, "million": 10**6, "millions": 10**6,
            "milliard": 10**9, "milliards": 10**9, "milyon": 10**6, "milyar": 10**9}


def read_dutch_word(word: str) -> int:
    if word in DUTCH:
        return DUTCH[word]
    if word.endswith("honderd"):
        return 100 * DUTCH[word.removesuffix("honderd") or "één"]
    tens = "twintig|dertig|veertig|vijftig|zestig|zeventig|tachtig|negentig"
    match = re.fullmatch(rf"(.+)(?:en|ën)({tens})", word)
    assert match is not None, word
    assert (match[1][-1] == "e") == ("ën" in word), word      # the diaeresis, and only there
    return DUTCH[match[1]] + DUTCH[match[2]]


def read_dutch(words: Sequence[str]) -> int:
    total = group = 0
    for word in words:
        if word in MILLIONS:
            total, group = total + group * MILLIONS[word], 0
        elif word == "duizend":
            total, group = total + (group or 1) * 1000, 0
        else:
            group += read_dutch_word(word)
    return total + group


def read_french(words: Sequence[str]) -> int:
    """Twenties are multiplied, hundreds too; the rest is added."""
    total = group = 0
    for word in " ".join(words).replace("-", " ").split():
        if word in MILLIONS:
            total, group = total + group * MILLIONS[word], 0
        elif word == "mille":
            total, group = total + (group or 1) * 1000, 0
        elif word in ("cent", "cents"):
            group = 100 * (group or 1)
        elif word in ("vingt", "vingts") and group % 100 == 4:
            group += 76
        elif word != "et":
            group += FRENCH[word]
    return total + group


def read_turkish(words: Sequence[str]) -> int:
    total = group = 0
    for word in " ".join(words).split():
        if word in MILLIONS:
            total, group = total + group * MILLIONS[word], 0
        elif word == "bin":
            total, group = total + (group or 1) * 1000, 0
        elif word == "yüz":
            group = 100 * (group or 1)
        else:
            group += TURKISH[word]
    return total + group


READERS: dict[str, Callable[[Sequence[str]], int]] = {
    "nl": read_dutch, "fr": read_french, "tr": read_turkish}
UNITS = {
    "nl": (("euro",), ("cent",), "min"),
    "fr": (("euro", "euros", "d'euros"), ("centime", "centimes"), "moins"),
    "tr": (("avro",), ("sent",), "eksi"),
}
MONTHS = {
    "nl": "januari februari maart april mei juni juli augustus september oktober november "
          "december",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "tr": "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
}


def read_sum(words: Sequence[str], language: str) -> int:
    units, hundredths, minus = UNITS[language]
    rest, sign = list(words), 1
    if rest[0] == minus:
        rest, sign = rest[1:], -1
    whole = 0
    for place, word in enumerate(rest):
        if word in units:
            whole, rest = READERS[language](rest[:place]), rest[place + 1:]
            break
    if not rest:
        return sign * whole * 100
    assert rest[-1] in hundredths, words
    return sign * (whole * 100 + READERS[language](rest[:-1]))


@pytest.mark.parametrize("language", READERS)
def test_a_thousand_sums_are_read_back_as_they_were(language: str) -> None:
    known = vocabulary(language, "EUR")
    for minor in a_thousand_sums():
        words = sum_in_words(Money(minor, "EUR"), language)
        assert read_sum(words, language) == minor, words
        assert set(words) <= known, set(words) - known


@pytest.mark.parametrize("language", READERS)
def test_a_thousand_dates_are_read_back_as_they_were(language: str) -> None:
    months, known = MONTHS[language].split(), vocabulary(language, "EUR")
    draw = random.Random(7)
    days = [date(year, 1 + year % 12, 1 + year % 28) for year in range(1900, 2100)]
    days += [date(2026, 1, 1) + timedelta(draw.randrange(10_000)) for _ in range(800)]
    for on in days:
        day, month, *year = date_in_words(on, language)
        assert months.index(month) + 1 == on.month
        assert (1 if day == "premier" else READERS[language]([day])) == on.day
        assert read_year(year, language) == on.year
        assert {day, month, *year} <= known


def read_year(words: Sequence[str], language: str) -> int:
    if language == "nl":
        first = {"negentienhonderd": 1900, "tweeduizend": 2000}[words[0]]
        return first + (read_dutch(words[1:]) if words[1:] else 0)
    return READERS[language](words)


@pytest.mark.parametrize("language", READERS)
def test_a_thousand_meter_readings_are_read_back_as_they_were(language: str) -> None:
    draw = random.Random(3)
    for number in [*range(130), *(draw.randrange(10**7) for _ in range(900))]:
        words = quantity_in_words(number, "kWh", language)
        assert READERS[language](words[:-1]) == number, words


@pytest.mark.parametrize(("minor", "currency", "text"), [
    (80_00, "EUR", "quatre-vingts euros"), (81_00, "EUR", "quatre-vingt-un euros"),
    (81_00, "GBP", "quatre-vingt-une livres"), (71_00, "EUR", "soixante et onze euros"),
    (21_00, "GBP", "vingt et une livres"), (200_00, "EUR", "deux cents euros"),
    (201_00, "EUR", "deux cent un euros"), (200_000_00, "EUR", "deux cent mille euros"),
    (80_000_00, "EUR", "quatre-vingt mille euros"), (1_000_00, "EUR", "mille euros"),
    (2_000_000_00, "EUR", "deux millions d'euros"), (1_000_000_00, "RUB", "un million de roubles"),
    (1_000_100_00, "EUR", "un million cent euros"), (0, "EUR", "zéro euro"), (1_50, "EUR",
     "un euro cinquante centimes"),
])
def test_french_sums_are_said_as_a_native_says_them(minor: int, currency: str, text: str) -> None:
    assert " ".join(sum_in_words(Money(minor, currency), "fr")) == text


@pytest.mark.parametrize(("minor", "text"), [
    (22_00, "tweeëntwintig euro"), (1_00, "één euro"), (21_00, "eenentwintig euro"),
    (1_000_00, "duizend euro"), (1_100_50, "duizend honderd euro vijftig cent"),
    (1_000_000_00, "één miljoen euro"), (48_00, "achtenveertig euro"),
])
def test_dutch_sums_are_said_as_a_native_says_them(minor: int, text: str) -> None:
    assert " ".join(sum_in_words(Money(minor, "EUR"), "nl")) == text


@pytest.mark.parametrize(("minor", "text"), [
    (1_000_00, "bin lira"), (100_00, "yüz lira"), (1_000_000_00, "bir milyon lira"),
    (2_345_67, "iki bin üç yüz kırk beş lira altmış yedi kuruş"), (11_00, "on bir lira"),
])
def test_turkish_sums_are_said_as_a_native_says_them(minor: int, text: str) -> None:
    assert " ".join(sum_in_words(Money(minor, "TRY"), "tr")) == text


def test_russian_measures_agree_in_number_and_gender() -> None:
    for number in range(2_000):
        kwh = quantity_in_words(number, "kWh", "ru")
        assert kwh[-1] == russian_form(number, "киловатт-час", "киловатт-часа", "киловатт-часов")
        heat = quantity_in_words(number, "Gcal", "ru")
        assert heat[-1] == russian_form(number, "гигакалория", "гигакалории", "гигакалорий")
        if number % 10 in (1, 2) and number % 100 not in (11, 12):
            assert heat[-2].split()[-1] == ("одна" if number % 10 == 1 else "две")


@pytest.mark.parametrize("language", ["en", "ru", "nl", "fr", "tr"])
def test_a_thousand_telephone_numbers_lose_no_digit(language: str) -> None:
    draw, reader = random.Random(5), READERS.get(language)
    for _ in range(1_000):
        number = f"+{draw.randrange(10**10, 10**11)}"
        words = digits_in_words(number, language)
        if reader is None:
            continue
        groups = " ".join(words).split(" , ")
        read = "".join(group_digits(group, reader, language) for group in groups)
        assert read == number[1:], words


def group_digits(group: str, reader: Callable[[Sequence[str]], int], language: str) -> str:
    """`zéro sept` → 07; Dutch is dictated digit by digit."""
    words = group.split()
    if language == "nl":
        return "".join(str(reader([word])) for word in words)
    zeros = 0
    while zeros < len(words) and words[zeros] in ("zéro", "sıfır"):
        zeros += 1
    return "0" * zeros + (str(reader(words[zeros:])) if words[zeros:] else "")


@pytest.mark.parametrize(("language", "written", "spoken"), [
    ("ru", "г. Самара, ул. Ленина, д. 12А, корп. 3", "город Самара, улица Ленина, "
     "дом двенадцать А, корпус три"),
    ("ru", "пр-т Мира 5/2, кв. 101", "пр-т Мира пять дробь два, квартира сто один"),
    ("en", "12 Baker st., apt. 5", "twelve Baker street, apartment five"),
    ("nl", "Damrak 21, nr. 3", "Damrak eenentwintig, nummer drie"),
    ("fr", "80 av. Foch", "quatre-vingts avenue Foch"),
    ("tr", "Atatürk cad. no 7", "Atatürk caddesi numara yedi"),
    ("en", "Box 0071234", "Box zero zero seven one two three four"),
])
def test_an_address_is_said_in_full(language: str, written: str, spoken: str) -> None:
    assert place_in_words(written, language) == spoken


@pytest.mark.parametrize("language", ["en", "ru", "nl", "fr", "tr"])
def test_a_thousand_addresses_leave_no_figure_and_no_abbreviation(language: str) -> None:
    draw = random.Random(11)
    for _ in range(1_000):
        written = (f"Street {draw.randrange(1, 400)}{draw.choice(['', 'A', '/3'])}, "
                   f"{draw.choice(['apt.', 'd.', 'nr.', 'кв.', ''])} {draw.randrange(1, 999)}")
        spoken = place_in_words(written, language)
        assert not re.search(r"[0-9/.]", spoken), (written, spoken)
