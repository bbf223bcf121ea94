"""`[[source]]`: the example's two can be used, and a mistake is named."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tests.workstation.sources.billing import described
from workstation import settings
from workstation.sources.settings import Source

EXAMPLE = Path(__file__).parents[3] / "deskline.example.toml"


def test_the_examples_two_sources_can_be_used(tmp_path: Path) -> None:
    text = EXAMPLE.read_text()
    given, _, commented = text.partition("# ── Billing that lives elsewhere")
    commented, _, _ = commented.partition("# ── ")
    shown = [line.removeprefix("# ") for line in commented.splitlines()
             if re.match(r"# (\[|[a-z_]+ = )", line)]
    file = tmp_path / "deskline.toml"
    file.write_text(given.replace("source = []", "") + "\n" + "\n".join(shown))
    loaded = settings.load(file)
    assert [(source.id, source.kind) for source in loaded.source] == [
        ("billing", "http"), ("ledger", "sql")]
    assert loaded.source[0].sign_in == "bearer"
    assert set(loaded.source[1].parts) == {"account", "invoice", "payment"}


@pytest.mark.parametrize(("changes", "says"), [
    ({"url": "http://host/accounts"}, r"\{key\}"), ({"url": "http://{key}.host/"}, r"\{key\}"),
    ({"url": "ftp://host/{key}"}, "http://"), ({"url": "http://u:p@host/{key}"}, "password"),
    ({"kind": "sql", "url": "postgresql://u:p@host/db"}, "secret_file"),
    ({"kind": "sql", "url": "postgresql://u@host/db"}, "begin with SELECT"),
    ({"sign_in": "bearer"}, "needs secret_file"),
    ({"sign_in": "bearer", "secret_file": "a", "secret_env": "B"}, "not both"),
    ({"account": None, "invoice": None, "payment": None}, "at least one"),
    ({"payment": {"rows": "x", "fields": {"amount": "a"}}}, "paid_on missing"),
    ({"payment": {"rows": "x", "fields": {"amount": "a", "paid_on": "b", "x": "c"}}}, "x unknown"),
    ({"payment": {"rows": "x..y", "fields": {"amount": "a", "paid_on": "b"}}}, "no path"),
    ({"limit_s": 0}, "limit_s"), ({"colour": "red"}, "colour"), ({"currency": "rubles"}, "curr")])
def test_a_mistake_is_named(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Source.model_validate(described("http://host") | changes)


def test_two_sources_of_one_name_are_refused(tmp_path: Path) -> None:
    source = Source.model_validate(described("http://host"))
    with pytest.raises(settings.SettingsError, match="same id"):
        settings.load(None, data_dir=tmp_path, source=(source, source))
