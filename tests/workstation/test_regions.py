"""A caller's local number is completed by the entry point he dialled."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cti.changes import CallStarted
from workstation import records
from workstation.regions import Regions, regions_of
from workstation.settings import SettingsError, load

REGIONS = Regions("RU", {"74951200000": "RU-495", "78462000000": "RU-846"})


def _call(caller: str, dialled: str) -> CallStarted:
    return CallStarted(at=datetime(2026, 11, 22, tzinfo=UTC), call="1.1", pbx="main",
                       direction="in", caller_number=caller, caller_name="",
                       dialled_number=dialled, channel="x")


@pytest.mark.parametrize(("caller", "dialled", "stored"), [
    ("2345678", "+74951200000", "+74952345678"), ("2345678", "78462000000", "+78462345678"),
    ("2345678", "+74950000000", "2345678"), ("89161234567", "+78462000000", "+79161234567"),
    ("101", "+74951200000", "101"), ("anonymous", "+74951200000", "anonymous"),
])
def test_the_entry_completes_a_local_number(caller: str, dialled: str, stored: str) -> None:
    assert records.begin(_call(caller, dialled), REGIONS).number == stored


def test_each_entry_may_have_its_region(tmp_path: Path) -> None:
    path = tmp_path / "deskline.toml"
    path.write_text('[company]\nregion = "RU"\n[[entry]]\nnumber = "+74951200000"\n'
                    'region = "RU-495"\n[[entry]]\nnumber = "+78002000000"\n')
    regions = regions_of(load(path))
    assert [regions.of(entry) for entry in ("74951200000", "+78002000000", None)] == [
        "RU-495", "RU", "RU"]
    path.write_text('[[entry]]\nnumber = "+74951200000"\nregion = "Samara"\n')
    with pytest.raises(SettingsError, match="region"):
        load(path)
