"""What a type does by itself: tasks, words to client and lead, the next request, webhooks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import uuid4

from crm_store import mails, outbox, request_matters, requests, tasks
from crm_store.base import JSON, Tx
from crm_store.requests import RequestRow
from workstation.requests.house import House, Notice, Told, in_company_time
from workstation.requests.kinds import Deed, RequestType, said

BY = "process"                      # the author of what nobody did by hand
ON_THE_LINE = frozenset({"call", "desk", "menu"})
_PLACE = re.compile(r"\{(\w+)\}")
_TITLE = 200


async def perform(tx: Tx, house: House, row: RequestRow, deeds: Iterable[Deed], at: datetime,
                  told: Told) -> list[Deed]:
    """All of them but the requests that follow, which are left to whoever files requests."""
    following = []
    for deed in deeds:
        match deed.do:
            case "task":
                await task(tx, house, row, words(house, row, deed), deed.hours, at, told,
                           group=deed.group)
            case "client":
                await tell_client(tx, house, row, words(house, row, deed, to_client=True), at,
                                  told)
            case "lead":
                await tell_leads(tx, house, row, words(house, row, deed), at, told)
            case "webhook":
                await outbox.tell(tx, deed.event, facts(row), at=at, request_id=row.id)
            case "request":
                following.append(deed)
    return following


def words(house: House, row: RequestRow, deed: Deed, *, to_client: bool = False) -> str:
    """The deed's text with its places filled in."""
    language = (row.client_language or house.language) if to_client else house.language
    kind = house.kinds.get(row.type)
    values = {name: str(value) for name, value in row.form.items()} | {
        "number": str(row.id), "client": row.client_name or row.contact or "",
        "due": in_company_time(row.deadline_at, house),
        "type": said(kind.title, language) if kind else row.type,
        "stage": stage_title(kind, row.stage, language)}
    return _PLACE.sub(lambda found: values.get(found.group(1), "…"), said(deed.text, language))


def stage_title(kind: RequestType | None, stage: str, language: str) -> str:
    known = kind.stage.get(stage) if kind is not None else None
    if known is not None and known.title:
        return said(known.title, language)
    return stage.replace("_", " ")


async def task(tx: Tx, house: House, row: RequestRow, title: str, hours: float, at: datetime,
               told: Told, *, group: str = "", operator: str | None = None) -> None:
    kind = house.kinds.get(row.type)
    due_at = (house.calendar.after(kind.deadline, hours, at) if kind is not None
              else at + timedelta(hours=hours))
    told.tasks.append(await tasks.make(tx, tasks.NewTask(
        title=title[:_TITLE], due_at=due_at, by=BY, at=at, client_id=row.client_id,
        request_id=row.id, operator=operator,
        group=None if operator else group or row.group)))


async def tell_leads(tx: Tx, house: House, row: RequestRow, text: str, at: datetime, told: Told,
                     code: str = "request_lead") -> None:
    """On their screens at once, and a task for the first of them, so that it stays."""
    leads = house.leads_of(row.group)
    told.notices.append(Notice(code, text, leads))
    await task(tx, house, row, text, 2, at, told, operator=leads[0] if leads else None)


async def tell_client(tx: Tx, house: House, row: RequestRow, text: str, at: datetime,
                      told: Told) -> None:
    """By mail where he reads mail; else somebody tells him, and that is a task. Who is on the
    line when his request is filed hears it there."""
    address = await _address_of(tx, row)
    if address is not None and house.mails:
        await write(tx, house, row, address, text, at, by=BY)
        await requests.change(tx, row.id, "told", by=BY, at=at, note=f"{address}: {text}")
        return
    if row.channel in ON_THE_LINE and row.filed_at == at:
        await requests.change(tx, row.id, "told", by=BY, at=at, note=text)
        return
    await task(tx, house, row, _by_phone(house, row, text), 8, at, told)
    await requests.change(tx, row.id, "told", by=BY, at=at, note=text)


async def write(tx: Tx, house: House, row: RequestRow, address: str, text: str, at: datetime, *,
                by: str) -> int:
    """A mail about it, in the request's own thread; it goes out after the commit."""
    before = await mails.of_request(tx, row.id)
    theirs = [one for one in before if one.direction == "in"] or before
    subject = theirs[-1].subject if theirs else _subject(house, row)
    mailbox = house.settings.mailbox
    domain = (mailbox.address or "deskline@localhost").partition("@")[2]
    name = f"<{uuid4().hex}@{domain}>"
    mail_id = await mails.add(tx, mails.NewMail(
        direction="out", message_id=name, thread=before[0].thread if before else name,
        sender=mailbox.address or "", recipient=address, subject=_with_number(subject, row.id),
        text=text, at=at, by=by, state="outgoing", request_id=row.id, client_id=row.client_id))
    await outbox.put(tx, "mail", {"mail": mail_id}, at=at, request_id=row.id)
    return mail_id


def facts(row: RequestRow) -> dict[str, JSON]:
    """What programs elsewhere are told: no name, no form."""
    return {"request": row.id, "type": row.type, "stage": row.stage, "group": row.group,
            "client_id": row.client_id, "account": row.account_number, "channel": row.channel,
            "due_at": row.deadline_at.isoformat(),
            "closed_at": row.closed_at.isoformat() if row.closed_at else None}


async def _address_of(tx: Tx, row: RequestRow) -> str | None:
    if row.contact and "@" in row.contact:
        return row.contact
    return None if row.client_id is None else await request_matters.email_of(tx, row.client_id)


def _by_phone(house: House, row: RequestRow, text: str) -> str:
    lead = "Сообщить клиенту" if house.language == "ru" else "Tell the client"
    return f"{lead} {row.client_name or row.contact or ''}: {text}"


def _subject(house: House, row: RequestRow) -> str:
    kind = house.kinds.get(row.type)
    return said(kind.title, row.client_language or house.language) if kind else house.company


def _with_number(subject: str, number: int) -> str:
    marked = f"[#{number}]"
    if marked in subject:
        return subject
    return f"{'' if subject.lower().startswith('re:') else 'Re: '}{subject} {marked}"
