"""A real SSH server of our own on a port of 127.0.0.1, for one key and one folder."""

from __future__ import annotations

import asyncio
import getpass
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from tests.ports import free_port

SSHD = shutil.which("sshd") or "/usr/sbin/sshd"
UP_WITHIN_S = 30.0
CONFIG = """
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
AuthorizedKeysFile {folder}/key.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
PrintMotd no
PrintLastLog no
"""


def is_there() -> bool:
    return Path(SSHD).exists() and shutil.which("ssh") is not None


def _prepare(folder: Path, port: int) -> None:
    for name in ("host", "key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name],
                       check=True, timeout=30)
    (folder / "sshd").write_text(CONFIG.format(port=port, folder=folder), encoding="utf-8")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)      # where it parts its rights


@asynccontextmanager
async def ssh_server(folder: Path) -> AsyncIterator[str]:
    """The beginning of a command line that runs what follows there, on a terminal."""
    port = free_port()
    _prepare(folder, port)
    server = await asyncio.create_subprocess_exec(
        SSHD, "-D", "-e", "-f", str(folder / "sshd"), stderr=asyncio.subprocess.DEVNULL)
    try:
        await _until_up(port)
        yield (f"ssh -tt -q -p {port} -i {folder}/key -o IdentitiesOnly=yes -F /dev/null "
               f"-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null "
               f"{getpass.getuser()}@127.0.0.1")
    finally:
        with suppress(ProcessLookupError):
            server.terminate()
        await server.wait()


async def _until_up(port: int) -> None:
    async with asyncio.timeout(UP_WITHIN_S):
        while True:
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            await asyncio.sleep(0.05)
