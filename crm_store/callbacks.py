"""Call-backs: one token for a person, with the moment at which he came, kept until he was served.

A dial is committed before it is dialled (`begin`) and claimed before the trunk is (`claim`): after
any crash we know whether it may have happened, and what may have happened counts as made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, or_, select, update

from crm_store.base import Tx
from crm_store.tables.clients import Clients
from crm_store.tables.waiting import OPEN_CALLBACK, OPEN_DIAL, CallbackDials, Callbacks

SHOWN = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody asked for. `arrived_at`: since when he waits; `not_before`: he is still on the
    line in which he asks."""
    queue: str
    entry: str
    number: str
    client_id: int | None
    call_id: str | None
    source: str
    language: str
    arrived_at: datetime
    at: datetime
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Callback:
    id: int
    queue: str
    entry: str
    number: str
    client_id: int | None
    client_name: str | None
    source: str
    language: str
    arrived_at: datetime
    asked_at: datetime
    state: str
    why: str
    tries: int
    not_before: datetime | None


@dataclass(frozen=True, slots=True)
class Dial:
    """`number` … are of its token, at the moment it was claimed."""
    id: int
    callback_id: int
    state: str
    at: datetime
    claimed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Rule:
    """How often at most, and how far apart."""
    tries: int
    again_after: timedelta


_SHOWN: tuple[Any, ...] = (
    Callbacks.id, Callbacks.queue, Callbacks.entry, Callbacks.number, Callbacks.client_id,
    Clients.name, Callbacks.source, Callbacks.language, Callbacks.arrived_at, Callbacks.asked_at,
    Callbacks.state, Callbacks.why, Callbacks.tries, Callbacks.not_before)


async def ask(tx: Tx, asked: Asked) -> tuple[int, bool]:
    """The id of his token, and whether it is a new one. Who has one keeps its place in line, and
    is called on the number that he named last."""
    known = await _of_person(tx, asked.number, asked.client_id)
    if known is None:
        made = (await tx.run(insert(Callbacks).values(
            queue=asked.queue, entry=asked.entry, number=asked.number,
            client_id=asked.client_id, call_id=asked.call_id, source=asked.source,
            language=asked.language, arrived_at=asked.arrived_at, asked_at=asked.at,
            state="waiting", why="", tries=0,
            not_before=asked.not_before).returning(Callbacks.id))).scalar_one()
        return int(made), True
    await tx.run(update(Callbacks).where(Callbacks.id == known.id).values(
        number=asked.number, client_id=asked.client_id or known.client_id,
        arrived_at=min(known.arrived_at, asked.arrived_at)))
    return int(known.id), False


async def _of_person(tx: Tx, number: str, client_id: int | None) -> Any:
    whose = Callbacks.number == number
    if client_id is not None:
        whose = or_(whose, Callbacks.client_id == client_id)
    return await tx.first(
        select(Callbacks.id, Callbacks.client_id, Callbacks.arrived_at)
        .where(OPEN_CALLBACK, whose).order_by(Callbacks.arrived_at).with_for_update())


async def line(tx: Tx) -> list[Callback]:
    """Every open one, in the order in which they came."""
    return [Callback(*row) for row in await tx.all(
        select(*_SHOWN).outerjoin(Clients, Clients.id == Callbacks.client_id)
        .where(OPEN_CALLBACK).order_by(Callbacks.arrived_at, Callbacks.id).limit(SHOWN))]


async def recent(tx: Tx, since: datetime) -> list[Callback]:
    """Those that were settled since, the latest first."""
    return [Callback(*row) for row in await tx.all(
        select(*_SHOWN).outerjoin(Clients, Clients.id == Callbacks.client_id)
        .where(Callbacks.settled_at >= since).order_by(Callbacks.settled_at.desc()).limit(50))]


async def of_number(tx: Tx, number: str) -> Callback | None:
    row = await tx.first(
        select(*_SHOWN).outerjoin(Clients, Clients.id == Callbacks.client_id)
        .where(OPEN_CALLBACK, Callbacks.number == number))
    return Callback(*row) if row is not None else None


async def count_before(tx: Tx, queue: str, moment: datetime) -> int:
    """How many of a queue's tokens came before."""
    return int(await tx.scalar(
        select(func.count()).select_from(Callbacks).where(
            OPEN_CALLBACK, Callbacks.queue == queue, Callbacks.arrived_at < moment)) or 0)


async def settle(tx: Tx, callback_id: int, state: str, why: str, *, at: datetime) -> bool:
    """It is over: served, withdrawn, exhausted. False: it was already."""
    done = await tx.run(update(Callbacks).where(Callbacks.id == callback_id, OPEN_CALLBACK).values(
        state=state, why=why, settled_at=at))
    return bool(done.rowcount)


async def settle_person(
    tx: Tx, *, number: str | None, client_id: int | None, state: str, why: str, at: datetime,
) -> list[int]:
    """His tokens that nobody is dialling; their ids."""
    whose = [Callbacks.number == number] if number is not None else []
    whose += [Callbacks.client_id == client_id] if client_id is not None else []
    if not whose:
        return []
    rows = await tx.run(update(Callbacks).where(OPEN_CALLBACK, or_(*whose)).values(
        state=state, why=why, settled_at=at).returning(Callbacks.id))
    return [int(row.id) for row in rows]


async def begin(tx: Tx, callback_id: int, *, at: datetime) -> int | None:
    """Its turn has come: the id of the dial, committed before anything is dialled. None where
    another has begun one, or it is over."""
    taken = await tx.run(update(Callbacks).where(
        Callbacks.id == callback_id, Callbacks.state == "waiting", OPEN_CALLBACK,
    ).values(state="dialling", tries=Callbacks.tries + 1))
    if not taken.rowcount:
        return None
    return int((await tx.run(insert(CallbackDials).values(
        callback_id=callback_id, state="intent", at=at, outcome="",
    ).returning(CallbackDials.id))).scalar_one())


async def claim(tx: Tx, dial_id: int, *, at: datetime) -> Callback | None:
    """`intent` → `dialling`, once; None: somebody has it, or nobody wants it any more."""
    taken = await tx.run(update(CallbackDials).where(
        CallbackDials.id == dial_id, CallbackDials.state == "intent", OPEN_DIAL,
    ).values(state="dialling", claimed_at=at))
    if not taken.rowcount:
        return None
    row = await tx.first(
        select(*_SHOWN).join(CallbackDials, CallbackDials.callback_id == Callbacks.id)
        .outerjoin(Clients, Clients.id == Callbacks.client_id)
        .where(CallbackDials.id == dial_id, Callbacks.state == "dialling", OPEN_CALLBACK))
    if row is not None:
        return Callback(*row)
    await _end(tx, dial_id, "void", "not_wanted", at)
    return None


async def of_dial(tx: Tx, dial_id: int) -> datetime | None:
    """When its person came."""
    found: datetime | None = await tx.scalar(
        select(Callbacks.arrived_at).join(CallbackDials, CallbackDials.callback_id == Callbacks.id)
        .where(CallbackDials.id == dial_id))
    return found


async def open_dials(tx: Tx) -> list[Dial]:
    return [Dial(*row) for row in await tx.all(
        select(CallbackDials.id, CallbackDials.callback_id, CallbackDials.state,
               CallbackDials.at, CallbackDials.claimed_at)
        .where(OPEN_DIAL).order_by(CallbackDials.id))]


async def reached(tx: Tx, dial_id: int, *, at: datetime) -> bool:
    """He is there and waits in the queue: his token has done its work. False: it had already."""
    if not await _end(tx, dial_id, "answered", "answered", at):
        return False
    await settle(tx, await _token(tx, dial_id), "served", "called_back", at=at)
    return True


async def missed(tx: Tx, dial_id: int, outcome: str, rule: Rule, *, at: datetime) -> bool:
    """Nobody was there: again later, in his old place; or it was the last time."""
    if not await _end(tx, dial_id, "missed", outcome, at):
        return False
    token = await _token(tx, dial_id)
    is_last = (await tx.scalar(select(Callbacks.tries).where(Callbacks.id == token)) or 0
               ) >= rule.tries
    if is_last:
        await settle(tx, token, "exhausted", outcome, at=at)
    else:
        await _wait_again(tx, token, outcome, at + rule.again_after)
    return True


async def void(tx: Tx, dial_id: int, why: str, *, at: datetime) -> bool:
    """It was never dialled: this was no try."""
    if not await _end(tx, dial_id, "void", why, at):
        return False
    token = await _token(tx, dial_id)
    await tx.run(update(Callbacks).where(Callbacks.id == token, Callbacks.state == "dialling")
                 .values(state="waiting", tries=Callbacks.tries - 1))
    return True


async def expire(tx: Tx, before: datetime, *, at: datetime) -> Sequence[int]:
    """Those that waited too long for anybody to want them still."""
    rows = await tx.run(update(Callbacks).where(
        OPEN_CALLBACK, Callbacks.state == "waiting", Callbacks.arrived_at < before,
    ).values(state="exhausted", why="too_old", settled_at=at).returning(Callbacks.id))
    return [int(row.id) for row in rows]


async def _end(tx: Tx, dial_id: int, state: str, outcome: str, at: datetime) -> bool:
    done = await tx.run(update(CallbackDials).where(CallbackDials.id == dial_id, OPEN_DIAL).values(
        state=state, outcome=outcome, ended_at=at))
    return bool(done.rowcount)


async def _token(tx: Tx, dial_id: int) -> int:
    return int(await tx.scalar(select(CallbackDials.callback_id).where(
        CallbackDials.id == dial_id)) or 0)


async def _wait_again(tx: Tx, token: int, why: str, not_before: datetime) -> None:
    await tx.run(update(Callbacks).where(
        Callbacks.id == token, Callbacks.state == "dialling", OPEN_CALLBACK,
    ).values(state="waiting", why=why, not_before=not_before))
