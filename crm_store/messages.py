"""Messages of leads to operators, and who has seen them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, or_, select, update

from crm_store import audit, errors
from crm_store.base import Tx
from crm_store.card_numbers import masked
from crm_store.tables.team import MessageReceipts, Messages


@dataclass(frozen=True, slots=True)
class Message:
    """`seen`: each who was meant, and when he saw it."""
    id: int
    by: str
    to_kind: str
    to_id: str
    text: str
    at: datetime
    seen: dict[str, datetime | None]


async def send(tx: Tx, *, by: str, to_kind: str, to_id: str, text: str,
               operators: Iterable[str], at: datetime) -> Message:
    """`operators` are whom it reaches. It is written down whom a lead spoke to, not what."""
    text, meant = masked(text), sorted(set(operators))
    message = int(await tx.scalar(insert(Messages).values(
        by=by, to_kind=to_kind, to_id=to_id, text=text, at=at).returning(Messages.id)))
    await tx.run(insert(MessageReceipts), [
        {"message_id": message, "operator": operator, "seen_at": None} for operator in meant])
    await audit.record(tx, by=by, at=at, what="message.sent",
                       facts={"message": message, "to": to_id or to_kind, "people": len(meant)})
    return Message(message, by, to_kind, to_id, text, at, dict.fromkeys(meant))


async def see(tx: Tx, message_id: int, operator: str, *, at: datetime) -> Message:
    """He has seen it; the first time counts. Raises `NotFound` when it was not for him."""
    found = await tx.scalar(select(MessageReceipts.operator).where(
        MessageReceipts.message_id == message_id, MessageReceipts.operator == operator))
    if found is None:
        raise errors.NotFound(f"message {message_id}")
    await tx.run(update(MessageReceipts).where(
        MessageReceipts.message_id == message_id, MessageReceipts.operator == operator,
        MessageReceipts.seen_at.is_(None)).values(seen_at=at))
    return (await _all(tx, [message_id]))[0]


async def on_screens(tx: Tx, since: datetime) -> list[Message]:
    """What somebody has not seen, and what was sent since then."""
    rows = await tx.all(select(MessageReceipts.message_id).where(
        MessageReceipts.seen_at.is_(None)).distinct())
    sent = await tx.all(select(Messages.id).where(Messages.at >= since))
    ids = sorted({row.message_id for row in rows} | {row.id for row in sent})
    return await _all(tx, ids)


async def between(tx: Tx, operator: str, *, limit: int) -> list[Message]:
    """What he sent or was sent, newest first."""
    his = select(MessageReceipts.message_id).where(MessageReceipts.operator == operator)
    rows = await tx.all(
        select(Messages.id).where(or_(Messages.by == operator, Messages.id.in_(his)))
        .order_by(Messages.id.desc()).limit(limit))
    return sorted(await _all(tx, [row.id for row in rows]), key=lambda one: -one.id)


async def _all(tx: Tx, ids: list[int]) -> list[Message]:
    if not ids:
        return []
    seen: dict[int, dict[str, datetime | None]] = {}
    for row in await tx.all(
            select(MessageReceipts.message_id, MessageReceipts.operator, MessageReceipts.seen_at)
            .where(MessageReceipts.message_id.in_(ids)).order_by(MessageReceipts.operator)):
        seen.setdefault(row.message_id, {})[row.operator] = row.seen_at
    rows = await tx.all(
        select(Messages.id, Messages.by, Messages.to_kind, Messages.to_id, Messages.text,
               Messages.at).where(Messages.id.in_(ids)).order_by(Messages.id))
    return [Message(*row, seen.get(row.id, {})) for row in rows]
