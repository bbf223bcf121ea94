"""Which Deskline this is."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

VERSION = "0.1.0"


@functools.cache
def build_id() -> str:
    """Changes when the page does: a hash of the built files' names (which hold content hashes)."""
    built = Path(__file__).parent / "web" / "static" / "built"
    names = sorted(path.name for path in built.glob("*")) if built.is_dir() else []
    return hashlib.sha256("\n".join([VERSION, *names]).encode()).hexdigest()[:12]
