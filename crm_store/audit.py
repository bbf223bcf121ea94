"""The audit: who saw, changed, took away what. Rows are added, never changed, and chained.

A deed is recorded in its own transaction, with one insert and no waiting for anybody: it is as
durable as the deed. The chain is made a moment later by `seal`, one at a time and in batches:
each row gets its `place` and a hash over the row before it and itself. Between the two a row can
be tampered with unseen; that is a second while a server runs.

A row's facts are hashed with a salt of their own. When a person is forgotten, facts and salt go
and their hash stays: the chain holds, and what was hashed cannot be guessed.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

from sqlalchemy import Table, bindparam, func, insert, select, text, update

from crm_store.base import JSON, Tx
from crm_store.plain import dumps, plain
from crm_store.prepared import Prepared
from crm_store.tables.audit import Audit, AuditCuts

_RECORD = Prepared(insert(Audit).values({
    name: bindparam(name, type_=Audit.__table__.c[name].type)
    for name in ("at", "by", "what", "client_id", "facts", "salt", "facts_hash")}).returning(
        Audit.id))
_ROWS = cast(Table, Audit.__table__)     # the bare table: many different values in one go
_SEAL = (update(_ROWS).where(_ROWS.c.id == bindparam("row_id"))
         .values(place=bindparam("place_of_it"), hash=bindparam("hash_of_it")))
GENESIS = bytes(32)
_SALT_BYTES = 16
_POSTGRES_LOCK = 7_246_010      # any number that is ours: sealers take turns
SEALED_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """`by` is an operator id (or a login, of who has no phone), `what` is `area.verb`."""
    by: str
    at: datetime
    what: str
    client_id: int | None = None
    facts: Mapping[str, JSON] = field(default_factory=dict)


async def record(
    tx: Tx, *, by: str, at: datetime, what: str, client_id: int | None = None,
    facts: Mapping[str, JSON] | None = None,
) -> None:
    """Add one deed, in the transaction of the deed itself.

    Facts are ids, field names, counts; values only where the audit would be worth nothing without
    them. They must be JSON without NaN.
    """
    deed = Deed(by=by, at=at, what=what, client_id=client_id, facts=facts or {})
    await tx.fetch(_RECORD, **_row(deed))


async def record_all(tx: Tx, deeds: Sequence[Deed]) -> None:
    """Many deeds in one go."""
    if deeds:
        await tx.insert_all(Audit, [_row(deed) for deed in deeds])


def _row(deed: Deed) -> dict[str, object]:
    facts, salt = dumps(dict(deed.facts)), secrets.token_bytes(_SALT_BYTES)
    return {"at": deed.at, "by": plain(deed.by), "what": deed.what, "client_id": deed.client_id,
            "facts": facts, "salt": salt, "facts_hash": facts_hash(facts, salt)}


def facts_hash(facts: str, salt: bytes) -> bytes:
    return hashlib.sha256(salt + facts.encode()).digest()


def link(before: bytes, *, place: int, row_id: int, at: datetime, by: str, what: str,
         client_id: int | None, facts_hash: bytes) -> bytes:
    """The hash of a row at its place behind the row whose hash is `before`."""
    told = json.dumps([place, row_id, at.astimezone(UTC).isoformat(timespec="microseconds"), by,
                       what, client_id, facts_hash.hex()], separators=(",", ":"))
    return hashlib.sha256(before + told.encode()).digest()


async def head(tx: Tx) -> tuple[int, bytes]:
    """Place and hash of the last sealed row; of the cut, or 0, where there is none."""
    last = await tx.first(select(Audit.place, Audit.hash).where(Audit.place.is_not(None))
                          .order_by(Audit.place.desc()).limit(1))
    cut = await tx.first(select(AuditCuts.place, AuditCuts.hash)
                         .order_by(AuditCuts.place.desc()).limit(1))
    found = [(row.place, row.hash) for row in (last, cut) if row is not None]
    return max(found, default=(0, GENESIS))


async def seal(tx: Tx, *, limit: int = SEALED_AT_ONCE) -> int:
    """Chain the oldest rows that are not chained yet; how many. Sealers take turns."""
    if tx.dialect == "postgresql":
        await tx.run(text("select pg_advisory_xact_lock(:key)").bindparams(key=_POSTGRES_LOCK))
    rows = await tx.all(
        select(Audit.id, Audit.at, Audit.by, Audit.what, Audit.client_id, Audit.facts_hash)
        .where(Audit.hash.is_(None)).order_by(Audit.id).limit(limit))
    if not rows:
        return 0
    last, before = await head(tx)
    seals = []
    for place, row in enumerate(rows, last + 1):
        before = link(before, place=place, row_id=row.id, at=row.at, by=row.by, what=row.what,
                      client_id=row.client_id, facts_hash=row.facts_hash)
        seals.append({"row_id": row.id, "place_of_it": place, "hash_of_it": before})
    await tx.run(_SEAL, seals)
    return len(seals)


async def is_waiting(tx: Tx) -> bool:
    """Whether anything is to be sealed."""
    return await tx.first(select(Audit.id).where(Audit.hash.is_(None)).limit(1)) is not None


async def waiting(tx: Tx) -> int:
    """How many rows are not sealed yet."""
    return int(await tx.scalar(select(func.count()).select_from(Audit)
                               .where(Audit.hash.is_(None))))
