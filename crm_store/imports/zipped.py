"""XML out of zip archives from outside, in bounded memory: no bombs, no entities, no surprises."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.parsers import expat

from crm_store.imports.records import SheetUnreadable

_BLOCK = 64 * 1024
_MOST_BYTES = 4 * 2**30             # of one part, unpacked
_MOST_SWELLING = 200                # unpacked ÷ packed; beyond some megabytes no honest table
_SMALL = 32 * 2**20
_LONGEST_TOKEN = 4 * 2**20          # a start tag or text run that expat must hold
_MOST_PARTS = 10_000


class Archive:
    """An archive open for reading; a context manager. Raises `SheetUnreadable` throughout."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as exc:
            raise SheetUnreadable(f"the workbook is damaged ({exc})") from exc
        if len(self._zip.infolist()) > _MOST_PARTS:
            raise SheetUnreadable("the workbook has too many parts")

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def has(self, name: str) -> bool:
        return name in self._zip.NameToInfo

    def size(self, name: str) -> int:
        """Bytes of a part, unpacked, as the archive says; 0 where there is none."""
        info = self._zip.NameToInfo.get(name)
        return info.file_size if info else 0

    def small(self, name: str) -> bytes:
        """A part of at most 64 KiB, such as `mimetype`."""
        return b"".join(self._blocks(name, 64 * 1024))

    def feed(self, name: str, parser: expat.XMLParserType) -> Iterator[None]:
        """Parse the part; yields after every block, so that what came can be taken away."""
        parser.StartDoctypeDeclHandler = _no_doctype
        parser.buffer_text = True
        fed = 0
        try:
            for block in self._blocks(name, _MOST_BYTES):
                parser.Parse(block, False)
                fed += len(block)
                if fed - parser.CurrentByteIndex > _LONGEST_TOKEN:
                    raise SheetUnreadable(f"{name} in the workbook is not made as workbooks are")
                yield
            parser.Parse(b"", True)
            yield
        except expat.ExpatError as exc:
            raise SheetUnreadable(f"the workbook is damaged ({name}: {exc})") from exc

    def _blocks(self, name: str, most: int) -> Iterator[bytes]:
        info = self._zip.NameToInfo.get(name)
        if info is None:
            raise SheetUnreadable(f"the workbook has no {name}")
        limit = min(most, max(_SMALL, info.compress_size * _MOST_SWELLING))
        taken = 0
        try:
            with self._zip.open(info) as part:
                while block := part.read(_BLOCK):
                    taken += len(block)
                    if taken > limit:
                        raise SheetUnreadable(
                            f"{name} in the workbook swells to more than {limit // 2**20} MB: "
                            "it looks like a zip bomb")
                    yield block
        except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, RuntimeError,
                NotImplementedError, ValueError) as exc:
            raise SheetUnreadable(f"the workbook is damaged ({name}: {exc})") from exc


def new_parser() -> expat.XMLParserType:
    return expat.ParserCreate()


def local(name: str) -> str:
    """An element's or attribute's name without its prefix."""
    return name.rpartition(":")[2]


def _no_doctype(*_: object) -> None:
    raise SheetUnreadable("the workbook declares entities, which no spreadsheet writes")
