"""A caller's telephone as the menu server sees it: Asterisk's end of one FastAGI connection."""

from __future__ import annotations

import asyncio
import re
from array import array
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

SILENT, LEAVES, LEAVES_TALKING = "-", "!", "~"
LIMIT_S = 10.0
PBX = {"CHANNEL(linkedid)": "1732269600.1", "CHANNEL(uniqueid)": "1732269600.1",
       "QUEUE_WAITING_COUNT(billing)": "3", "QUEUE_MEMBER(billing,free)": "1"}


@dataclass
class Telephone:
    """`does` is what the caller does at each question in turn: a key, digits, SILENT, LEAVES.

    During an announcement only the keys that may cut it short are taken from `does`.
    """
    does: list[str]
    heard: list[str] = field(default_factory=list)          # names of sound files
    variables: dict[str, str] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)           # arguments of UserEvent
    is_gone: bool = False
    questions: int = 0
    pbx: dict[str, str] = field(default_factory=lambda: dict(PBX))      # its variables

    def answer(self, line: str) -> str:
        """What Asterisk says to a command."""
        words = [a or b for a, b in re.findall(r'"([^"]*)"|(\S+)', line)]
        match words:
            case ["SET", "VARIABLE", name, value]:
                self.variables[name] = value
                return "200 result=1"
            case ["GET", "VARIABLE", name]:
                found = self.pbx.get(name)
                return "200 result=0" if found is None else f"200 result=1 ({found})"
            case ["EXEC", "UserEvent", argument]:
                self.told.append(argument)
                return "200 result=0"
            case _ if self.is_gone:
                return "511 Command Not Permitted on a dead channel or intercept routine"
            case ["STREAM", "FILE", path, *keys]:
                return self._play(path, keys[0] if keys else "")
            case ["RECORD", "FILE", path, form, *_]:
                return self._record(Path(f"{path}.{form}"))
            case ["WAIT", "FOR", "DIGIT", _]:
                return self._key(self._next(SILENT))
            case ["GET", "DATA", path, _, _]:
                return self._digits(path)
        return "510 Invalid or unknown command"

    def _next(self, otherwise: str) -> str:
        self.questions += 1
        return self.does.pop(0) if self.does else otherwise

    def _play(self, path: str, keys: str) -> str:
        if not Path(path + ".wav").is_file():
            return "200 result=0 endpos=0"
        self.heard.append(Path(path).name)
        if self.does and (self.does[0] in keys or self.does[0] == LEAVES):
            return self._key(self._next(SILENT)) + " endpos=800"
        return "200 result=0 endpos=8000"

    def _key(self, key: str) -> str:
        if key in (LEAVES, LEAVES_TALKING):
            self.is_gone = True
            return "HANGUP\n200 result=-1"
        return f"200 result={0 if key == SILENT else ord(key)}"

    def _record(self, path: Path) -> str:
        """Half a second of a tone, ended by a key or by hanging up."""
        path.write_bytes(array("h", [8_000, -8_000] * 2_000).tobytes())
        return self._key(self._next("#"))

    def _digits(self, path: str) -> str:
        self.heard.append(Path(path).name)
        digits = self._next(SILENT)
        if digits == LEAVES:
            self.is_gone = True
            return "HANGUP\n200 result=-1"
        return "200 result= (timeout)" if digits == SILENT else f"200 result={digits}"


async def call(port: int, does: Sequence[str] = (), *, number: str = "79161234567",
               entry: str = "74951200000", menu: str = "", prompt_s: float = 0.0,
               pbx: str = "main") -> Telephone:
    """One whole call, each prompt of which lasts `prompt_s`; how it went."""
    telephone = Telephone(list(does))
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(LIMIT_S):
            writer.write(opening(number, entry, menu, pbx).encode())
            while line := (await reader.readline()).decode().rstrip("\n"):
                await asyncio.sleep(prompt_s if line.startswith("STREAM") else 0)
                writer.write(f"{telephone.answer(line)}\n".encode())
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
    return telephone


def opening(number: str, entry: str, menu: str = "", pbx: str = "main") -> str:
    way = f"&menu={menu}" if menu else ""
    return (f"agi_network: yes\nagi_network_script: menu?entry={entry}&pbx={pbx}{way}\n"
            f"agi_channel: PJSIP/trunk-00000001\nagi_callerid: {number or 'unknown'}\n"
            f"agi_calleridname: unknown\nagi_callingpres: {0 if number else 67}\n"
            "agi_threadid: 1\n\n")
