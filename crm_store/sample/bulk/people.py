"""Clients of the bulk, with their search words and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from random import Random

from crm_store.clients import trust_of
from crm_store.folding import fold
from crm_store.naming import word_rows
from crm_store.sample import words as texts
from crm_store.sample.bulk.layout import DAY_US, Rows, Spelling
from crm_store.sample.bulk.shape import Lot
from crm_store.sample.people import SPELLINGS, mobile, office
from crm_store.sample.words import split

_ORGANISATIONS = 0.08
_RARE = 0.45            # names outside the sample's own list: a base has tens of thousands
_FIRST = split("""
    Бар Бел Вар Гор Гур Дар Дор Дуб Ер Жар Зав Зол Кал Кар Ков Кол Кор Кур Лап Лет Мал Мар
    Мед Нег Ор Ост Пан Пет Под Рад Род Сав Сел Сол Суд Тар Тим Ум Фат Хар Чер Шам Щук Яр
""")
_MIDDLE = split("а ал ам ан ар ат е ел ен ер ет и ик ил ин ир о ол ом он ор от у ун")
_LAST = split("аков бин вцев гин дов жин зов кин ков лёв мин нин нов пин ров син тов хин чев шин")
_UNMARKED = ("енко", "чук")
TRUST, CONFIRMED = trust_of("sample"), trust_of("sample", confirmed=True)


@dataclass(frozen=True, slots=True)
class Made:
    """A client as his bills and contacts see him."""
    lot: Lot
    is_person: bool
    number: str
    since_us: int


def add_client(
    rows: Rows, lot: Lot, rng: Random, spell: Spelling, now_us: int, names: str, neighbour: str
) -> Made:
    """`neighbour` is another client's number, for those who share one; "" for none."""
    client_id, is_person = lot.client_id, rng.random() >= _ORGANISATIONS
    name, key = _person(rng, names) if is_person else _company(rng, names)
    since_us = now_us - (1200 + int(rng.random() * 3000)) * DAY_US - int(rng.random() * DAY_US)
    number = mobile(client_id) if is_person else office(client_id)
    rows["clients"].append((
        client_id, "person" if is_person else "organisation", name, key, names, "Europe/Samara",
        '["vip"]' if rng.random() < 0.01 else "[]", "[]", "sample", spell.moment(since_us), 1))
    rows["client_words"].extend(word_rows(client_id, key))
    _add_numbers(rows, lot, rng, spell, number, since_us, neighbour)
    return Made(lot, is_person, number, since_us)


def _add_numbers(
    rows: Rows, lot: Lot, rng: Random, spell: Spelling, number: str, since_us: int,
    neighbour: str,
) -> None:
    client_id = lot.client_id
    own = [number, *(mobile(client_id, slot + 1) for slot in range(lot.more_numbers))]
    for e164 in own:
        kind = "fixed" if e164.startswith("+7846") else "mobile"
        rows["phones"].append((e164, kind, e164[::-1]))
    for e164 in [*own, neighbour] if neighbour and rng.random() < 0.06 else own:
        a, b, c, d = e164[2:5], e164[5:8], e164[8:10], e164[10:]
        original = SPELLINGS[int(rng.random() * len(SPELLINGS))].format(a=a, b=b, c=c, d=d)
        is_first, is_sure = e164 == number, e164 == number and rng.random() < 0.2
        rows["client_phones"].append((
            e164, client_id, original, int(is_first), "sample",
            CONFIRMED if is_sure else TRUST, spell.moment(since_us),
            spell.moment(since_us + 30 * DAY_US) if is_sure else spell.null,
            "101" if is_sure else spell.null))


def _person(rng: Random, names: str) -> tuple[str, str]:
    is_woman = rng.random() < 0.55
    first = _one(texts.WOMEN if is_woman else texts.MEN, rng)
    father = texts.patronymic(_one(texts.FATHERS, rng), is_woman=is_woman)
    words = (_surname(rng, is_woman=is_woman), first, father)
    spelt = [_spelt(word, names) for word in words]
    return " ".join(spelt), " ".join(_folded(word) for word in spelt)


def _surname(rng: Random, *, is_woman: bool) -> str:
    if rng.random() >= _RARE:
        surname = _one(texts.SURNAMES, rng)
        return texts.feminine(surname) if is_woman else surname
    stem = _one(_FIRST, rng) + _one(_MIDDLE, rng)
    if rng.random() < 0.1:
        return stem + _one(_UNMARKED, rng)
    surname = stem + _one(_LAST, rng)
    return texts.feminine(surname) if is_woman else surname


def _company(rng: Random, names: str) -> tuple[str, str]:
    said = f"{_one(texts.COMPANY_FIRST, rng)}-{_one(texts.COMPANY_LAST, rng)}"
    spelt = f"{_spelt(said, names)} {1 + int(rng.random() * 3000)}"
    name = texts.COMPANY_FORM[names].format(spelt)
    return name, fold(name)


def _one(words: tuple[str, ...], rng: Random) -> str:
    return words[int(rng.random() * len(words))]


@lru_cache(maxsize=200_000)
def _spelt(word: str, names: str) -> str:
    return word if names == "ru" else texts.latin(word)


_folded = lru_cache(maxsize=200_000)(fold)
