"""The page's sources: types, unit tests, texts and weight. Needs Node, no browser."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
from typing import Any

import pytest

from tests.browser.conftest import CHECKOUT, UI
from workstation import protocol, texts
from workstation.web import pages, typescript

PLURAL = re.compile(r"\.(one|few|many|other)$")
CASES = json.loads((UI / "test" / "merge_cases.json").read_text())


def test_message_types_of_the_page_are_those_of_the_protocol() -> None:
    assert typescript.TARGET.read_text(encoding="utf-8") == typescript.source(), \
        "run: python -m workstation.web.typescript"


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_old_views_and_delta_are_fresh_views(case: dict[str, Any]) -> None:
    views = case["views"]
    protocol.merge(views, [protocol.Change(*change) for change in case["changes"]])
    assert views == case["fresh"]


@pytest.mark.parametrize("verb", ["check", "test"])
def test_types_and_unit_tests_of_the_page(verb: str, built: None) -> None:
    done = subprocess.run(["bash", "setup/ui.sh", verb], cwd=CHECKOUT, timeout=110, check=False,
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def _stems(locale: str) -> set[str]:
    read: dict[str, str] = json.loads(texts.source(locale))
    return {PLURAL.sub("", key) for key in read}


def test_every_whole_language_says_everything() -> None:
    english = _stems("en")
    for locale in texts.WHOLE:
        assert _stems(locale) == english


@pytest.mark.parametrize("locale", list(texts.LOCALES))
def test_a_text_keeps_its_places_in_every_language(locale: str) -> None:
    english, other = texts.load("en"), texts.load(locale)
    for key in english.keys() & other.keys():
        places = re.findall(r"\{\w+\}", english[key])
        assert sorted(re.findall(r"\{\w+\}", other[key])) == sorted(places), key


def test_every_text_the_page_asks_for_is_there() -> None:
    asked = {key for path in (UI / "src").rglob("*.ts")
             for key in re.findall(r'\bt\("([a-z_.]+)"', path.read_text(encoding="utf-8"))}
    assert asked - _stems("en") == set()


def test_plural_forms_by_number() -> None:
    english, russian = texts.translator("en"), texts.translator("ru")
    assert [english("calls.count", n=n) for n in (1, 2)] == ["1 call", "2 calls"]
    assert [russian("calls.count", n=n) for n in (1, 3, 5, 21)] == [
        "1 звонок", "3 звонка", "5 звонков", "21 звонок"]
    assert russian("no.such.key") == "no.such.key"
    assert texts.translator("xx")("close") == "Close"


def test_the_page_weighs_at_most_200_kb(built: None) -> None:
    """What an operator's first load carries, his telephone too; leads fetch more."""
    manifest = json.loads((pages.BUILT / "manifest.json").read_text())
    assert {"live.css", "live.js", "sign_in.css", "sign_in.js"} <= manifest.keys()
    weight = sum(len(gzip.compress(path.read_bytes())) for path in pages.BUILT.iterdir()
                 if not path.name.startswith(("lead_pages-", "wall-")))
    assert weight <= 200 * 1024


def test_the_lock_file_names_no_registry() -> None:
    lock = (UI / "package-lock.json").read_text()
    assert "resolved" not in lock
    assert "http" not in re.sub(r'"(url|funding)": "[^"]*"', "", lock)


def test_no_text_becomes_html_and_nothing_is_evaluated() -> None:
    templates = CHECKOUT / "workstation" / "web" / "templates"
    forbidden = ("innerHTML", "unsafeHTML", "unsafeSVG", "eval(", "| safe", "<style", " style=")
    for path in [*(UI / "src").rglob("*.ts"), *templates.iterdir()]:
        source = path.read_text(encoding="utf-8")
        for word in forbidden:
            assert word not in source, f"{path.name}: {word}"
