"""People who sign in: accounts with roles, and their sessions.

A person has a source: `settings` for those the settings name; they go, as `left`, when the
settings no longer name them, and come back with them. Whoever was made otherwise stays.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import delete, func, insert, or_, select, update

from crm_store.base import Tx
from crm_store.tables.staff import People, Sessions

Source = Literal["settings", "left", "made"]


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
    source: Source = "made",
) -> int:
    """Make or change the person of this login; a password hash of None keeps the old one.

    A new person is active; a known one stays as active as he is, but who had `left` comes back.
    """
    told = {"name": name, "operator_id": operator_id, "roles": list(roles),
            "groups": list(groups), "language": language, "source": source}
    new = tx.insert(People).values(login=login, password_hash=password_hash, is_active=True,
                                   **told)
    is_active = or_(People.is_active, People.source == "left")
    kept = func.coalesce(new.excluded.password_hash, People.password_hash)
    return int(await tx.scalar(new.on_conflict_do_update(
        index_elements=["login"],
        set_=told | {"password_hash": kept, "is_active": is_active},
    ).returning(People.id)))


async def dismiss(tx: Tx, but: Collection[str]) -> list[str]:
    """People of the settings, all `but` these logins, leave: they are inactive, have no phone,
    and their sessions are over. Their logins."""
    gone = [(row.id, row.login) for row in await tx.all(
        select(People.id, People.login).where(People.source == "settings").order_by(People.login))
        if row.login not in but]
    ids = [person_id for person_id, _ in gone]
    await tx.run(update(People).where(People.id.in_(ids))
                 .values(is_active=False, source="left", operator_id=None))
    await tx.run(delete(Sessions).where(Sessions.person_id.in_(ids)))
    return [login for _, login in gone]


async def free_phones(tx: Tx, operator_ids: Collection[str]) -> None:
    """Nobody has these extensions, so that others can have them."""
    await tx.run(update(People).where(People.operator_id.in_(operator_ids))
                 .values(operator_id=None))


async def by_login(tx: Tx, login: str) -> Person | None:
    """Active or not."""
    row = await tx.first(select(*_PERSON).where(People.login == login))
    return _person(row) if row else None


async def by_operator(tx: Tx, operator_id: str) -> Person | None:
    """Active or not."""
    row = await tx.first(select(*_PERSON).where(People.operator_id == operator_id))
    return _person(row) if row else None


async def everyone(tx: Tx) -> list[Person]:
    """By login."""
    return [_person(row) for row in await tx.all(select(*_PERSON).order_by(People.login))]


async def set_password_hash(tx: Tx, person_id: int, password_hash: str) -> None:
    """And close every session of that person."""
    await tx.run(update(People).where(People.id == person_id).values(password_hash=password_hash))
    await tx.run(delete(Sessions).where(Sessions.person_id == person_id))


async def pin_hash(tx: Tx, login: str) -> str | None:
    """Of an active person who has one."""
    row = await tx.first(select(People.pin_hash).where(
        People.login == login, People.is_active.is_(True)))
    return row.pin_hash if row is not None else None


async def set_pin_hash(tx: Tx, person_id: int, hashed: str | None) -> None:
    await tx.run(update(People).where(People.id == person_id).values(pin_hash=hashed))


async def own_keys(tx: Tx, person_id: int) -> dict[str, str]:
    """The keys he chose himself, by action."""
    row = await tx.first(select(People.own_keys).where(People.id == person_id))
    return dict(row.own_keys or {}) if row is not None else {}


async def set_own_keys(tx: Tx, person_id: int, keys: dict[str, str]) -> None:
    await tx.run(update(People).where(People.id == person_id).values(own_keys=keys or None))


async def open_session(
    tx: Tx, token_hash: str, person_id: int, *, csrf: str, opened_at: datetime,
    expires_at: datetime, opened_from: str | None = None,
) -> None:
    """Raises `Conflict` for an unknown person."""
    await tx.run(insert(Sessions).values(
        token_hash=token_hash, person_id=person_id, csrf=csrf, opened_at=opened_at,
        expires_at=expires_at, opened_from=opened_from and opened_from[:200]))


async def session(tx: Tx, token_hash: str, *, now: datetime) -> Session | None:
    """The session of an active person that has not run out."""
    row = await tx.first(
        select(*_PERSON, Sessions.csrf, Sessions.opened_at, Sessions.expires_at,
               Sessions.opened_from)
        .join(Sessions, Sessions.person_id == People.id)
        .where(Sessions.token_hash == token_hash, Sessions.expires_at > now,
               People.is_active.is_(True)))
    if row is None:
        return None
    return Session(token_hash, _person(row), row.csrf, row.opened_at, row.expires_at,
                   row.opened_from)


async def extend_session(tx: Tx, token_hash: str, *, expires_at: datetime) -> None:
    await tx.run(update(Sessions).where(Sessions.token_hash == token_hash)
                 .values(expires_at=expires_at))


async def close_session(tx: Tx, token_hash: str) -> None:
    await tx.run(delete(Sessions).where(Sessions.token_hash == token_hash))


async def forget_sessions(tx: Tx, *, now: datetime) -> int:
    """Delete those that have run out; how many."""
    return (await tx.run(delete(Sessions).where(Sessions.expires_at <= now))).rowcount


def _person(row: Any) -> Person:
    return Person(row.id, row.login, row.name, row.operator_id, tuple(row.roles),
                  tuple(row.groups), row.language, row.password_hash, row.is_active)


_PERSON = (People.id, People.login, People.name, People.operator_id, People.roles, People.groups,
           People.language, People.password_hash, People.is_active)
