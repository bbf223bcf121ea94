"""The catalogues of all languages; `tests/browser/test_sources.py` compares the whole ones."""

from __future__ import annotations

import json
import re
from importlib import resources

import pytest

from workstation import texts

PLURAL = re.compile(r"\.(zero|one|two|few|many|other)$")
# What an operator sees of his work; leads' and administrators' pages may be English.
WORK = ("call.", "conversation.", "draft.", "finish.", "phone.", "state.", "strip.", "wrap_up.",
        "transfer.", "timeline.", "identity.", "work.", "lost.")
FORMS = {"en": {"one", "other"}, "ru": {"one", "few", "many"}, "nl": {"one", "other"},
         "fr": {"one", "other"}, "tr": {"one", "other"}, "th": {"other"}}


def catalogue(locale: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(
        resources.files(texts).joinpath(f"{locale}.json").read_text(encoding="utf-8"))
    return found


def stems(locale: str) -> set[str]:
    """Keys, those of plural forms as one."""
    found = catalogue(locale)
    return {PLURAL.sub("", key) if PLURAL.search(key)
            and f"{PLURAL.sub('', key)}.other" in found else key for key in found}


@pytest.mark.parametrize("locale", [one for one in texts.LOCALES if one != "en"])
def test_no_language_says_what_english_does_not_know(locale: str) -> None:
    """Others may be ahead, or behind in taking out; a page of strangers is a mistake."""
    strange = stems(locale) - stems("en")
    bound = 0 if locale in texts.WHOLE else len(stems("en")) // 5
    assert len(strange) <= bound, sorted(strange)


@pytest.mark.parametrize("locale", [one for one in texts.LOCALES if one not in texts.WHOLE])
def test_every_language_says_all_of_an_operators_work(locale: str) -> None:
    wanted = {key for key in stems("en") if key.startswith(WORK)}
    missing = wanted - stems(locale)
    assert len(missing) <= len(wanted) // 10, sorted(missing)


@pytest.mark.parametrize("locale", [one for one in texts.LOCALES if one not in texts.WHOLE])
def test_every_language_says_nearly_all_of_the_other_pages(locale: str) -> None:
    """A text that is new is English for a while; a page of them is not."""
    missing = stems("en") - stems(locale)
    assert len(missing) <= len(stems("en")) // 10, (
        f"{locale} lacks {len(missing)} of {len(stems('en'))}: {sorted(missing)}")


@pytest.mark.parametrize("locale", texts.LOCALES)
def test_a_number_has_each_form_its_language_knows(locale: str) -> None:
    found = catalogue(locale)
    counted = {key.removesuffix(".other") for key in catalogue("en") if key.endswith(".other")
               and f"{key.removesuffix('.other')}.one" in catalogue("en")}
    spoken = {stem for stem in counted if any(f"{stem}.{form}" in found for form in (
        "one", "few", "many", "other"))}
    lacking = {f"{stem}.{form}" for stem in spoken for form in FORMS[locale]
               if f"{stem}.{form}" not in found}
    assert lacking == set()


@pytest.mark.parametrize("locale", texts.LOCALES)
@pytest.mark.parametrize("n", [0, 1, 2, 5, 21, 100])
def test_numbers_take_the_form_of_the_language(locale: str, n: int) -> None:
    assert texts._PLURALS[locale](n) in FORMS[locale]
    assert str(n) in texts.translator(locale)("foot.requests", n=n)


def test_what_a_language_lacks_is_said_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "_read", lambda locale: {
        "en": {"a": "in English", "b": "too"}, "nl": {"a": "in het Nederlands"}}[locale])
    assert dict(texts.load.__wrapped__("nl")) == {"a": "in het Nederlands", "b": "too"}
