"""The wheel holds everything that the product reads at run time."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from email.parser import BytesParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEEDED = {      # what → (folder, ending, at least so many)
    "templates": ("workstation/web/templates/", ".html", 2),
    "texts": ("workstation/texts/", ".json", 2),
    "request types": ("workstation/requests/types/", ".toml", 1),
    "menus": ("ivr/menus/", ".toml", 2),
    "spoken words": ("ivr/wording/", ".toml", 5),
    "law files": ("campaigns/law/", ".toml", 2),
    "migrations": ("crm_store/migrations/versions/", ".py", 3),
    "built scripts": ("workstation/web/static/built/", ".js", 1),
    "built styles": ("workstation/web/static/built/", ".css", 1),
    "built pages' names": ("workstation/web/static/built/", "manifest.json", 1),
}
pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Built as anybody would: pip fetches what the build needs."""
    folder = tmp_path_factory.mktemp("wheel")
    done = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--no-deps", "-q", "-w", folder, ROOT],
        capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stderr
    return zipfile.ZipFile(next(folder.glob("deskline-*.whl")))


@pytest.mark.parametrize("package", ["cti", "crm_store", "ivr", "campaigns", "workstation"])
def test_all_of_a_package_is_in_the_wheel(wheel: zipfile.ZipFile, package: str) -> None:
    tracked = subprocess.run(["git", "ls-files", f"{package}/*.py"], cwd=ROOT, text=True,
                             capture_output=True, check=True, timeout=30).stdout.split()
    assert tracked
    assert set(tracked) <= set(wheel.namelist())


@pytest.mark.parametrize("what", NEEDED)
def test_what_is_read_at_run_time_is_in_the_wheel(wheel: zipfile.ZipFile, what: str) -> None:
    folder, ending, least = NEEDED[what]
    found = [name for name in wheel.namelist()
             if name.startswith(folder) and name.endswith(ending)]
    assert len(found) >= least


def test_the_wheel_needs_what_the_requirements_say(wheel: zipfile.ZipFile) -> None:
    name = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    told = BytesParser().parsebytes(wheel.read(name))
    asked = [line for line in (ROOT / "requirements/run.in").read_text().splitlines()
             if line and not line.startswith("#")]
    assert {_plain(line) for line in told.get_all("Requires-Dist", [])} == set(
        map(_plain, asked))
    assert not any("node_modules" in name or "/ui/src/" in name for name in wheel.namelist())


def _plain(requirement: str) -> str:
    """The same whatever the order of its bounds."""
    return "".join(sorted(requirement.replace(" ", "").lower()))
