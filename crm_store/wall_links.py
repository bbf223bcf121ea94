"""Links of wall screens: a token's hash, what it shows, and that it was taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from crm_store import audit, errors
from crm_store.base import Tx
from crm_store.tables.floor import WallLinks

SHOWN = 100


@dataclass(frozen=True, slots=True)
class WallLink:
    id: int
    name: str
    queues: list[str]
    shows_callers: bool
    by: str
    at: datetime
    seen_at: datetime | None
    revoked_at: datetime | None


async def make(tx: Tx, token_hash: str, *, name: str, queues: list[str], shows_callers: bool,
               by: str, at: datetime) -> WallLink:
    row = (await tx.run(insert(WallLinks).values(
        token_hash=token_hash, name=name, queues=queues, shows_callers=shows_callers, by=by,
        at=at).returning(*_ALL))).one()
    await audit.record(tx, by=by, at=at, what="wall.made", facts={
        "link": row.id, "name": name, "queues": list(queues), "callers": shows_callers})
    return WallLink(**row._asdict())


async def revoke(tx: Tx, link_id: int, *, by: str, at: datetime) -> None:
    """Raises `NotFound` when there is none, or it was taken back already."""
    row = (await tx.run(update(WallLinks).where(
        WallLinks.id == link_id, WallLinks.revoked_at.is_(None)).values(
            revoked_by=by, revoked_at=at).returning(WallLinks.name))).first()
    if row is None:
        raise errors.NotFound(f"wall link {link_id}")
    await audit.record(tx, by=by, at=at, what="wall.revoked",
                       facts={"link": link_id, "name": row.name})


async def by_token(tx: Tx, token_hash: str) -> WallLink | None:
    """None: no such link, or it was taken back."""
    row = await tx.first(select(*_ALL).where(WallLinks.token_hash == token_hash,
                                             WallLinks.revoked_at.is_(None)))
    return None if row is None else WallLink(*row)


async def still(tx: Tx, link_id: int, *, at: datetime) -> bool:
    """Whether it was not taken back; a screen shows it now."""
    found = (await tx.run(update(WallLinks).where(
        WallLinks.id == link_id, WallLinks.revoked_at.is_(None)).values(seen_at=at)
        .returning(WallLinks.id))).first()
    return found is not None


async def listing(tx: Tx) -> list[WallLink]:
    """The newest first."""
    rows = await tx.all(select(*_ALL).order_by(WallLinks.id.desc()).limit(SHOWN))
    return [WallLink(*row) for row in rows]


_ALL = (WallLinks.id, WallLinks.name, WallLinks.queues, WallLinks.shows_callers, WallLinks.by,
        WallLinks.at, WallLinks.seen_at, WallLinks.revoked_at)
