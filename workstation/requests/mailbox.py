"""The mailbox clients write to: fetched by IMAP in a thread, each mail taken in, then marked."""

from __future__ import annotations

import asyncio
import imaplib
import ssl
from collections.abc import Callable
from pathlib import Path

import structlog
from imap_tools import AND, BaseMailBox, MailBox, MailBoxUnencrypted, MailMessageFlags
from imap_tools.errors import ImapToolsError

from crm_store.errors import StoreError
from workstation import unforeseen
from workstation.actions.requests import show_told
from workstation.desk import Desk
from workstation.requests import letters, receiving
from workstation.requests.house import Told
from workstation.requests.letters import Limits, NotAMail
from workstation.requests.settings import MIB, Mailbox
from workstation.settings import letters_folder

log = structlog.get_logger()
LIMIT_S = 30.0
AT_ONCE = 20
ROUND_S = 600.0             # of one look into the mailbox, twenty mails of 25 MB
TROUBLES = (OSError, ImapToolsError, imaplib.IMAP4.error, ssl.SSLError, TimeoutError)


class NoPassword(Exception):
    """The file with the mailbox's password cannot be read, or others can read it."""


def files_folder(desk: Desk) -> Path:
    return letters_folder(desk.settings)


async def run(desk: Desk) -> None:
    """For ever, if there is a mailbox; cancel to stop."""
    mailbox = desk.settings.requests.mailbox
    if not mailbox.imap_host:
        return
    while True:
        with unforeseen.logged("mailbox"):
            try:
                await look(desk)
            except (*TROUBLES, NoPassword, StoreError) as exc:
                log.warning("the mailbox cannot be read", host=mailbox.imap_host, error=str(exc))
        await asyncio.sleep(mailbox.poll_s)


async def look(desk: Desk) -> int:
    """Take in what is new; how many mails it was."""
    mailbox = desk.settings.requests.mailbox
    loop = asyncio.get_running_loop()

    def take(raw: bytes) -> None:
        asyncio.run_coroutine_threadsafe(take_in(desk, raw), loop).result(timeout=LIMIT_S * 2)

    async with asyncio.timeout(ROUND_S):
        return await asyncio.to_thread(fetch, mailbox, take)


async def take_in(desk: Desk, raw: bytes) -> None:
    """One mail, stored, matched, filed, acknowledged: whole or not at all."""
    mailbox = desk.settings.requests.mailbox
    limits = Limits(mailbox.attachment_mb * MIB, mailbox.attachments)
    try:
        letter = await asyncio.to_thread(letters.read, raw, limits)
    except NotAMail as exc:
        log.warning("a mail cannot be read and is left where it is", error=str(exc))
        return
    files = await asyncio.to_thread(receiving.keep_files, letter, files_folder(desk))
    told = Told()
    async with desk.board_turns["requests"], desk.board_turns["tasks"]:
        async with desk.store.begin() as tx:
            await receiving.take_in(tx, desk.house, letter, files, desk.clock(), told)
        show_told(desk, told)


def fetch(mailbox: Mailbox, take: Callable[[bytes], None]) -> int:
    """Every unseen mail to `take`, marked as seen after it. Blocks; raises TROUBLES."""
    count = 0
    with _signed_in(mailbox) as box:
        sizes = {message.uid: message.size_rfc822 for message in box.fetch(
            AND(seen=False), mark_seen=False, headers_only=True, limit=AT_ONCE)}
        for uid, size in sizes.items():
            if uid is None:
                continue
            if size > mailbox.most_mb * MIB:
                log.warning("a mail is too big and is left where it is", bytes=size)
            else:
                for message in box.fetch(AND(uid=uid), mark_seen=False):
                    _taken(take, message.obj.as_bytes())
                    count += 1
            box.flag([uid], MailMessageFlags.SEEN, True)
    return count


def _taken(take: Callable[[bytes], None], raw: bytes) -> None:
    """What cannot be taken in for a reason nobody foresaw stays in the mailbox, read: those
    behind it must not wait for its mending."""
    try:
        take(raw)
    except (StoreError, TimeoutError):
        raise
    except Exception:
        log.exception("a mail cannot be taken in and is left where it is")


def _signed_in(mailbox: Mailbox) -> BaseMailBox:
    box: BaseMailBox
    if mailbox.imap_tls:
        box = MailBox(mailbox.imap_host, mailbox.imap_port, timeout=LIMIT_S,
                      ssl_context=ssl.create_default_context())
    else:
        box = MailBoxUnencrypted(mailbox.imap_host, mailbox.imap_port, timeout=LIMIT_S)
    try:
        return box.login(mailbox.login, password_of(mailbox), initial_folder=mailbox.folder)
    except BaseException:
        box.client.shutdown()       # else each refusal leaves a connection open
        raise


def password_of(mailbox: Mailbox) -> str:
    """From its file; never from a setting or an argument. Raises NoPassword."""
    file = mailbox.password_file
    if file is None:
        return ""
    try:
        if file.stat().st_mode & 0o077:
            raise NoPassword(f"others may read {file}: chmod 600")
        return file.read_text(encoding="utf-8").strip()
    except OSError as exc:
        raise NoPassword(f"{file}: {exc.strerror}") from exc
