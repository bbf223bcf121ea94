"""Mails on the screens: answered, looked at while they wait for somebody, filed or left; and the
documents that are made of templates."""

from __future__ import annotations

from crm_store import clients, mails, request_matters, requests
from crm_store.base import Tx
from workstation import views
from workstation.actions.requests import (
    author,
    carried,
    mail_view,
    note_of,
    seen,
    view,
)
from workstation.desk import Desk
from workstation.errors import NotThere, Refused
from workstation.policy import Person
from workstation.protocol import requests as asked
from workstation.requests import carrying, deeds, papers, receiving
from workstation.requests.house import Told

TEXT_LIMIT = 20_000


async def write(desk: Desk, person: Person, args: asked.WriteMail) -> dict[str, object]:
    """An answer to the client, in the request's own thread."""
    text = args.text.strip()
    if not text or len(text) > TEXT_LIMIT:
        raise Refused("text_missing", "Say something.", f"1 to {TEXT_LIMIT} letters", 422)
    if not desk.house.mails:
        raise Refused("no_mail", "No mail server is set.", "", 409)

    async def written(tx: Tx, told: Told) -> requests.RequestRow:
        row = await seen(tx, person, args.id)
        address = row.contact if row.contact and "@" in row.contact else None
        if address is None and row.client_id is not None:
            address = await request_matters.email_of(tx, row.client_id)
        if address is None:
            raise Refused("no_address", "Nobody knows where this client reads mail.", "", 409)
        await deeds.write(tx, desk.house, row, address, text, desk.clock(), by=author(person))
        return told.row(await requests.change(tx, row.id, "mailed", by=author(person),
                                              at=desk.clock(), note=address))
    return {"request": view(desk, await carried(desk, written))}


async def queue(desk: Desk, person: Person, args: asked.ListMails) -> dict[str, object]:
    """Those that wait for somebody to say whose they are and what they are about."""
    async with desk.store.read() as tx:
        found = await mails.queued(tx)
        files = await mails.files_of(tx, [mail.id for mail in found])
    return {"mails": [mail_view(mail, files) for mail in found]}


async def settle(desk: Desk, person: Person, args: asked.SettleMail) -> dict[str, object]:
    """It becomes a request of this client, is put to one there is, or needs no answer."""
    if args.type is None and args.request_id is None:
        async with desk.store.begin() as tx:
            mail = await _waiting(tx, args.id)
            await mails.settle(tx, mail.id, request_id=None, client_id=mail.client_id,
                               state="left", why=[f"by:{author(person)}"])
        return {}

    async def settled(tx: Tx, told: Told) -> requests.RequestRow:
        mail = await _waiting(tx, args.id)
        if args.request_id is not None:
            row = await seen(tx, person, args.request_id)
            await mails.settle(tx, mail.id, request_id=row.id, client_id=row.client_id,
                               state="filed")
            return told.row(await requests.change(
                tx, row.id, "mailed", by=author(person), at=desk.clock(), note=mail.subject))
        if args.client_id is not None:
            await clients.card(tx, args.client_id)
        return await receiving.file_letter(
            tx, desk.house, mail.id, args.type or "", args.client_id, "", desk.clock(), told,
            by=author(person), why=[*mail.why, f"by:{author(person)}"])
    return {"request": view(desk, await carried(desk, settled))}


async def _waiting(tx: Tx, mail_id: int) -> mails.Mail:
    mail = await mails.one(tx, mail_id)
    if mail.state != "queued":
        raise Refused("mail_settled", "Somebody has seen to this mail.", mail.state)
    return mail


async def make_document(desk: Desk, person: Person, args: asked.MakeDocument) -> dict[str, object]:
    """Stored as it is now; it is printed from its own page."""
    made: list[int] = []

    async def done(tx: Tx, told: Told) -> requests.RequestRow:
        row = await seen(tx, person, args.id)
        kind = carrying.known(desk.house, row.type)
        if args.template not in papers.templates():
            raise NotThere("template")
        paper = papers.made(desk.house, kind, row, args.template, by=person.name,
                            at=desk.clock(), text=note_of(args.text))
        made.append(await requests.add_document(
            tx, row.id, template=args.template, title=paper.title, html=paper.html,
            by=author(person), at=desk.clock()))
        return told.row(await requests.one(tx, row.id))

    row = await carried(desk, done)
    return {"request": view(desk, row), "document": made[0],
            "made_at": views.moment(desk.clock())}
