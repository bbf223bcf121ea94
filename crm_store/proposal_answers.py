"""What clients said to what they were proposed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, insert, select

from crm_store import timeline
from crm_store.base import JSON, Tx, Whole
from crm_store.prepared import Prepared
from crm_store.tables.guidance import ProposalAnswers


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """`until_at`: not again before; None: never again."""
    proposal: str
    answer: str
    until_at: datetime | None
    why: str | None
    by: str
    at: datetime
    interaction_id: int | None = None


async def add(tx: Tx, client_id: int, said: Said, titles: dict[str, str]) -> int:
    """An event, and a row of the timeline. Raises `Conflict` for an unknown client."""
    row_id = int(await tx.scalar(insert(ProposalAnswers).values(
        client_id=client_id, interaction_id=said.interaction_id, proposal=said.proposal,
        answer=said.answer, until_at=said.until_at, why=said.why, by=said.by, at=said.at,
    ).returning(ProposalAnswers.id)))
    named: dict[str, JSON] = dict(titles)
    await timeline.put(tx, client_id, said.at, "proposal", row_id, {
        "proposal": said.proposal, "titles": named, "answer": said.answer,
        "until_at": said.until_at.isoformat() if said.until_at else None,
        "interaction_id": said.interaction_id, "by": said.by})
    return row_id


async def latest(tx: Tx, client_id: int) -> dict[str, Said]:
    """By proposal, what he said last."""
    rows = await tx.fetch(_LATEST, client_id=client_id)
    return {row.proposal: Said(**row._asdict()) for row in rows}


_NEWEST = (
    select(func.max(ProposalAnswers.id))
    .where(ProposalAnswers.client_id == bindparam("client_id", type_=Whole))
    .group_by(ProposalAnswers.proposal))
_LATEST = Prepared(
    select(ProposalAnswers.proposal, ProposalAnswers.answer, ProposalAnswers.until_at,
           ProposalAnswers.why, ProposalAnswers.by, ProposalAnswers.at,
           ProposalAnswers.interaction_id)
    .where(ProposalAnswers.id.in_(_NEWEST)))
