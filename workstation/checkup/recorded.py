"""The folder of recordings: Asterisk writes there, we read. Both are on the same machine."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

from workstation.asterisks import is_first
from workstation.checkup.finding import Finding, good
from workstation.pbx_plan import written_folder
from workstation.recording_policy import is_any_recorded
from workstation.settings import Settings

CHECK = "recordings"


def recordings(settings: Settings, name: str = "") -> Finding:
    """Of one Asterisk."""
    found = _recordings(settings, name)
    return found if is_first(settings, name) else replace(found, check=f"{name}: {CHECK}")


def _recordings(settings: Settings, name: str) -> Finding:
    if not is_any_recorded(settings):
        return good(CHECK, "no call is recorded")
    folder = written_folder(settings, name)
    try:
        free_mb = shutil.disk_usage(folder).free // 1_000_000
        ours = os.access(folder, os.R_OK | os.W_OK | os.X_OK)
        strange = [path for path in folder.iterdir() if not os.access(path, os.R_OK)]
    except OSError as exc:
        return Finding(CHECK, "red", f"{folder}: {exc.strerror}",
                       "start deskline serve once, or make it for Asterisk and us")
    if not ours:
        return Finding(CHECK, "red", f"{folder} cannot be written by us", _mend(folder))
    if strange:
        return Finding(CHECK, "red", f"{len(strange)} files in {folder} cannot be read by us",
                       _mend(folder))
    if any(not _may_write(folder, uid) for uid in _asterisk_users()):
        return Finding(CHECK, "red", f"Asterisk cannot write in {folder}", _mend(folder))
    if free_mb < settings.recording.min_free_mb:
        return Finding(CHECK, "red", f"{free_mb} MB are free in {folder}: nothing is recorded",
                       "make room, or lower recording.min_free_mb")
    return good(CHECK, f"{folder} can be written, {free_mb:,} MB are free")


def _mend(folder: Path) -> str:
    return (f"a group for Asterisk's user and ours: chgrp -R GROUP {folder}; chmod 2770 {folder}; "
            "Asterisk with umask 007")


def _asterisk_users() -> set[int]:
    """Who runs an Asterisk of the system; the private one is ours and has another name."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "comm").read_text().strip() == "asterisk":
                found.add(process.stat().st_uid)
        except OSError:
            continue        # it ended meanwhile
    return found


def _may_write(folder: Path, uid: int) -> bool:
    about = folder.stat()
    return uid in (0, about.st_uid) or bool(about.st_mode & 0o022)
