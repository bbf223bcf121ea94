"""Files of imports in a folder of ours: named by us, for our eyes only, gone when done."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_BLOCK = 1024 * 1024
_LONGEST_NAME = 120
_OURS = re.compile(r"[0-9a-f]{24}\.table")


@dataclass(frozen=True, slots=True)
class Kept:
    file: str           # its name in the folder
    size: int
    sha256: str


class Incoming:
    """A file on its way in; `finish` or `give_up`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = folder / f"{secrets.token_hex(12)}.table"
        self.path.touch(mode=0o600, exist_ok=False)
        self._file = self.path.open("wb")
        self._hash = hashlib.sha256()
        self.size = 0

    def write(self, block: bytes) -> None:
        self._file.write(block)
        self._hash.update(block)
        self.size += len(block)

    def finish(self) -> Kept:
        self._file.close()
        return Kept(self.path.name, self.size, self._hash.hexdigest())

    def give_up(self) -> None:
        with suppress(OSError):
            self._file.close()
        self.path.unlink(missing_ok=True)


def keep(path: Path, folder: Path) -> Kept:
    """A copy of a file that may change or go while it is imported. Raises OSError."""
    incoming = Incoming(folder)
    try:
        for block in _blocks(path):
            incoming.write(block)
        return incoming.finish()
    except OSError:
        incoming.give_up()
        raise


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


def remove(folder: Path, file: str) -> None:
    """Only what is named as we name files."""
    if _OURS.fullmatch(file):
        (folder / file).unlink(missing_ok=True)


def shown_name(name: str) -> str:
    """A person's file name as we keep and show it: no folders, nothing that is no letter."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(sign for sign in last if sign.isprintable()).strip()
    return plain[-_LONGEST_NAME:] or "table"


def in_place(path: Path) -> Kept:
    """A file that stays where it is and is never removed by us. Raises OSError."""
    digest = hashlib.sha256()
    size = 0
    for block in _blocks(path):
        digest.update(block)
        size += len(block)
    return Kept(path.name, size, digest.hexdigest())
