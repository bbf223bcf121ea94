"""What guided a conversation: answers to a script's questions, and to what was proposed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.base import Base


class ScriptAnswers(Base):
    """An answer is an event with author and time; a correction is a new one, the latest counts.

    `step` "": this script was chosen for the contact, `answer` is then "".
    """
    __tablename__ = "script_answers"
    __table_args__ = (Index(None, "interaction_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    interaction_id: Mapped[int] = mapped_column(ForeignKey("interactions.id"))
    script: Mapped[str]
    step: Mapped[str]
    answer: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]


class ProposalAnswers(Base):
    """What the client said to what he was proposed; the latest counts.

    `until_at`: not again before; None: never again. `why`: the reason as the operator read it.
    """
    __tablename__ = "proposal_answers"
    __table_args__ = (
        CheckConstraint("answer in ('accepted', 'refused', 'later')", name="answer"),
        Index(None, "client_id", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id"))
    interaction_id: Mapped[int | None] = mapped_column(ForeignKey("interactions.id"))
    proposal: Mapped[str]
    answer: Mapped[str]
    until_at: Mapped[datetime | None]
    why: Mapped[str | None]
    by: Mapped[str]
    at: Mapped[datetime]
