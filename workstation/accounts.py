"""Who signs in: passwords (argon2), sessions (an opaque id whose hash is in the database).

A session's id is 32 random bytes, known to the browser only; its CSRF token goes to the page.
Wrong passwords are slowed down by login and by address.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import itertools
import secrets
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import argon2
import structlog

from crm_store import staff
from crm_store.base import Tx
from crm_store.store import Store
from cti.secrets import derive
from workstation.errors import Refused
from workstation.policy import Person
from workstation.settings import OperatorSettings, Settings

log = structlog.get_logger()
T = TypeVar("T")

HASHERS = 2                 # argon2 takes 64 MiB and ~50 ms each: two at a time, a few waiting
HASHES_WAITING = 32
HASH_LIMIT_S = 10.0
TRIES_PER_LOGIN = 8
TRIES_PER_ADDRESS = 40
TRIES_WITHIN = timedelta(minutes=5)
TRIES_KEPT = 10_000         # keys; each holds at most TRIES_PER_ADDRESS moments
LONGEST_LOGIN = 64
LONGEST_PASSWORD = 1_024
RANKS = ("administrator", "supervisor", "operator", "manager")


class WrongPassword(Refused):
    def __init__(self) -> None:
        super().__init__("wrong_password", "Login or password is wrong.", "", 401)


class TooManyTries(Refused):
    def __init__(self) -> None:
        super().__init__("too_many_tries", "Too many wrong passwords; wait five minutes.", "", 429)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An open session. `token` is its secret: cookie or resume token, never logged."""
    token: str
    csrf: str
    person: Person
    expires_at: datetime


class Accounts:
    def __init__(self, store: Store, settings: Settings, secret: bytes,
                 clock: Callable[[], datetime]) -> None:
        self._store = store
        self._settings = settings
        self._secret = secret
        self._clock = clock
        self._operators = {operator.login: operator for operator in settings.operator}
        self._passwords = Passwords()
        self._tries = Tries()
        self.by_operator: dict[str, Person] = {}

    async def seed(self) -> list[str]:
        """Make the people of the settings; logins that have no password yet are returned.

        Who was made by the settings and is no longer in them cannot sign in any more.

        With `server.demo_sign_ins` new people get the password derived from the installation's
        secret, which `deskline demo` prints.
        """
        async with self._store.read() as tx:
            before = {row.login: row for row in await staff.everyone(tx)}
        hashes = {login: await self._first_hash(login, before) for login in self._operators}
        async with self._store.begin() as tx:
            for login in await staff.dismiss(tx, self._operators):
                log.warning("a person is no longer in the settings and cannot sign in",
                            login=login)
            await staff.free_phones(tx, [known.id for known in self._settings.operator])
            for operator in self._settings.operator:
                await self._seed_one(tx, operator, before, hashes[operator.login])
            people = await staff.everyone(tx)
        found = [self._person(row) for row in people if row.is_active]
        self.by_operator.clear()        # others hold it
        self.by_operator.update({person.operator: person for person in found if person.operator})
        return [row.login for row in people
                if row.login in self._operators and row.password_hash is None]

    async def sign_in(self, login: str, password: str, source: str) -> SignedIn:
        """A new session. Raises WrongPassword, TooManyTries."""
        now = self._clock()
        login = login.strip().lower()
        self._tries.check(now, login, source)
        if len(login) > LONGEST_LOGIN or len(password) > LONGEST_PASSWORD:
            self._tries.failed(now, "", source)
            raise WrongPassword
        async with self._store.read() as tx:
            row = await staff.by_login(tx, login)
        known = row.password_hash if row is not None and row.is_active else None
        if not await self._passwords.is_right(known, password) or row is None:
            self._tries.failed(now, login, source)
            log.warning("a sign-in was refused", login=login, source=source)
            raise WrongPassword
        self._tries.forget(login, source)
        return await self._open(row, now, source)

    async def resume(self, token: str) -> SignedIn | None:
        """The session of this id, if it is open."""
        if not 20 <= len(token) <= 100:
            return None
        async with self._store.read() as tx:
            found = await staff.session(tx, hash_of(token), now=self._clock())
        if found is None:
            return None
        return SignedIn(token, found.csrf, self._person(found.person), found.expires_at)

    async def close(self, token: str) -> None:
        async with self._store.begin() as tx:
            await staff.close_session(tx, hash_of(token))

    async def set_password(self, login: str, password: str) -> bool:
        """Whether there is such a person. Closes his sessions."""
        hashed = await self._passwords.hash(password)
        async with self._store.begin() as tx:
            row = await staff.by_login(tx, login)
            if row is None:
                return False
            await staff.set_password_hash(tx, row.id, hashed)
        return True

    def stop(self) -> None:
        self._passwords.stop()

    async def _open(self, row: staff.Person, now: datetime, source: str) -> SignedIn:
        token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
        expires_at = now + timedelta(hours=self._settings.server.session_hours)
        async with self._store.begin() as tx:
            await staff.forget_sessions(tx, now=now)
            await staff.open_session(tx, hash_of(token), row.id, csrf=csrf, opened_at=now,
                                     expires_at=expires_at, opened_from=source)
        return SignedIn(token, csrf, self._person(row), expires_at)

    async def _first_hash(self, login: str, before: Mapping[str, staff.Person]) -> str | None:
        """Of the demo's password, for who has none."""
        known = before.get(login)
        if not self._settings.server.demo_sign_ins or (known and known.password_hash):
            return None
        return await self._passwords.hash(demo_password(self._secret, login))

    async def _seed_one(self, tx: Tx, operator: OperatorSettings,
                        before: Mapping[str, staff.Person], hashed: str | None) -> None:
        known = before.get(operator.login)
        await staff.upsert(
            tx, login=operator.login, name=operator.name, operator_id=operator.id,
            roles=(operator.role,), groups=operator.groups, password_hash=hashed,
            language=known.language if known else None, source="settings")

    def _person(self, row: staff.Person) -> Person:
        planned = self._operators.get(row.login)
        return Person(
            id=row.id, operator=row.operator_id or "", login=row.login, name=row.name,
            role=highest(row.roles), groups=frozenset(row.groups),
            queues=planned.queues if planned is not None else (),
            locale=row.language or self._settings.company.language)


class Passwords:
    """argon2 beside the event loop, a bounded number at a time."""

    def __init__(self) -> None:
        self._hasher = argon2.PasswordHasher()
        self._pool = ThreadPoolExecutor(HASHERS, thread_name_prefix="argon2")
        self._waiting = 0
        self._decoy = ""

    async def hash(self, password: str) -> str:
        return await self._run(self._hasher.hash, password)

    async def is_right(self, known: str | None, password: str) -> bool:
        """Takes as long for an unknown login as for a wrong password."""
        if known is None:
            self._decoy = self._decoy or await self.hash("decoy")
        try:
            return await self._run(self._verify, known or self._decoy, password) and bool(known)
        except argon2.exceptions.InvalidHashError:
            return False

    def stop(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _verify(self, known: str, password: str) -> bool:
        try:
            return self._hasher.verify(known, password)
        except argon2.exceptions.VerificationError:
            return False

    async def _run(self, work: Callable[..., T], *args: str) -> T:
        if self._waiting >= HASHES_WAITING:
            raise Refused("busy", "Too many are signing in at once; try again.", "", 503)
        self._waiting += 1
        try:
            async with asyncio.timeout(HASH_LIMIT_S):
                return await asyncio.get_running_loop().run_in_executor(self._pool, work, *args)
        finally:
            self._waiting -= 1


class Tries:
    """Wrong passwords of the last five minutes, by address, and by login from that address:
    nobody can lock somebody else out from another place. The oldest are forgotten first."""

    def __init__(self) -> None:
        self._failed: dict[tuple[str, str], deque[datetime]] = {}   # the latest tried last

    def check(self, now: datetime, login: str, source: str) -> None:
        if (self._count(now, (source, login)) >= TRIES_PER_LOGIN
                or self._count(now, (source, "")) >= TRIES_PER_ADDRESS):
            raise TooManyTries

    def failed(self, now: datetime, login: str, source: str) -> None:
        for key in dict.fromkeys(((source, login), (source, ""))):
            moments = self._failed.pop(key, None) or deque(maxlen=TRIES_PER_ADDRESS)
            moments.append(now)
            self._failed[key] = moments
        for key in list(itertools.islice(self._failed, 4)):
            if now - self._failed[key][-1] > TRIES_WITHIN or len(self._failed) > TRIES_KEPT:
                del self._failed[key]

    def forget(self, login: str, source: str) -> None:
        self._failed.pop((source, login), None)

    def __len__(self) -> int:
        return len(self._failed)

    def _count(self, now: datetime, key: tuple[str, str]) -> int:
        moments = self._failed.get(key)
        return sum(now - moment <= TRIES_WITHIN for moment in moments or ())


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def demo_password(secret: bytes, login: str) -> str:
    """What a sample person signs in with, short enough to type; only its hash is stored."""
    return base64.b32encode(derive(secret, f"login:{login}").encode())[:12].decode().lower()


def highest(roles: Sequence[str]) -> str:
    return next((role for role in RANKS if role in roles), "")
