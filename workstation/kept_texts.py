"""Texts that administrators write on a screen: checked, kept as versions, taken into use, undone.

Rules of routing and types of requests are such; a `Texts` knows what one of its kind may say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from crm_store import menus as stored
from crm_store.store import Store
from workstation.errors import Refused

LONGEST_TEXT = 200_000


@dataclass(frozen=True, slots=True)
class TextFault:
    line: int
    place: str
    why: str


@dataclass(frozen=True, slots=True)
class Read:
    """`drawing` is what a screen draws of it, JSON-ready; None where there are faults."""
    faults: Sequence[TextFault]
    drawing: Any = None


class Texts(Protocol):
    kind: str

    def names(self) -> Sequence[str]: ...

    def shipped(self, name: str) -> str:
        """The text of the settings, "" where it is only the store's. Raises NotThere."""

    def read(self, name: str, text: str) -> Read: ...


async def used(store: Store, texts: Texts, name: str) -> tuple[str, int | None]:
    """The text in use and its version, None: that of the settings. Raises NotThere."""
    text = texts.shipped(name)
    async with store.read() as tx:
        use = (await stored.in_use(tx, texts.kind)).get(name)
    return (text, None) if use is None or use.text is None else (use.text, use.version)


def read(texts: Texts, name: str, text: str) -> Read:
    texts.shipped(name)
    if len(text) > LONGEST_TEXT:
        return Read((TextFault(1, "", "the text is too long"),))
    return texts.read(name, text)


async def save(store: Store, texts: Texts, name: str, text: str, *, note: str, by: str,
               at: datetime) -> int:
    """Raises NotThere, and Refused with the faults."""
    _demand(read(texts, name, text))
    async with store.begin() as tx:
        return await stored.save(tx, name, text, note=note[:200], by=by, at=at, kind=texts.kind)


async def use(store: Store, texts: Texts, name: str, version: int | None, *, by: str,
              at: datetime) -> None:
    """Raises NotThere; Refused where the version does not fit the settings any more."""
    texts.shipped(name)
    async with store.begin() as tx:
        if version is not None:
            text = await stored.text_of(tx, name, version, texts.kind)
            _demand(texts.read(name, text))
        await stored.use(tx, name, version, by=by, at=at, kind=texts.kind)


async def undo(store: Store, texts: Texts, name: str, *, by: str, at: datetime) -> int | None:
    """What was in use before is in use again; raises NotThere."""
    texts.shipped(name)
    async with store.begin() as tx:
        return await stored.undo(tx, name, by=by, at=at, kind=texts.kind)


def _demand(found: Read) -> None:
    if found.faults:
        raise Refused("text_invalid", "This text cannot be used.", found.faults[0].why, 422,
                      facts={"faults": [{"line": one.line, "place": one.place, "why": one.why}
                                        for one in found.faults]})
