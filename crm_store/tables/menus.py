"""The voice menu: its versions, what callers left and answered in it, who guessed, and where
routing sent them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.base import Base, Bytewise, Json

_UNSETTLED = text("settled_at is null")
# The same as conditions of statements: written out, or no engine uses the partial indexes.
VOICEMAIL_UNSETTLED = text("voicemails.settled_at is null")
ANSWER_UNSETTLED = text("survey_answers.settled_at is null")


class MenuVersions(Base):
    """A text as somebody saved it, checked; it never changes. `kind`: of a menu, of the rules of
    routing, of a type of request."""
    __tablename__ = "menu_versions"
    __table_args__ = (Index(None, "menu", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Bytewise, default="menu", server_default=text("'menu'"))
    menu: Mapped[str] = mapped_column(Bytewise)     # its id
    text: Mapped[str]
    note: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]


class MenuUses(Base):
    """A version taken into use: the latest of a menu counts. None: that of the settings again."""
    __tablename__ = "menu_uses"
    __table_args__ = (Index(None, "menu", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Bytewise, default="menu", server_default=text("'menu'"))
    menu: Mapped[str] = mapped_column(Bytewise)
    version_id: Mapped[int | None] = mapped_column(ForeignKey("menu_versions.id"))
    by: Mapped[str]
    at: Mapped[datetime]


class MenuSwitches(Base):
    """What menus may branch on and supervisors turn: `incident`, …"""
    __tablename__ = "menu_switches"
    name: Mapped[str] = mapped_column(Bytewise, primary_key=True)
    is_on: Mapped[bool]
    by: Mapped[str]
    at: Mapped[datetime]


class MenuGuesses(Base):
    """A wrong account or PIN. `subject` is a hash of the caller's number, or of the account."""
    __tablename__ = "menu_guesses"
    __table_args__ = (Index(None, "subject", "at"), Index(None, "at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(Bytewise)
    at: Mapped[datetime]


class ClientPins(Base):
    """By what a client proves on the telephone that he is himself."""
    __tablename__ = "client_pins"
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id"), primary_key=True)
    pin_hash: Mapped[str]                           # scrypt, with its salt
    by: Mapped[str]
    at: Mapped[datetime]


class Voicemails(Base):
    """A message that a caller left. Its sound becomes a recording of the contact, and somebody
    of the group gets a task; `settled_at` is when that was done."""
    __tablename__ = "voicemails"
    __table_args__ = (
        Index(None, "interaction_id"),
        Index("ix_voicemails_unsettled", "id", sqlite_where=_UNSETTLED,
              postgresql_where=_UNSETTLED),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[str] = mapped_column(Bytewise)          # Asterisk's Linkedid
    sound: Mapped[str] = mapped_column(Bytewise, unique=True)   # of the file, in the folder `new`
    group_id: Mapped[str]
    at: Mapped[datetime]
    interaction_id: Mapped[int | None] = mapped_column(ForeignKey("interactions.id"))
    settled_at: Mapped[datetime | None]


class SurveyAnswers(Base):
    """One answer of a caller after his call, tied to it and to who talked with him."""
    __tablename__ = "survey_answers"
    __table_args__ = (
        UniqueConstraint("call_id", "menu", "question"),
        Index(None, "interaction_id"),
        Index(None, "at"),
        Index("ix_survey_answers_unsettled", "id", sqlite_where=_UNSETTLED,
              postgresql_where=_UNSETTLED),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[str] = mapped_column(Bytewise)
    menu: Mapped[str]
    question: Mapped[str]
    answer: Mapped[int]
    at: Mapped[datetime]
    interaction_id: Mapped[int | None] = mapped_column(ForeignKey("interactions.id"))
    operator: Mapped[str | None]
    settled_at: Mapped[datetime | None]


class CallRoutes(Base):
    """Where routing sent a call, and why; `facts` are all that were known of it."""
    __tablename__ = "call_routes"
    __table_args__ = (Index(None, "at"), Index(None, "client_id"))
    call_id: Mapped[str] = mapped_column(Bytewise, primary_key=True)    # Asterisk's Linkedid
    client_id: Mapped[int | None] = mapped_column(ForeignKey("clients.id"))
    at: Mapped[datetime]
    queue: Mapped[str]
    priority: Mapped[int]
    operator: Mapped[str | None]            # rung first
    level: Mapped[int | None]
    version: Mapped[int | None]             # of the rules; None: those of the settings
    facts: Mapped[dict[str, Any]] = mapped_column(Json)
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(Json)
