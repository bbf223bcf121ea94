"""Imports around the store: where their files lie, and the processes that run them."""

from __future__ import annotations

import re
from pathlib import Path

from workstation.settings import Settings

REGION = re.compile(r"[A-Z]{2}(?:-[0-9]{1,5})?")


def folder_of(settings: Settings) -> Path:
    return settings.data_dir.resolve() / "imports"
