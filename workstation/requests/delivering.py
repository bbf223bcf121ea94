"""What was promised is sent: mails by SMTP, posts to programs elsewhere; tried more than once.

A parcel is written with the fact it tells of, so nothing is promised that did not happen, and
nothing is lost when the server dies between the two.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ipaddress
import socket
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import aiosmtplib
import msgspec
import structlog
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from crm_store import mails, outbox, requests
from crm_store.errors import NotFound, StoreError
from crm_store.outbox import Parcel
from workstation import unforeseen
from workstation.actions.requests import show_told
from workstation.desk import Desk
from workstation.requests import deeds
from workstation.requests.house import Told
from workstation.requests.mailbox import NoPassword, password_of
from workstation.requests.settings import Mailbox

log = structlog.get_logger()
BEAT_S = 1.0
LIMIT_S = 20.0
LEASE = timedelta(seconds=120)
TRIES = 8
FIRST_PAUSE_S = 30.0


class NotDelivered(Exception):
    """It did not arrive; `for_good`: nor would it later."""

    def __init__(self, why: str, *, for_good: bool = False) -> None:
        super().__init__(why)
        self.for_good = for_good


async def run(desk: Desk) -> None:
    """For ever; cancel to stop."""
    while True:
        with unforeseen.logged("outbox"):
            try:
                while await deliver_due(desk):
                    pass
            except StoreError as exc:
                log.warning("what is to be sent cannot be read", error=str(exc))
        await asyncio.sleep(BEAT_S)


async def deliver_due(desk: Desk) -> int:
    """How many were tried."""
    async with desk.store.read() as tx:
        first = await outbox.next_due_at(tx)
    if first is None or first > desk.clock():
        return 0
    async with desk.store.begin() as tx:
        parcels = await outbox.take(tx, desk.clock(), LEASE)
    async with asyncio.TaskGroup() as tasks:
        for parcel in parcels:
            tasks.create_task(_deliver(desk, parcel), name=f"parcel {parcel.id}")
    return len(parcels)


async def _deliver(desk: Desk, parcel: Parcel) -> None:
    try:
        async with asyncio.timeout(LIMIT_S):
            if parcel.kind == "mail":
                await _send(desk, int(parcel.payload["mail"]))
            else:
                await _post(desk, parcel)
    except NotDelivered as exc:
        await _failed(desk, parcel, exc, for_good=exc.for_good)
        return
    except (OSError, TimeoutError, NotFound, KeyError) as exc:
        await _failed(desk, parcel, exc, for_good=False)
        return
    async with desk.store.begin() as tx:
        await outbox.sent(tx, parcel.id, desk.clock())
        if parcel.kind == "mail":
            await mails.set_state(tx, int(parcel.payload["mail"]), "sent")


async def _failed(desk: Desk, parcel: Parcel, error: Exception, *, for_good: bool) -> None:
    """Later again, each pause twice the one before; in the end the lead is told."""
    text, now = str(error) or type(error).__name__, desk.clock()
    given_up = for_good or parcel.tries >= TRIES
    again_at = None if given_up else now + timedelta(
        seconds=FIRST_PAUSE_S * 2 ** (parcel.tries - 1))
    log.warning("something was not delivered", kind=parcel.kind, parcel=parcel.id, error=text,
                tries=parcel.tries, given_up=given_up)
    told = Told()
    async with desk.board_turns["requests"], desk.board_turns["tasks"]:
        async with desk.store.begin() as tx:
            await outbox.failed(tx, parcel.id, text, again_at=again_at, now=now)
            if given_up and parcel.kind == "mail" and parcel.request_id is not None:
                await mails.set_state(tx, int(parcel.payload["mail"]), "undelivered")
                row = await requests.one(tx, parcel.request_id)
                await deeds.tell_leads(tx, desk.house, row, f"{row.id} · {text}", now, told,
                                       code="mail_undelivered")
        show_told(desk, told)


# ── mail ─────────────────────────────────────────────────────────────────────────────────────
async def _send(desk: Desk, mail_id: int) -> None:
    mailbox = desk.settings.requests.mailbox
    async with desk.store.read() as tx:
        mail = await mails.one(tx, mail_id)
        before = [] if mail.request_id is None else [
            one for one in await mails.of_request(tx, mail.request_id) if one.id < mail.id]
    if not mailbox.smtp_host:
        raise NotDelivered("no mail server is set", for_good=True)
    letter = written(mail, before, mailbox, desk.settings.company.name)
    try:
        await aiosmtplib.send(
            letter, hostname=mailbox.smtp_host, port=mailbox.smtp_port, timeout=LIMIT_S - 2,
            username=mailbox.login or None, password=password_of(mailbox) or None,
            use_tls=mailbox.smtp_tls and mailbox.smtp_port == 465,
            start_tls=mailbox.smtp_tls and mailbox.smtp_port != 465)
    except aiosmtplib.SMTPResponseException as exc:
        raise NotDelivered(f"{exc.code} {exc.message}", for_good=exc.code >= 500) from exc
    except aiosmtplib.SMTPRecipientsRefused as exc:
        codes = [one.code for one in exc.recipients]
        raise NotDelivered("the recipient is refused",
                           for_good=all(code >= 500 for code in codes)) from exc
    except (aiosmtplib.SMTPException, NoPassword) as exc:
        raise NotDelivered(str(exc)) from exc


def written(mail: mails.Mail, before: list[mails.Mail], mailbox: Mailbox,
            company: str) -> EmailMessage:
    """As it goes out: in its thread, and marked as a machine's where one wrote it."""
    letter = EmailMessage()
    letter["From"] = formataddr((mailbox.name or company, mail.sender))
    letter["To"] = mail.recipient
    letter["Subject"] = mail.subject
    letter["Date"] = format_datetime(mail.at)
    letter["Message-ID"] = mail.message_id
    if before:
        letter["In-Reply-To"] = before[-1].message_id
        letter["References"] = " ".join(one.message_id for one in before[-10:])
    if mail.by == deeds.BY:
        letter["Auto-Submitted"] = "auto-replied"
    letter.set_content(mail.text)
    return letter


# ── programs elsewhere ───────────────────────────────────────────────────────────────────────
class PublicOnly(AbstractResolver):
    """Names that lead into our own network lead nowhere: what is resolved is what is connected."""

    def __init__(self, inner: AbstractResolver) -> None:
        self._inner = inner

    async def resolve(self, host: str, port: int = 0,
                      family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        if not found or not all(is_public(one["host"]) for one in found):
            raise OSError(f"{host} is not a public address")
        return found

    async def close(self) -> None:
        await self._inner.close()


def is_public(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return bool((mapped or found).is_global) and not found.is_multicast


def problem_of_url(url: str, *, may_be_private: bool) -> str:
    """Why nothing is posted there, or ""."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "this is no address"
    if parts.scheme not in ("https", "http") or not host or parts.username or parts.password:
        return "an address is https://host/path, without a name or password"
    if any(c.isspace() or ord(c) < 32 for c in url) or len(url) > 2_000:
        return "this is no address"
    if may_be_private:
        return ""
    if parts.scheme != "https":
        return "posts go over https"
    is_literal = host.replace(".", "").isdecimal() or ":" in host
    if (is_literal and not is_public(host)) or host == "localhost":
        return "it leads into your own network"
    return ""


def signature(secret: str, at: datetime, body: bytes) -> str:
    """`t=UNIX,v1=HEX`: HMAC-SHA256 over the moment, a dot and the body."""
    moment = str(int(at.timestamp()))
    signed = hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256)
    return f"t={moment},v1={signed.hexdigest()}"


async def _post(desk: Desk, parcel: Parcel) -> None:
    async with desk.store.read() as tx:
        found = await outbox.secret_of(tx, int(parcel.payload["webhook"]))
    if found is None:
        raise NotDelivered("nobody asks for it any more", for_good=True)
    url, secret = found
    may_be_private = desk.settings.requests.webhook_private
    if problem := problem_of_url(url, may_be_private=may_be_private):
        raise NotDelivered(problem, for_good=True)
    at = desk.clock()
    body = msgspec.json.encode({"id": parcel.id, "event": parcel.payload["event"],
                                "at": at.isoformat(), "data": parcel.payload["facts"]})
    headers = {"Content-Type": "application/json", "User-Agent": "Deskline",
               "X-Deskline-Signature": signature(secret, at, body)}
    resolver: Any = ThreadedResolver()
    connector = aiohttp.TCPConnector(
        resolver=resolver if may_be_private else PublicOnly(resolver), limit=1)
    async with aiohttp.ClientSession(connector=connector, trust_env=False) as http:
        try:
            async with http.post(url, data=body, headers=headers, allow_redirects=False,
                                 timeout=aiohttp.ClientTimeout(total=LIMIT_S - 5)) as answer:
                if not 200 <= answer.status < 300:
                    gone = answer.status in (404, 410)
                    raise NotDelivered(f"HTTP {answer.status}", for_good=gone)
        except aiohttp.ClientError as exc:
            raise NotDelivered(str(exc)) from exc
