"""Who a caller of the menu is: PINs of clients, and how often somebody guessed wrongly.

A guess is counted under a hash: of the number that called, and of the account that was named.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select

from crm_store import audit
from crm_store.base import Tx, insert_into
from crm_store.tables.menus import ClientPins, MenuGuesses

REMEMBERED = timedelta(days=1)
_COST, _BLOCK = 2**13, 8        # some 20 ms: a PIN is short, so guesses are limited as well


def subject(kind: str, value: str) -> str:
    """Under what guesses are counted: `number` and `account`."""
    return hashlib.sha256(f"{kind}\0{value}".encode()).hexdigest()[:32]


async def guesses(tx: Tx, subject_: str, now: datetime) -> int:
    """How many wrong ones there were within a day."""
    return int(await tx.scalar(select(func.count()).select_from(MenuGuesses).where(
        MenuGuesses.subject == subject_, MenuGuesses.at > now - REMEMBERED)) or 0)


async def note_guess(tx: Tx, subjects: tuple[str, ...], now: datetime) -> None:
    await tx.run(delete(MenuGuesses).where(MenuGuesses.at <= now - REMEMBERED))
    await tx.run(insert(MenuGuesses), [{"subject": one, "at": now} for one in subjects])


async def set_pin(tx: Tx, client_id: int, pin_hash: str, *, by: str, at: datetime) -> None:
    new = insert_into(tx.dialect, ClientPins).values(
        client_id=client_id, pin_hash=pin_hash, by=by, at=at)
    await tx.run(new.on_conflict_do_update(
        index_elements=["client_id"], set_={"pin_hash": pin_hash, "by": by, "at": at}))
    await audit.record(tx, by=by, at=at, what="client.pin_set", client_id=client_id)


async def drop_pin(tx: Tx, client_id: int, *, by: str, at: datetime) -> None:
    """He has none any more."""
    await tx.run(delete(ClientPins).where(ClientPins.client_id == client_id))
    await audit.record(tx, by=by, at=at, what="client.pin_dropped", client_id=client_id)


async def pin_hash(tx: Tx, client_id: int) -> str | None:
    found: str | None = await tx.scalar(
        select(ClientPins.pin_hash).where(ClientPins.client_id == client_id))
    return found


def hashed(pin: str) -> str:
    """Takes some milliseconds: not for the event loop."""
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}:{_scrypt(pin, salt).hex()}"


def is_right(pin: str, kept: str) -> bool:
    """Takes some milliseconds: not for the event loop."""
    salt, _, wanted = kept.partition(":")
    return hmac.compare_digest(_scrypt(pin, bytes.fromhex(salt)).hex(), wanted)


def _scrypt(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=_COST, r=_BLOCK, p=1, dklen=32)
