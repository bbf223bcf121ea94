"""Numbers, sums and dates in words, read back by an independent reader of the language."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.say import (
    LARGEST,
    Money,
    Unspeakable,
    date_in_words,
    digit_groups,
    digits_in_words,
    number_in_words,
    sum_in_words,
    vocabulary,
)

# Written out by hand, one word each, so that it shares nothing with what it checks.
ENGLISH = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20,
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}
RUSSIAN = {
    "ноль": 0, "один": 1, "одна": 1, "одну": 1, "два": 2, "две": 2, "три": 3, "четыре": 4,
    "пять": 5, "шесть": 6, "семь": 7, "восемь": 8, "девять": 9, "десять": 10, "одиннадцать": 11,
    "двенадцать": 12, "тринадцать": 13, "четырнадцать": 14, "пятнадцать": 15, "шестнадцать": 16,
    "семнадцать": 17, "восемнадцать": 18, "девятнадцать": 19, "двадцать": 20, "тридцать": 30,
    "сорок": 40, "пятьдесят": 50, "шестьдесят": 60, "семьдесят": 70, "восемьдесят": 80,
    "девяносто": 90, "сто": 100, "двести": 200, "триста": 300, "четыреста": 400, "пятьсот": 500,
    "шестьсот": 600, "семьсот": 700, "восемьсот": 800, "девятьсот": 900,
}
SCALES = {
    "thousand": 10**3, "million": 10**6, "billion": 10**9,
    "тысяча": 10**3, "тысячу": 10**3, "тысячи": 10**3, "тысяч": 10**3,
    "миллион": 10**6, "миллиона": 10**6, "миллионов": 10**6,
    "миллиард": 10**9, "миллиарда": 10**9, "миллиардов": 10**9,
}


def read_number(words: Sequence[str]) -> int:
    total = group = 0
    for word in " ".join(words).replace("-", " ").split():
        if word in SCALES:
            total, group = total + group * SCALES[word], 0
        elif word == "hundred":
            group *= 100
        else:
            group += (ENGLISH | RUSSIAN)[word]
    return total + group


def read_sum(words: Sequence[str], units: Sequence[str], hundredths: Sequence[str]) -> int:
    """Minor units."""
    sign = -1 if words[0] in ("minus", "минус") else 1
    rest = list(words[1:] if sign < 0 else words)
    whole = 0
    for place, word in enumerate(rest):
        if word in units:
            whole, rest = read_number(rest[:place]), rest[place + 1:]
            break
    if not rest:
        return sign * whole * 100
    assert rest[-1] in hundredths
    return sign * (whole * 100 + read_number(rest[:-1]))


SUMS = {
    "en": (("rouble", "roubles"), ("kopeck", "kopecks")),
    "ru": (("рубль", "рубля", "рублей"), ("копейка", "копейку", "копейки", "копеек")),
}


def a_thousand_sums() -> list[int]:
    draw = random.Random(7)
    edges = [0, 1, 99, 100, 101, 111, 121, 1_00, 2_00, 5_00, 11_00, 21_00, 1_000_00, 2_000_00,
             1_100_00, 21_000_00, 1_000_000_00, 999_999_999_999_99, -4_812_50]
    return edges + [draw.randrange(10 ** draw.randint(2, 14)) for _ in range(1_000 - len(edges))]


@pytest.mark.parametrize("case", ["nominative", "accusative"])
@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_thousand_sums_are_read_back_as_they_were(language: str, case: str) -> None:
    known = vocabulary(language, "RUB")
    for minor in a_thousand_sums():
        words = sum_in_words(Money(minor, "RUB"), language, case)     # type: ignore[arg-type]
        assert read_sum(words, *SUMS[language]) == minor, words
        assert set(words) <= known


@given(st.integers(0, LARGEST - 1), st.sampled_from(["en", "ru"]))
def test_every_number_is_read_back_as_it_was(number: int, language: str) -> None:
    words = number_in_words(number, language)
    assert read_number(words) == number
    assert set(words) <= vocabulary(language, "RUB")


def russian_form(number: int, one: str, few: str, many: str) -> str:
    """The rule as the grammar book has it, by the last digits of the decimal notation."""
    text = str(number).rjust(2, "0")
    if text[-2] == "1":
        return many
    return one if text[-1] == "1" else few if text[-1] in "234" else many


@given(st.integers(0, 10**9))
def test_russian_nouns_agree_with_their_numbers(number: int) -> None:
    words = sum_in_words(Money(number * 100, "RUB"), "ru")
    assert words[-1] == russian_form(number, "рубль", "рубля", "рублей")
    if number % 100:
        words = sum_in_words(Money(number % 100, "RUB"), "ru", "accusative")
        assert words[-1] == russian_form(number % 100, "копейку", "копейки", "копеек")


@pytest.mark.parametrize(("minor", "case", "text"), [
    (1_00, "accusative", "один рубль"),
    (1_000_00, "accusative", "одну тысячу рублей"),
    (21_001_01, "accusative", "двадцать одну тысячу один рубль одну копейку"),
    (21_001_01, "nominative", "двадцать одна тысяча один рубль одна копейка"),
    (2_002_02, "nominative", "две тысячи два рубля две копейки"),
    (112_00, "nominative", "сто двенадцать рублей"),
    (1_000_000_00, "nominative", "один миллион рублей"),
    (0, "nominative", "ноль рублей"),
])
def test_russian_sums_are_said_as_a_native_says_them(minor: int, case: str, text: str) -> None:
    money = Money(minor, "RUB")
    assert " ".join(sum_in_words(money, "ru", case)) == text    # type: ignore[arg-type]


@pytest.mark.parametrize(("minor", "currency", "text"), [
    (4_812_50, "RUB", "four thousand eight hundred twelve roubles fifty kopecks"),
    (1_01, "USD", "one dollar one cent"),
    (50, "GBP", "fifty pence"),
    (0, "EUR", "zero euros"),
    (-3_00, "EUR", "minus three euros"),
    (2_00, "KZT", "two K Z T"),
])
def test_english_sums_are_said_as_a_native_says_them(
    minor: int, currency: str, text: str,
) -> None:
    assert " ".join(sum_in_words(Money(minor, currency), "en")) == text


EN_MONTHS = ("January February March April May June July August September October November "
             "December")
RU_MONTHS = ("января февраля марта апреля мая июня июля августа сентября октября ноября "
             "декабря")
EN_ORDINALS = {"first": 1, "second": 2, "third": 3, "fifth": 5, "eighth": 8, "ninth": 9,
               "twelfth": 12, "twentieth": 20, "thirtieth": 30}
RU_ORDINALS = {
    "первого": 1, "второго": 2, "третьего": 3, "четвёртого": 4, "пятого": 5, "шестого": 6,
    "седьмого": 7, "восьмого": 8, "девятого": 9, "десятого": 10, "сорокового": 40,
    "девяностого": 90, "пятидесятого": 50, "шестидесятого": 60, "семидесятого": 70,
    "восьмидесятого": 80,
}


def read_english_ordinal(text: str) -> int:
    tens, _, last = text.rpartition("-")
    number = EN_ORDINALS.get(last) or ENGLISH[last.removesuffix("th")]
    return number + (ENGLISH[tens] if tens else 0)


def read_english_date(words: Sequence[str]) -> date:
    month, day, *year = words
    if year[1] == "thousand":
        number = 2000 + (ENGLISH[year[2]] if len(year) > 2 else 0)
    else:
        rest = [word for word in year[1:] if word not in ("oh", "hundred")]
        number = read_number(year[:1]) * 100 + read_number(rest)
    return date(number, EN_MONTHS.split().index(month) + 1, read_english_ordinal(day))


def read_russian_ordinal(text: str) -> int:
    *tens, last = text.split()
    number = RU_ORDINALS.get(last) or RUSSIAN[last.removesuffix("ого") + "ь"]
    return number + sum(RUSSIAN[word] for word in tens)


def read_russian_date(words: Sequence[str]) -> date:
    day, month, *year, last = words
    assert last == "года"
    if year == ["двухтысячного"]:
        number = 2000
    elif year == ["тысяча", "девятисотого"]:
        number = 1900
    else:
        century = {("две", "тысячи"): 2000, ("тысяча", "девятьсот"): 1900}
        number = century[year[0], year[1]] + read_russian_ordinal(year[2])
    return date(number, RU_MONTHS.split().index(month) + 1, read_russian_ordinal(day))


@pytest.mark.parametrize(("language", "read"),
                         [("en", read_english_date), ("ru", read_russian_date)])
def test_a_thousand_dates_are_read_back_as_they_were(
    language: str, read: Callable[[Sequence[str]], date],
) -> None:
    known = vocabulary(language, "RUB")
    draw = random.Random(7)
    days = [date(year, 1 + year % 12, 1 + year % 28) for year in range(1900, 2100)]
    days += [date(2026, 1, 1) + timedelta(draw.randrange(10_000)) for _ in range(800)]
    for on in days:
        words = date_in_words(on, language)
        assert read(words) == on, words
        assert set(words) <= known


@given(st.text("0123456789 +-", max_size=20), st.sampled_from(["en", "ru"]))
def test_no_digit_of_a_number_is_lost_on_the_way_to_words(number: str, language: str) -> None:
    plain = "".join(filter(str.isdigit, number))
    assert "".join(digit_groups(number)) == plain
    assert set(digits_in_words(number, language)) <= vocabulary(language, "RUB") | {","}


def test_a_russian_number_is_dictated_in_groups() -> None:
    words = digits_in_words("+7 916 003-40-07", "ru")
    assert " ".join(words) == "семь , девятьсот шестнадцать , ноль ноль три , сорок , ноль семь"


@pytest.mark.parametrize("say", [
    lambda: sum_in_words(Money(LARGEST * 100, "RUB"), "en"),
    lambda: date_in_words(date(1812, 9, 7), "ru"),
    lambda: number_in_words(-1, "en"),
])
def test_what_has_no_words_is_refused(say: Callable[[], object]) -> None:
    with pytest.raises(Unspeakable):
        say()
