"""People who sign in: accounts with roles, and their sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from crm_store.base import Tx


@dataclass(frozen=True, slots=True)
class Person:
    """`operator_id` is the extension, for those who take calls."""
    id: int
    login: str
    name: str
    operator_id: str | None
    roles: tuple[str, ...]
    groups: tuple[str, ...]
    language: str | None
    password_hash: str | None
    is_active: bool


@dataclass(frozen=True, slots=True)
class Session:
    token_hash: str
    person: Person
    csrf: str
    opened_at: datetime
    expires_at: datetime
    opened_from: str | None


async def upsert(
    tx: Tx, *, login: str, name: str, operator_id: str | None = None, roles: Sequence[str] = (),
    groups: Sequence[str] = (), language: str | None = None, password_hash: str | None = None,
    is_active: bool = True,
) -> int:
    """Make or change the person of this login; a password hash of None keeps the old one."""
    raise NotImplementedError


async def by_login(tx: Tx, login: str) -> Person | None:
    """Active or not."""
    raise NotImplementedError


async def by_operator(tx: Tx, operator_id: str) -> Person | None:
    raise NotImplementedError


async def everyone(tx: Tx) -> list[Person]:
    """By login."""
    raise NotImplementedError


async def set_password_hash(tx: Tx, person_id: int, password_hash: str) -> None:
    """And close every session of that person."""
    raise NotImplementedError


async def open_session(
    tx: Tx, token_hash: str, person_id: int, *, csrf: str, opened_at: datetime,
    expires_at: datetime, opened_from: str | None = None,
) -> None:
    raise NotImplementedError


async def session(tx: Tx, token_hash: str, *, now: datetime) -> Session | None:
    """The session of an active person that has not run out."""
    raise NotImplementedError


async def extend_session(tx: Tx, token_hash: str, *, expires_at: datetime) -> None:
    raise NotImplementedError


async def close_session(tx: Tx, token_hash: str) -> None:
    raise NotImplementedError


async def forget_sessions(tx: Tx, *, now: datetime) -> int:
    """Delete those that have run out; how many."""
    raise NotImplementedError
