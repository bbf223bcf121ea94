"""Mails by request and by thread: what came, what we wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, insert, or_, select, update

from crm_store import errors, timeline
from crm_store.base import JSON, Tx
from crm_store.tables.mails import MailFiles, Mails
from crm_store.tables.requests import Requests

_QUEUE_SHOWN = 200
_SHOWN_LETTERS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMail:
    direction: str
    message_id: str
    thread: str
    sender: str
    recipient: str
    subject: str
    text: str
    at: datetime
    by: str
    state: str
    sender_name: str = ""
    html: str = ""
    why: list[JSON] = field(default_factory=list)
    request_id: int | None = None
    client_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    id: int
    direction: str
    message_id: str
    thread: str
    sender: str
    sender_name: str
    recipient: str
    subject: str
    text: str
    html: str
    state: str
    why: list[JSON]
    request_id: int | None
    client_id: int | None
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """`file` None: not kept, for the reason in `why`."""
    id: int
    mail_id: int
    name: str
    content_type: str
    size: int
    file: str | None
    why: str


async def add(tx: Tx, new: NewMail) -> int:
    """Its id. Raises `Conflict` when a mail of this name is there."""
    mail_id = int(await tx.scalar(insert(Mails).values(
        **{name: getattr(new, name) for name in NewMail.__slots__}).returning(Mails.id)))
    await _in_timeline(tx, await one(tx, mail_id))
    return mail_id


async def add_file(tx: Tx, mail_id: int, *, name: str, content_type: str, size: int,
                   file: str | None, why: str) -> None:
    await tx.run(insert(MailFiles).values(mail_id=mail_id, name=name, content_type=content_type,
                                          size=size, file=file, why=why))


async def settle(tx: Tx, mail_id: int, *, request_id: int | None, client_id: int | None,
                 state: str, why: list[JSON] | None = None) -> Mail:
    """It is of this request and client from now on, for these reasons. Raises `NotFound`."""
    values: dict[str, Any] = {"request_id": request_id, "client_id": client_id, "state": state}
    if why is not None:
        values["why"] = why
    await tx.run(update(Mails).where(Mails.id == mail_id).values(**values))
    mail = await one(tx, mail_id)
    await _in_timeline(tx, mail)
    return mail


async def one(tx: Tx, mail_id: int) -> Mail:
    """Raises `NotFound`."""
    row = await tx.first(_mails().where(Mails.id == mail_id))
    if row is None:
        raise errors.NotFound(f"mail {mail_id}")
    return Mail(**row._mapping)


async def is_known(tx: Tx, message_id: str) -> bool:
    return await tx.scalar(select(Mails.id).where(Mails.message_id == message_id)) is not None


async def of_request(tx: Tx, request_id: int, joined: Sequence[int] = ()) -> list[Mail]:
    """In order; those of the requests joined to it too."""
    rows = await tx.all(_mails().where(Mails.request_id.in_([request_id, *joined]))
                        .order_by(Mails.at, Mails.id))
    return [Mail(**row._mapping) for row in rows]


async def queued(tx: Tx) -> list[Mail]:
    """Those that wait for somebody to say whose they are; the oldest first."""
    rows = await tx.all(_mails().where(Mails.state == "queued").order_by(Mails.at)
                        .limit(_QUEUE_SHOWN))
    return [Mail(**row._mapping) for row in rows]


async def request_of_thread(tx: Tx, message_ids: Sequence[str]) -> tuple[int | None, str] | None:
    """(request, thread) of the latest mail that one of these names means."""
    if not message_ids:
        return None
    row = await tx.first(
        select(Mails.request_id, Mails.thread)
        .where(Mails.message_id.in_(list(message_ids)))
        .order_by(Mails.id.desc()).limit(1))
    return None if row is None else (row.request_id, row.thread)


async def came_from(tx: Tx, sender: str, since: datetime) -> int:
    """How many mails this address has sent since then."""
    count: int = await tx.scalar(
        select(func.count()).select_from(Mails)
        .where(Mails.sender == sender, Mails.at >= since, Mails.direction == "in"))
    return count


async def files_of(tx: Tx, mail_ids: Sequence[int]) -> list[File]:
    rows = await tx.all(
        select(MailFiles.id, MailFiles.mail_id, MailFiles.name, MailFiles.content_type,
               MailFiles.size, MailFiles.file, MailFiles.why)
        .where(MailFiles.mail_id.in_(list(mail_ids))).order_by(MailFiles.id))
    return [File(**row._mapping) for row in rows]


async def one_file(tx: Tx, file_id: int) -> File:
    """Raises `NotFound`."""
    row = await tx.first(
        select(MailFiles.id, MailFiles.mail_id, MailFiles.name, MailFiles.content_type,
               MailFiles.size, MailFiles.file, MailFiles.why).where(MailFiles.id == file_id))
    if row is None:
        raise errors.NotFound(f"file {file_id}")
    return File(**row._mapping)


async def files_of_clients(tx: Tx, client_ids: Sequence[int]) -> list[File]:
    """What is kept of their mails, and of mails about their requests."""
    theirs = select(Requests.id).where(Requests.client_id.in_(list(client_ids)))
    rows = await tx.all(
        select(MailFiles.id, MailFiles.mail_id, MailFiles.name, MailFiles.content_type,
               MailFiles.size, MailFiles.file, MailFiles.why)
        .join(Mails, Mails.id == MailFiles.mail_id)
        .where(or_(Mails.client_id.in_(list(client_ids)), Mails.request_id.in_(theirs)),
               MailFiles.file.is_not(None)))
    return [File(**row._mapping) for row in rows]


async def let_go(tx: Tx, file_ids: Sequence[int]) -> None:
    """They are no longer there."""
    await tx.run(update(MailFiles).where(MailFiles.id.in_(list(file_ids)))
                 .values(file=None, why="erased"))


async def set_state(tx: Tx, mail_id: int, state: str) -> None:
    await tx.run(update(Mails).where(Mails.id == mail_id).values(state=state))


async def _in_timeline(tx: Tx, mail: Mail) -> None:
    if mail.client_id is not None:
        await timeline.put(tx, mail.client_id, mail.at, "mail", mail.id, {
            "mail_id": mail.id, "direction": mail.direction, "subject": mail.subject,
            "text": mail.text[:_SHOWN_LETTERS], "request_id": mail.request_id, "by": mail.by})


def _mails() -> Select[*tuple[Any, ...]]:
    return select(Mails.id, Mails.direction, Mails.message_id, Mails.thread, Mails.sender,
                  Mails.sender_name, Mails.recipient, Mails.subject, Mails.text, Mails.html,
                  Mails.state, Mails.why, Mails.request_id, Mails.client_id, Mails.by, Mails.at)
