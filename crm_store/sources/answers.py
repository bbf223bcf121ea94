"""What sources said last, kept for when they are slow or dead. Copies: nothing depends on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from crm_store.base import Tx
from crm_store.sources.values import Said
from crm_store.tables.sources import SourceAnswers


@dataclass(frozen=True, slots=True)
class Answer:
    said: Said
    said_at: datetime


async def of_client(tx: Tx, client_id: int) -> dict[tuple[str, str], Answer]:
    """(source, key) → what it said last of this client."""
    rows = await tx.all(
        select(SourceAnswers.source, SourceAnswers.key, SourceAnswers.said, SourceAnswers.said_at)
        .where(SourceAnswers.client_id == client_id))
    return {(row.source, row.key): Answer(Said.of(row.said), row.said_at) for row in rows}


async def keep(
    tx: Tx, *, source: str, key: str, client_id: int, answer: Answer
) -> None:
    """In place of what was said before. Raises `Conflict` when the client is gone."""
    new = tx.insert(SourceAnswers)
    await tx.run(
        new.on_conflict_do_update(
            index_elements=["source", "key", "client_id"],
            set_={"said": new.excluded.said, "said_at": new.excluded.said_at}),
        [{"source": source, "key": key, "client_id": client_id, "said": answer.said.facts(),
          "said_at": answer.said_at}])


async def forget(tx: Tx, *, before: datetime) -> int:
    """Delete what was said before this moment; how many answers it was."""
    return (await tx.run(delete(SourceAnswers).where(SourceAnswers.said_at < before))).rowcount
