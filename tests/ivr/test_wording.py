"""Phrases become what the voice has spoken ahead of time."""

from __future__ import annotations

from datetime import date, time
from importlib.resources import files

import pytest

from ivr.say import Money, Unspeakable
from ivr.wording import (
    LONGEST_TEXT,
    SLOTS,
    Quantity,
    Slot,
    Spelled,
    Value,
    Word,
    Wording,
    WordingInvalid,
    fragments,
    parse,
    texts,
    with_phrases,
)

VALUES: dict[str, Value] = {
    "debt": Money(21_001_01, "RUB"), "credit": Money(5_00, "RUB"),
    "payment": Money(700_00, "RUB"), "paid_on": date(2026, 11, 9),
    "resource": Word("gas"), "meter": Spelled("4711"), "last_reading": Quantity(1203, "kWh"),
    "last_reading_on": date(2026, 10, 25), "reading": Quantity(21, "m3"),
    "request": Spelled("1017"), "request_due_on": date(2026, 12, 1),
    "request_closed_on": date(2026, 11, 3), "promise": Money(4_812_50, "RUB"),
    "promise_on": date(2026, 11, 30), "opens_on": date(2026, 11, 30), "opens_at": time(8, 30),
    "place": Quantity(3, ""), "wait": Quantity(4, "min"), "number": Spelled("79161234567")}
LANGUAGES = ("en", "ru", "nl", "fr", "tr")


def shipped(language: str) -> Wording:
    text = files("ivr").joinpath("wording", f"{language}.toml").read_text("utf-8")
    return parse(text, company="Volga {Energy}", file=f"{language}.toml")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_is_made_of_what_was_spoken_ahead(language: str) -> None:
    wording = shipped(language)
    spoken = texts(wording, "RUB") | {","}
    for name in wording.phrases:
        assert set(fragments(wording, (name,), VALUES)) <= spoken


def test_all_languages_have_the_same_phrases_with_the_same_places() -> None:
    def places(wording: Wording) -> dict[str, set[str]]:
        return {name: {part.name for part in parts if isinstance(part, Slot)}
                for name, parts in wording.phrases.items()}
    assert [places(shipped(language)) for language in LANGUAGES] == 5 * [places(shipped("en"))]
    assert len({frozenset(shipped(language).words) for language in LANGUAGES}) == 1


def test_a_sum_stands_in_the_case_that_the_phrase_asks_for() -> None:
    spoken = fragments(shipped("ru"), ("debt",), VALUES)
    assert " ".join(spoken) == (
        "Ваш долг составляет двадцать одну тысячу один рубль одну копейку ,")


def test_phrases_follow_each_other_after_a_pause() -> None:
    spoken = fragments(shipped("en"), ("greeting", "last_payment"), VALUES)
    assert spoken == (
        "Welcome to Volga Energy.", ",", "Your last payment was", "seven hundred", "roubles",
        "received on", "November", "ninth", "twenty", "twenty-six", ",")


def test_a_value_that_is_not_there_is_not_invented() -> None:
    with pytest.raises(Unspeakable):
        fragments(shipped("en"), ("debt",), {})


@pytest.mark.parametrize(("text", "fault"), [
    ("", "language: is missing"),
    ("x", "Expected"),
    ('language="xx"\nvoice="en"\nrate=150\n[phrases]\n', "language: must be one of en, ru, nl"),
    ('language="en"\nvoice="../x"\nrate=150\n[phrases]\n', "voice: is no name of a voice"),
    ('language="en"\nvoice="en"\nrate=1000\n[phrases]\n', "rate: must be a number"),
    ('language="en"\nvoice="en"\nrate=150\n[phrases]\na="{x}"', "phrases.a: there is nothing"),
    ('language="en"\nvoice="en"\nrate=150\n[phrases]\na="{debt:x}"', "phrases.a: there is noth"),
    ('language="en"\nvoice="en"\nrate=150\n[phrases]\na=1', "phrases.a: must be a text"),
    (f'language="en"\nvoice="en"\nrate=150\n[phrases]\na="{"x" * 301}"', "longer than 300"),
])
def test_a_fault_in_a_wording_is_named_by_its_place(text: str, fault: str) -> None:
    with pytest.raises(WordingInvalid) as caught:
        parse(text, company="Volga", file="en.toml")
    assert caught.value.faults[0].startswith("en.toml: ")
    assert fault in str(caught.value)


def test_every_place_has_a_kind() -> None:
    assert set(VALUES) == set(SLOTS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_breath_is_longer_than_the_voice_can_speak(language: str) -> None:
    wording = shipped(language)
    spoken = fragments(wording, ("choices",), VALUES)
    assert len(spoken) > 1
    assert max(map(len, texts(wording, "RUB"))) <= LONGEST_TEXT


def test_a_menus_own_phrase_comes_before_that_of_the_wording() -> None:
    own = with_phrases(shipped("en"), {"debt": "You owe us {debt}.", "new": "{company}!"})
    assert fragments(own, ("debt", "new"), VALUES)[0] == "You owe us"
    assert fragments(own, ("new",), VALUES) == ("Volga Energy!",)


def test_a_recorded_phrase_comes_before_a_spoken_one() -> None:
    spoken = fragments(shipped("en"), ("greeting", "clear"), VALUES, {"greeting": "\x01en/a"})
    assert spoken == ("\x01en/a", ",", "Your account is settled. You owe nothing.")
