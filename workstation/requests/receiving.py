"""A letter finds its request, its client, its type; or the queue of those a person looks at."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

from crm_store import mails, request_matters, requests
from crm_store.base import JSON, Tx
from crm_store.errors import NotFound
from crm_store.requests import RequestRow
from crm_store.store import Store
from workstation.requests import carrying, classifying, deeds, forms
from workstation.requests.carrying import Filing
from workstation.requests.house import House, Notice, Told
from workstation.requests.letters import Attachment, Letter

_CLIENT = "client"              # the author of what a client wrote
_QUEUE_GROUPS = "mail_waits"


@dataclass(frozen=True, slots=True)
class Kept:
    """An attachment and where it was put; `file` None: it was not kept."""
    of: Attachment
    file: str | None


def keep_files(letter: Letter, folder: Path) -> list[Kept]:
    """Each under a name of ours, readable by us alone. Blocks: call it in a thread."""
    kept = []
    for one in letter.attachments:
        name = None if one.why else uuid4().hex
        if name is not None:
            place = folder / name[:2]
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = place / name
            path.touch(mode=0o600)
            path.write_bytes(one.content)
        kept.append(Kept(one, name))
    return kept


def path_of(folder: Path, name: str) -> Path:
    return folder / name[:2] / name


async def erase_files(store: Store, folder: Path, client_ids: Sequence[int]) -> int:
    """What one person sent us goes from the disk, then from the base; how many files."""
    async with store.read() as tx:
        found = await mails.files_of_clients(tx, client_ids)

    def remove() -> None:
        for one in found:
            path_of(folder, one.file or "").unlink(missing_ok=True)
    await asyncio.to_thread(remove)
    if found:
        async with store.begin() as tx:
            await mails.let_go(tx, [one.id for one in found])
    return len(found)


async def take_in(tx: Tx, house: House, letter: Letter, files: list[Kept], at: datetime,
                  told: Told) -> int | None:
    """The mail's id, or None when it is here already. One transaction holds all of it."""
    if await mails.is_known(tx, letter.message_id):
        return None
    known = await mails.request_of_thread(tx, letter.refers_to)
    thread = known[1] if known is not None else letter.message_id
    new = mails.NewMail(
        direction="in", message_id=letter.message_id, thread=thread, sender=letter.sender,
        sender_name=letter.sender_name, recipient=letter.recipient, subject=letter.subject,
        text=letter.text, html=letter.html, at=at, by=_CLIENT, state="queued")
    mail_id = await mails.add(tx, new)
    for one in files:
        await mails.add_file(tx, mail_id, name=one.of.name, content_type=one.of.content_type,
                             size=len(one.of.content), file=one.file, why=one.of.why)
    reason = await _left_because(tx, house, letter, at)
    if reason:
        await mails.settle(tx, mail_id, request_id=None, client_id=None, state="left",
                           why=[reason])
        return mail_id
    answered = await _answered(tx, letter, known[0] if known is not None else None)
    if answered is not None:
        await _goes_on(tx, house, answered, letter, mail_id, at, told)
    else:
        await _new_matter(tx, house, letter, mail_id, at, told)
    return mail_id


async def _left_because(tx: Tx, house: House, letter: Letter, at: datetime) -> str:
    """Why nothing comes of it: machines must not write to each other for ever."""
    mailbox = house.settings.mailbox
    if letter.is_automatic or letter.sender == (mailbox.address or "").lower():
        return "automatic"
    day = await mails.came_from(tx, letter.sender, at - timedelta(days=1))
    return "too_many" if day > mailbox.a_day else ""


async def _answered(tx: Tx, letter: Letter, request_id: int | None) -> RequestRow | None:
    """The request it belongs to: by its thread, or by a number in its subject that is the
    sender's own."""
    if request_id is not None:
        return await _kept(tx, request_id)
    for number in letter.numbers:
        try:
            row = await requests.one(tx, number)
        except NotFound:
            continue
        theirs = await request_matters.by_email(tx, letter.sender)
        if row.contact == letter.sender or row.client_id in theirs:
            return await _kept(tx, number)
    return None


async def _kept(tx: Tx, request_id: int) -> RequestRow:
    row = await requests.one(tx, request_id)
    return row if row.joined_to is None else await requests.one(tx, row.joined_to)


async def _goes_on(tx: Tx, house: House, row: RequestRow, letter: Letter, mail_id: int,
                   at: datetime, told: Told) -> None:
    """Its request learns of it; one that was closed is open again."""
    await mails.settle(tx, mail_id, request_id=row.id, client_id=row.client_id, state="filed",
                       why=["thread"])
    if row.closed_at is not None and row.type in house.kinds:
        row = await carrying.reopen(tx, house, row, _CLIENT, at, told, note=letter.subject)
    row = told.row(await requests.change(tx, row.id, "mailed", by=_CLIENT, at=at,
                                         note=letter.subject))
    whom = (row.responsible,) if row.responsible else house.members.get(row.group, ())
    told.notices.append(Notice("request_mail", str(row.id), whom))


async def _new_matter(tx: Tx, house: House, letter: Letter, mail_id: int, at: datetime,
                      told: Told) -> None:
    client_id, account, whence = await client_of(tx, letter)
    guess = classifying.classify(house.kinds, letter.subject, letter.text)
    default = house.settings.mailbox.default_type
    chosen = guess.type or (default if client_id is not None and default in house.kinds else None)
    why: list[JSON] = [*guess.why, *whence]
    if chosen is None or client_id is None:
        await mails.settle(tx, mail_id, request_id=None, client_id=client_id, state="queued",
                           why=why)
        told.notices.append(Notice("mail_waits", letter.subject or letter.sender))
        return
    await file_letter(tx, house, mail_id, chosen, client_id, account, at, told, why=why)


async def client_of(tx: Tx, letter: Letter) -> tuple[int | None, str, list[str]]:
    """(client, account, reasons): who reads mail there, else whose account is named."""
    found = await request_matters.by_email(tx, letter.sender)
    accounts = {number: client for number in classifying.accounts_in(letter.text)
                if (client := await request_matters.by_account(tx, number)) is not None}
    named = set(accounts.values())
    if len(found) == 1:
        own = [number for number, client in accounts.items() if client == found[0]]
        return found[0], own[0] if own else "", ["sender"]
    if len(named) == 1 and (not found or named <= set(found)):
        number = next(iter(accounts))
        return accounts[number], number, [f"account:{number}"]
    return None, "", ["several_clients" if found or named else "unknown_sender"]


async def file_letter(tx: Tx, house: House, mail_id: int, type: str, client_id: int | None,  # noqa: A002
                      account: str, at: datetime, told: Told, *, by: str = _CLIENT,
                      why: list[JSON] | None = None) -> RequestRow:
    """A request of it, or one more word on an open one of the same matter; acknowledged."""
    mail = await mails.one(tx, mail_id)
    kind = carrying.known(house, type)
    said = mail.text[:forms.TEXT_LIMIT]
    form = forms.fitting(kind, {"account": account, "comment": said, "text": said,
                                "reason": said})
    before = set(told.requests)
    row = await carrying.file(tx, house, Filing(
        type=kind.id, form=form, by=by, at=at, channel="mail", client_id=client_id,
        contact=mail.sender, joins=True), told)
    is_new = row.filed_at == at and row.id not in before and row.contact == mail.sender
    await mails.settle(tx, mail_id, request_id=row.id, client_id=row.client_id, state="filed",
                       why=why)
    if not is_new:
        text = {"en": f"We have added your letter to request {row.id}.",
                "ru": f"Ваше письмо добавлено к обращению {row.id}."}
        language = row.client_language or house.language
        await deeds.tell_client(tx, house, row, text.get(language, text["en"]), at, told)
    return told.row(await requests.change(tx, row.id, "mailed", by=by, at=at,
                                          note=mail.subject))
