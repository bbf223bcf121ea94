"""Checks of what must listen, and of the spoken prompts."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

from workstation.checkup.finding import Finding, good
from workstation.settings import Settings

PORT_LIMIT_S = 2.0


async def ports(settings: Settings) -> AsyncIterator[Finding]:
    wanted = (*(("softphones" if pbx is settings.pbx else f"{pbx.name}: softphones", pbx.host,
                 pbx.http_port, "red",
                 "load res_http_websocket and enable Asterisk's HTTP server")
                for pbx in settings.asterisks),
              ("menu server", settings.menu.host, settings.menu.port, "red",
               "start deskline ivr; until then callers go straight to their queue"),
              ("claim gate", settings.menu.host, settings.menu.gate_port, "yellow",
               "it opens with deskline serve; until then nothing is dialled"),
              ("workstation", settings.server.host, settings.server.port, "yellow",
               "start deskline serve"))
    for name, host, port, colour, mend in wanted:
        if await _answers(host, port):
            yield good(name, f"answers on {host}:{port}")
        else:
            yield Finding(name, "red" if colour == "red" else "yellow",
                          f"nobody answers on {host}:{port}", mend)


async def _answers(host: str, port: int) -> bool:
    try:
        async with asyncio.timeout(PORT_LIMIT_S):
            _, writer = await asyncio.open_connection(host, port)
            writer.close()
            await writer.wait_closed()
    except (OSError, TimeoutError):
        return False
    return True


def prompts(settings: Settings) -> Finding:
    folder = Path(settings.data_dir) / "prompts"
    try:
        spoken = sum(1 for _ in folder.rglob("*.wav")) if folder.is_dir() else 0
    except OSError:
        spoken = 0
    if not spoken:
        return Finding("prompts", "red", f"none are spoken yet in {folder}",
                       "deskline ivr prompts")
    return good("prompts", f"{spoken} are spoken")


def voices() -> Finding:
    if shutil.which("espeak-ng") is None:
        return Finding("voices", "green", "no espeak-ng of the system: the unpacked one speaks")
    return good("voices", "espeak-ng of the system")
