"""What an installation is beside its base: the files that a backup takes along and puts back.

A file that is here already is never overwritten: who was here is kept beside it, or stays and
the backup's comes beside it.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from workstation.settings import DEFAULT_FILE, Settings, anchors_file, load

SECRET, SETTINGS, MENU, QUIET = "secret", "deskline.toml", "menu.toml", "quiet"
ANCHORS, SOURCE = "audit-anchors.jsonl", "source/"
_PREFIX = "DESKLINE_"
# What these say is told to a command, not to an installation.
_NOT_SETTINGS = ("DESKLINE_COPY_TO",)


@dataclass(frozen=True, slots=True)
class Placed:
    """What became of one file of a backup: `restored`, `same`, put `beside` what is here, or
    left for what is here (`stays`)."""
    name: str
    path: str
    how: str
    kept: str = ""      # where the one went that was here


def settings_file(config: Path | None) -> Path | None:
    """The file that settings are read from."""
    return config or (DEFAULT_FILE if DEFAULT_FILE.is_file() else None)


def files(settings: Settings, config: Path | None) -> dict[str, bytes]:
    """The files that make this installation this one. Raises OSError."""
    found = _homes(settings) | _quiet(settings)
    if file := settings_file(config):
        found[SETTINGS] = file
    return {name: path.read_bytes() for name, path in found.items() if path.is_file()}


def from_environment(names: Iterable[str]) -> list[str]:
    """Settings that come from the environment, by name: a backup cannot hold what sets them."""
    return sorted(name for name in names
                  if name.startswith(_PREFIX) and name not in _NOT_SETTINGS)


def settings_within(files: Mapping[str, bytes]) -> Settings | None:
    """What the backup's settings file says, in this folder. Raises SettingsError."""
    if SETTINGS not in files:
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / SETTINGS
        path.touch(mode=0o600)
        path.write_bytes(files[SETTINGS])
        return load(path)


def differs(settings: Settings, files: Mapping[str, bytes]) -> bool:
    """Whether another secret than the backup's is here: then telephones have other passwords."""
    here = settings.secret_file
    return SECRET in files and here.is_file() and here.read_bytes() != files[SECRET]


def place(
    settings: Settings, config: Path | None, files: Mapping[str, bytes], *, now: datetime
) -> list[Placed]:
    """Put the files where they belong, each readable by its owner only. Raises OSError."""
    stamp = f"before-restore-{now:%Y%m%dT%H%M%SZ}"
    homes = _homes(settings) | {SETTINGS: settings_file(config) or DEFAULT_FILE}
    if (settings.data_dir / "tapes").is_dir():
        homes |= _quiet(settings)
    return [_place(name, path, files[name], stamp)
            for name, path in homes.items() if name in files]


def _homes(settings: Settings) -> dict[str, Path]:
    """Where each file is that the settings name."""
    homes = {SECRET: settings.secret_file, ANCHORS: anchors_file(settings)}
    if settings.menu.file:
        homes[MENU] = Path(settings.menu.file)
    return homes | {f"{SOURCE}{source.id}": source.secret_file
                    for source in settings.source if source.secret_file is not None}


def _place(name: str, path: Path, content: bytes, stamp: str) -> Placed:
    if path.is_file() and path.read_bytes() == content:
        return Placed(name, str(path), "same")
    if path.is_file() and name == ANCHORS:      # evidence: what is here is later, or is forged
        return Placed(name, str(path), "stays")
    if path.is_file() and name != SECRET and not is_quiet(name):
        beside = path.with_name(f"{path.name}.from-backup")
        _write(beside, content)
        return Placed(name, str(beside), "beside")
    kept = ""
    if path.is_file() and name == SECRET:
        kept = str(path.rename(path.with_name(f"{path.name}.{stamp}")))
    _write(path, content)
    return Placed(name, str(path), "restored", kept)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    growing = path.with_name(path.name + ".part")
    growing.unlink(missing_ok=True)
    handle = os.open(growing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    growing.replace(path)


def is_quiet(name: str) -> bool:
    return name.partition("/")[0] == QUIET


def _quiet(settings: Settings) -> dict[str, Path]:
    """Up to where each tape was written down: from there the next server tells it again."""
    return {QUIET if pbx is settings.pbx else f"{QUIET}/{pbx.name}":
            settings.data_dir / "tapes" / f"{pbx.name}.quiet" for pbx in settings.asterisks}
