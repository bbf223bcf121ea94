"""Contacts with clients: interactions and their parts, and the stream a card shows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.base import Base, Bytewise, Json

# As conditions of statements too: written out, or no engine uses the partial indexes.
IS_RARE = text("timeline.kind <> 'call'")
_NOT_A_CALL = text("kind <> 'call'")
_NOT_ABSORBED, _IS_ABSORBED = text("absorbed_into is null"), text("absorbed_into is not null")
_IN_A_CONTACT = text("interaction_id is not null")
_UNDISPOSED = text("disposition is null and answered_at is not null and absorbed_into is null")
# Dialled by an operator (a campaign's attempts are nobody's), and without an outcome.
UNREACHED = text("direction = 'out' and answered_at is null and disposition is null"
                 " and operator is not null and absorbed_into is null")


class Interactions(Base):
    """One contact. `disposition … disposed_at` repeat the latest row of `dispositions`.

    `client_is_chosen`: a person decided whose contact this is; the machine's guess, which a
    replayed tape brings again, no longer changes it. `reconstructed`: told from Asterisk's own
    records, which know better than what the tape saw of it.
    """
    __tablename__ = "interactions"
    __table_args__ = (
        CheckConstraint("direction in ('in', 'out', 'internal')", name="direction"),
        # Holds all that ranking a number's clients asks for: no row is read.
        Index("ix_interactions_number_contacts", "number", "started_at", "client_id",
              sqlite_where=_NOT_ABSORBED, postgresql_where=_NOT_ABSORBED),
        Index(None, "client_id", "started_at"),
        Index(None, "absorbed_into", sqlite_where=_IS_ABSORBED, postgresql_where=_IS_ABSORBED),
        Index(None, "started_at"),
        Index("ix_interactions_undisposed", "operator",
              sqlite_where=_UNDISPOSED, postgresql_where=_UNDISPOSED),
        Index("ix_interactions_unreached", "operator", "started_at",
              sqlite_where=UNREACHED, postgresql_where=UNREACHED),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(default="call")
    call_id: Mapped[str | None] = mapped_column(Bytewise, unique=True)      # Asterisk's Linkedid
    pbx: Mapped[str | None]
    direction: Mapped[str]
    number: Mapped[str | None] = mapped_column(Bytewise)    # the client's, E.164 where it is one
    dialled: Mapped[str | None]
    entry: Mapped[str | None]
    queue: Mapped[str | None]
    operator: Mapped[str | None]
    client_id: Mapped[int | None] = mapped_column(ForeignKey("clients.id"))
    client_is_chosen: Mapped[bool] = mapped_column(default=False)
    campaign_entry: Mapped[int | None]
    attempt: Mapped[int | None]
    menu_path: Mapped[list[str] | None] = mapped_column(Json)
    started_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    cause: Mapped[int | None]               # Q.850
    ended_by: Mapped[str | None]
    waited_s: Mapped[float | None]
    talked_s: Mapped[float | None]
    held_s: Mapped[float | None]
    absorbed_into: Mapped[int | None] = mapped_column(ForeignKey("interactions.id"))
    disposition: Mapped[str | None]
    note: Mapped[str | None]
    disposed_by: Mapped[str | None]
    disposed_at: Mapped[datetime | None]
    reconstructed: Mapped[bool] = mapped_column(server_default=false())
    recorded: Mapped[int | None]            # recordings that can be heard, or will be
    lines: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)    # see `crm_store.lines`
    scripted: Mapped[int | None]            # questions of scripts that were answered in it


class Segments(Base):
    """A stretch of one kind in a contact. `who` is "" where nobody in particular is concerned."""
    __tablename__ = "segments"
    __table_args__ = ({"sqlite_with_rowid": False},)
    interaction_id: Mapped[int] = mapped_column(ForeignKey("interactions.id"), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    who: Mapped[str] = mapped_column(primary_key=True, default="")
    ended_at: Mapped[datetime | None]


class Dispositions(Base):
    """What the human chose: an event; a correction is a new one, the latest counts."""
    __tablename__ = "dispositions"
    __table_args__ = (Index(None, "interaction_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    interaction_id: Mapped[int] = mapped_column(ForeignKey("interactions.id"))
    outcome_id: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    by: Mapped[str]
    at: Mapped[datetime]


class Notes(Base):
    """A note on the client himself."""
    __tablename__ = "notes"
    __table_args__ = (
        Index(None, "client_id", "at"),
        Index(None, "interaction_id", sqlite_where=_IN_A_CONTACT,
              postgresql_where=_IN_A_CONTACT),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id"))
    interaction_id: Mapped[int | None] = mapped_column(ForeignKey("interactions.id"))
    text: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]


class Drafts(Base):
    """What an operator has typed and not finished; saved with every pause of his hands."""
    __tablename__ = "drafts"
    __table_args__ = (
        UniqueConstraint("interaction_id", "operator"),
        Index(None, "operator", "finished_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    interaction_id: Mapped[int] = mapped_column(ForeignKey("interactions.id"))
    operator: Mapped[str]
    version: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    updated_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class Timeline(Base):
    """The card's one stream, clustered by client and time: a page is one short range.

    Calls are most of it; a page of another kind has an index of its own.
    Derived: every row can be made again from the table its `kind` names; written in the same
    transaction as that. `ref` is the source row's id.
    """
    __tablename__ = "timeline"
    __table_args__ = (
        Index("ix_timeline_rare", "client_id", "kind", "at", "ref",
              sqlite_where=_NOT_A_CALL, postgresql_where=_NOT_A_CALL),
        {"sqlite_with_rowid": False},
    )
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Bytewise, primary_key=True)
    ref: Mapped[int] = mapped_column(primary_key=True)
    facts: Mapped[dict[str, Any]] = mapped_column(Json)
