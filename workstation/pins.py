"""PINs of desk phones: six digits, made by us, shown once.

What is stored is the argon2 hash of the PIN keyed with the installation's secret: the database
alone tells nobody a PIN, however few there are. Wrong ones are counted as wrong passwords are.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime

import structlog

from crm_store import staff
from crm_store.store import Store
from cti.secrets import derive
from workstation.accounts import Passwords, TooManyTries, Tries

log = structlog.get_logger()
DIGITS = 6
PLACE = "desk phone"        # where wrong PINs come from, beside the addresses of wrong passwords


class Pins:
    def __init__(self, store: Store, secret: bytes, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._secret = secret
        self._clock = clock
        self._passwords = Passwords()
        self._tries = Tries()

    async def give(self, login: str) -> str | None:
        """A new PIN in place of the old one; None where nobody has this login or has a phone."""
        async with self._store.read() as tx:
            row = await staff.by_login(tx, login)
        if row is None or row.operator_id is None:
            return None
        pin = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
        hashed = await self._passwords.hash(self._keyed(login, pin))
        async with self._store.begin() as tx:
            await staff.set_pin_hash(tx, row.id, hashed)
        return pin

    async def take_away(self, login: str) -> bool:
        """Whether there is such a person; he cannot sign in by a PIN any more."""
        async with self._store.begin() as tx:
            row = await staff.by_login(tx, login)
            if row is not None:
                await staff.set_pin_hash(tx, row.id, None)
        return row is not None

    async def is_right(self, login: str, pin: str, phone: str) -> bool:
        """Of an active person, typed at `phone`. Raises TooManyTries."""
        now, place = self._clock(), f"{PLACE} {phone}"
        self._tries.check(now, login, place)
        async with self._store.read() as tx:
            known = await staff.pin_hash(tx, login)
        is_pin = len(pin) == DIGITS and pin.isascii() and pin.isdecimal()
        if is_pin and await self._passwords.is_right(known, self._keyed(login, pin)):
            self._tries.forget(login, place)
            return True
        self._tries.failed(now, login, place)
        log.warning("a PIN was refused", login=login, phone=phone)
        return False

    def is_locked(self, login: str, phone: str) -> bool:
        try:
            self._tries.check(self._clock(), login, f"{PLACE} {phone}")
        except TooManyTries:
            return True
        return False

    def stop(self) -> None:
        self._passwords.stop()

    def _keyed(self, login: str, pin: str) -> str:
        return derive(self._secret, f"pin:{login}:{pin}")
