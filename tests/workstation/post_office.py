"""A real post office for tests: Dovecot's IMAP and an SMTP server, on ports of their own."""

from __future__ import annotations

import asyncio
import contextlib
import email
import grp
import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from tests.ports import free_port

PASSWORD = "correct-horse-77"
DOVECOT = shutil.which("dovecot") or "/usr/sbin/dovecot"
CONFIG = """\
base_dir = {run}
state_dir = {run}
log_path = {run}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
mail_location = maildir:{run}/mail
first_valid_uid = 1
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service stats {{
  chroot =
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={run}
}}
"""


@dataclass
class PostOffice:
    folder: Path
    imap_port: int
    smtp_port: int = 0
    sent: list[EmailMessage] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    refuses: str = ""               # the answer to whatever is sent

    def put(self, mail: EmailMessage | bytes) -> None:
        """Into the mailbox, as a delivery does it."""
        new = self.folder / "mail" / "new"
        name = f"{time.time_ns()}.test"
        held = self.folder / "mail" / "tmp" / name
        held.write_bytes(mail if isinstance(mail, bytes) else mail.as_bytes())
        shutil.chown(held, *_whose())
        held.rename(new / name)

    async def handle_DATA(
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.refuses:
            return self.refuses
        content = envelope.content
        assert isinstance(content, bytes)
        message = email.message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.sent.append(message)
        return "250 OK"


def _whose() -> tuple[int, int]:
    """Dovecot lets nobody in as root."""
    if os.getuid() != 0:
        return os.getuid(), os.getgid()
    known = pwd.getpwnam("nobody")
    return known.pw_uid, known.pw_gid


@contextmanager
def dovecot(folder: Path) -> Iterator[PostOffice]:
    uid, gid = _whose()
    for name in ("new", "cur", "tmp"):
        (folder / "mail" / name).mkdir(parents=True)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, uid, gid)
        path.chmod(0o755)
    port = free_port()
    user = pwd.getpwuid(uid).pw_name
    file = folder / "post.conf"
    file.write_text(CONFIG.format(run=folder, port=port, uid=uid, gid=gid, user=user,
                                  group=grp.getgrgid(gid).gr_name, password=PASSWORD))
    process = subprocess.Popen([DOVECOT, "-F", "-c", str(file)], stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE)
    try:
        _wait_for(port, process, folder / "log")
        yield PostOffice(folder, port)
    finally:
        process.terminate()
        process.communicate(timeout=20)


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if process.poll() is not None:
            raise AssertionError(f"dovecot: {process.stderr.read().decode()}")  # type: ignore[union-attr]
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as one:
            one.settimeout(5)
            if one.recv(100).startswith(b"* OK"):
                return
        time.sleep(0.05)
    raise AssertionError(log.read_text() if log.exists() else "dovecot is silent")


@asynccontextmanager
async def sending(office: PostOffice) -> AsyncIterator[PostOffice]:
    """An SMTP server beside it, with the same password."""
    def authenticate(server: SMTP, session: Any, envelope: Any, mechanism: str,
                     data: Any) -> AuthResult:
        office.logins.append(data.login.decode())
        return AuthResult(success=data.password.decode() == PASSWORD)

    port = free_port()
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(office, hostname="post.example", authenticator=authenticate,
                     auth_require_tls=False, loop=asyncio.get_running_loop()),
        "127.0.0.1", port)
    office.smtp_port = port
    try:
        yield office
    finally:
        server.close()
        await server.wait_closed()
