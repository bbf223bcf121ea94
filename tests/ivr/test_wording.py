"""Phrases become what the voice has spoken ahead of time."""

from __future__ import annotations

from datetime import date
from importlib.resources import files

import pytest

from ivr.say import Money, Unspeakable
from ivr.wording import SLOTS, Slot, Value, Wording, WordingInvalid, fragments, parse, texts

VALUES: dict[str, Value] = {
    "debt": Money(21_001_01, "RUB"), "credit": Money(5_00, "RUB"),
    "payment": Money(700_00, "RUB"), "paid_on": date(2026, 11, 9)}


def shipped(language: str) -> Wording:
    text = files("ivr").joinpath("wording", f"{language}.toml").read_text("utf-8")
    return parse(text, company="Volga {Energy}", file=f"{language}.toml")


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_phrase_is_made_of_what_was_spoken_ahead(language: str) -> None:
    wording = shipped(language)
    spoken = texts(wording, "RUB") | {","}
    for name in wording.phrases:
        assert set(fragments(wording, (name,), VALUES)) <= spoken


def test_both_languages_have_the_same_phrases_with_the_same_places() -> None:
    def places(wording: Wording) -> dict[str, set[str]]:
        return {name: {part.name for part in parts if isinstance(part, Slot)}
                for name, parts in wording.phrases.items()}
    assert places(shipped("en")) == places(shipped("ru"))


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
    ('language="xx"\nvoice="en"\nrate=150\n[phrases]\n', "language: must be one of en, ru"),
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
