"""What a backup file holds beside the base: its manifest, and files of the installation.

Both are tables of their own, so that one file is all there is to keep; it holds secrets, and is
readable by its owner only.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from crm_store import errors, migrate
from crm_store.copying.sqlite_end import connect
from crm_store.copying.tally import Tally

FORMAT = 1
_TABLES = (
    "create table deskline_backup (manifest text not null, sha256 text not null)",
    "create table deskline_backup_files (name text primary key, content blob not null, "
    "sha256 text not null)",
)


@dataclass(frozen=True, slots=True)
class Manifest:
    """`facts` are words for who restores; `tables` what each must hold."""
    made_at: datetime
    version: str
    revision: str
    engine: str
    tables: Mapping[str, Tally]
    facts: Mapping[str, str]

    @property
    def rows(self) -> int:
        return sum(tally.rows for tally in self.tables.values())


def seal(part: Path, manifest: Manifest, files: Mapping[str, bytes]) -> None:
    """Write the manifest and the files into the base at `part`."""
    told = _told(manifest)
    with closing(connect(part, "rw")) as raw:
        raw.execute("pragma synchronous=full")
        raw.execute("begin immediate")
        for said in _TABLES:
            raw.execute(said)
        raw.execute("insert into deskline_backup values (?, ?)", (told, _sha256(told.encode())))
        raw.executemany("insert into deskline_backup_files values (?, ?, ?)",
                        [(name, content, _sha256(content)) for name, content in files.items()])
        raw.execute("commit")
        raw.execute("pragma journal_mode=delete")


def unseal(raw: sqlite3.Connection) -> None:
    """Leave only the base."""
    raw.execute("begin immediate")
    for table in ("deskline_backup", "deskline_backup_files"):
        raw.execute(f"drop table {table}")
    raw.execute("commit")


def manifest_of(file: Path) -> Manifest:
    """Raises `NoBackup`, `Damaged`, `TooNew`."""
    with _opened(file) as raw:
        found = _asked(file, raw, "select manifest, sha256 from deskline_backup")
    if len(found) != 1 or _sha256(str(found[0][0]).encode()) != found[0][1]:
        raise errors.Damaged(f"({file.name}: its manifest)")
    manifest = _read(str(found[0][0]), file)
    if manifest.revision not in {step.revision for step in migrate.steps()}:
        raise errors.TooNew(f"({file.name}: version {manifest.version}, revision "
                            f"{manifest.revision})")
    return manifest


def files_of(file: Path) -> dict[str, bytes]:
    """The files that went along, by name. Raises `NoBackup`, `Damaged`."""
    with _opened(file) as raw:
        found = _asked(file, raw, "select name, content, sha256 from deskline_backup_files")
    for name, content, sha256 in found:
        if _sha256(bytes(content)) != sha256:
            raise errors.Damaged(f"({file.name}: {name} within it)")
    return {str(name): bytes(content) for name, content, _ in found}


def _opened(file: Path) -> closing[sqlite3.Connection]:
    if not file.is_file():
        raise errors.NoBackup(f"({file}: there is no such file)")
    try:
        return closing(connect(file, "ro", immutable=True))
    except sqlite3.DatabaseError as exc:
        raise _unreadable(file, exc) from exc


def _asked(file: Path, raw: sqlite3.Connection, said: str) -> list[Any]:
    try:
        return raw.execute(said).fetchall()
    except sqlite3.DatabaseError as exc:
        raise _unreadable(file, exc) from exc


def _unreadable(file: Path, problem: sqlite3.Error) -> errors.StoreError:
    if "no such table" in str(problem) or "not a database" in str(problem):
        return errors.NoBackup(f"({file.name})")
    return errors.Damaged(f"({file.name}: {problem})")


def _told(manifest: Manifest) -> str:
    return json.dumps({
        "format": FORMAT, "made_at": manifest.made_at.isoformat(), "version": manifest.version,
        "revision": manifest.revision, "engine": manifest.engine, "facts": dict(manifest.facts),
        "tables": {name: [tally.rows, tally.checksum] for name, tally in manifest.tables.items()},
    }, ensure_ascii=False, indent=1)


def _read(told: str, file: Path) -> Manifest:
    try:
        said = json.loads(told)
        if said["format"] != FORMAT:
            raise errors.TooNew(f"({file.name}: backup format {said['format']})")
        return Manifest(
            made_at=datetime.fromisoformat(said["made_at"]), version=str(said["version"]),
            revision=str(said["revision"]), engine=str(said["engine"]),
            tables={name: Tally(int(rows), str(checksum))
                    for name, (rows, checksum) in said["tables"].items()},
            facts=dict(said["facts"]))
    except (ValueError, LookupError, TypeError) as exc:
        raise errors.Damaged(f"({file.name}: its manifest)") from exc


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
