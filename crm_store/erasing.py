"""Erasing a person: step by step, each a transaction, finished by whoever comes after a crash.

What the law needs stays without him: sums and their dates, what was dialled when (numbers as
keyed hashes), who did what (the audit without its facts). His client rows stay as empty
tombstones, for those facts to refer to.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, bindparam, delete, exists, select, text, update
from sqlalchemy.sql.elements import ColumnClause

from crm_store import audit, errors, naming
from crm_store.audit_reading import ERASED
from crm_store.base import JSON, Base, Tx
from crm_store.folding import fold
from crm_store.personal_data import PERSONAL, Eraser, Whose
from crm_store.persons import Obstacle, obstacles, whose
from crm_store.store import Store
from crm_store.tables.audit import Erasures
from crm_store.tables.billing import Accounts, Addresses
from crm_store.tables.client_facts import ClientAddresses, ClientEmails
from crm_store.tables.clients import ClientPhones, Clients, Phones
from crm_store.tables.imports import ImportProblems
from crm_store.tables.search import AddressWords, ClientWords, KnownWords, WordPieces
from crm_store.typos import pieces, stem

REASONS = ("asked", "objected", "unlawful", "not_needed", "court")
_SHORTEST_TELLING = 7       # digits that tell a number from any other
_AT_ONCE = 500
STEPS: dict[str, tuple[str, ...]] = {
    "contacts": ("drafts", "notes", "dispositions", "segments", "recordings",
                 "voicemails", "survey_answers", "client_pins", "call_routes",
                 "callback_dials", "callbacks", "incident_callers",
                 "script_answers", "proposal_answers", "client_choices",
                 "identity_confirmations", "timeline"),
    "campaigns": ("promises", "attempts", "entry_events", "entry_numbers", "campaign_entries",
                  "suppressions"),
    "work": ("task_reminders", "task_events", "tasks", "mail_files", "mails", "documents",
             "outbox", "request_alarms", "request_events", "requests"),
    "money": ("readings", "meters", "invoice_corrections", "invoices", "payments", "debts",
              "source_answers", "accounts"),
    "past": ("import_rows", "merge_rows", "duplicate_pairs", "merges", "consents",
             "client_relations", "client_changes", "custom_words"),
    "person": ("interactions", "client_addresses", "client_emails", "client_phones", "audit",
               "clients"),
}


class Forbidden(errors.StoreError):
    """This person cannot be erased yet."""

    def __init__(self, found: Iterable[Obstacle]) -> None:
        self.obstacles = tuple(found)
        super().__init__("(" + ", ".join(f"{one.kind} {one.ref}" for one in self.obstacles) + ")")


class UnknownReason(errors.StoreError, ValueError):
    """The reason of an erasure is one of asked, objected, unlawful, not_needed, court."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """That a person was erased, told without him. `rows` counts by table what was changed or
    deleted; `numbers` are keyed hashes."""
    client_ids: tuple[int, ...]
    reason: str
    by: str
    started_at: datetime
    finished_at: datetime
    rows: Mapping[str, int]
    numbers: tuple[str, ...]


async def erase(
    store: Store, client_id: int, *, key: bytes, reason: str, by: str, at: datetime,
    forbidden_by: Collection[str],
) -> Proof:
    """Raises `NotFound`, `UnknownReason`, `Forbidden`. Again on the same client goes on where the
    last time ended, and tells the same once it is done."""
    async with store.begin() as tx:
        begun = await _begin(tx, client_id, reason=reason, by=by, at=at,
                             forbidden_by=forbidden_by)
    for step in STEPS:
        async with store.begin() as tx:
            await _step(tx, begun, step, key=key, by=by, at=at)
    async with store.read() as tx:
        return await proof(tx, begun)


async def unfinished(tx: Tx) -> list[int]:
    """Clients whose erasing was broken off."""
    rows = await tx.all(select(Erasures.client_id).where(Erasures.finished_at.is_(None)))
    return [row.client_id for row in rows]


async def proof(tx: Tx, client_id: int) -> Proof:
    """Raises `NotFound` when he was not erased."""
    row = await tx.first(_FINISHED.where(Erasures.client_id == client_id))
    if row is None:
        raise errors.NotFound(f"erasure of client {client_id}")
    return _proof(row)


async def proofs(tx: Tx, *, limit: int) -> list[Proof]:
    """The latest first."""
    rows = await tx.all(_FINISHED.order_by(Erasures.finished_at.desc()).limit(limit))
    return [_proof(row) for row in rows]


_FINISHED = select(
    Erasures.reason, Erasures.by, Erasures.started_at, Erasures.finished_at, Erasures.done,
).where(Erasures.finished_at.is_not(None))


def _proof(row: Any) -> Proof:
    done = row.done
    return Proof(client_ids=tuple(done["client_ids"]), reason=row.reason, by=row.by,
                 started_at=row.started_at, finished_at=row.finished_at,
                 rows=done["rows"], numbers=tuple(done["numbers"]))


async def _begin(tx: Tx, client_id: int, *, reason: str, by: str, at: datetime,
                 forbidden_by: Collection[str]) -> int:
    """The kept client's id: under it the erasure is known."""
    if reason not in REASONS:
        raise UnknownReason(reason[:40])
    who = await whose(tx, client_id)
    known = await tx.first(select(Erasures.client_id).where(Erasures.client_id.in_(who.ids)))
    if known is not None:
        return int(known.client_id)
    found = await obstacles(tx, client_id, now=at, kinds=forbidden_by)
    if found:
        raise Forbidden(found)
    await tx.run(tx.insert(Erasures).values(
        client_id=who.ids[0], reason=reason, by=by, started_at=at, finished_at=None,
        done={"rows": {}, "steps": [], "client_ids": list(who.ids), "numbers": []}))
    await audit.record(tx, by=by, at=at, what="person.erasing", client_id=who.ids[0],
                       facts={"reason": reason})
    return who.ids[0]


async def _step(tx: Tx, client_id: int, step: str, *, key: bytes, by: str,
                at: datetime) -> None:
    row = await tx.first(select(Erasures.done).where(Erasures.client_id == client_id)
                         .with_for_update())
    done: dict[str, Any] = dict(row.done) if row else {}
    if not done or step in done["steps"]:
        return
    if tx.dialect == "sqlite":      # what is deleted is overwritten, not only unlinked
        await tx.run(text("pragma secure_delete = on"))
    who = await whose(tx, client_id)
    eraser = Eraser(who, key)
    counts = await _tables(tx, step, eraser)
    done = {**done, "rows": done["rows"] | {name: n for name, n in counts.items() if n},
            "steps": [*done["steps"], step],
            "numbers": sorted(set(done["numbers"]) | {eraser.number(n) for n in who.own_numbers})}
    is_last = step == next(reversed(STEPS))
    await tx.run(update(Erasures).where(Erasures.client_id == client_id)
                 .values(done=done, finished_at=at if is_last else None))
    if is_last:
        await audit.record_all(tx, [audit.Deed(
            by=by, at=at, what=ERASED, client_id=one,
            facts={"rows": done["rows"], "numbers": done["numbers"]}) for one in who.ids])


async def _tables(tx: Tx, step: str, eraser: Eraser) -> dict[str, int]:
    who = eraser.whose
    counts: dict[str, int] = {}
    if step == "past":
        counts["import_problems"] = await _empty_problems(tx, who)
    places = await _places(tx, who) if step in ("money", "person") else []
    words = await _forget_names(tx, who) if step == "person" else set()
    for name in STEPS[step]:
        counts[name] = await _table(tx, name, eraser)
    counts["addresses"] = await _drop_places(tx, places, words)
    if step == "person":
        counts["phones"] = await _drop_numbers(tx, who)
        await tx.run(update(Clients).where(Clients.id.in_(who.ids)).values(source="erased"))
    await _unlearn(tx, words)
    return counts


async def _table(tx: Tx, name: str, eraser: Eraser) -> int:
    """Delete the person's rows, or empty what tells of him; how many rows."""
    personal, table = PERSONAL[name], Base.metadata.tables[name]
    condition = personal.belongs(table, eraser.whose)
    if personal.is_gone:
        return (await tx.run(delete(table).where(condition))).rowcount
    changes = []
    for row in await tx.all(select(*table.columns).where(condition)):
        values = dict(row._mapping)
        changed = eraser.row(personal, values, name)
        if changed:
            changes.append((values, changed))
    await _rewrite(tx, table, changes)
    return len(changes)


async def _rewrite(tx: Tx, table: Table,
                   changes: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    """Rows that change the same columns go together."""
    key = [column.name for column in table.primary_key.columns]
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for before, changed in changes:
        groups.setdefault(tuple(sorted(changed)), []).append(
            {f"old_{name}": before[name] for name in key}
            | {f"new_{name}": value for name, value in changed.items()})
    for names, rows in groups.items():
        statement = update(table).where(and_(*(
            table.c[name] == bindparam(f"old_{name}", type_=table.c[name].type) for name in key))
        ).values({name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names})
        await tx.run(statement, rows)


# ── what belongs to several ──────────────────────────────────────────────────────────────────
async def _drop_numbers(tx: Tx, who: Whose) -> int:
    """Numbers that nobody has any more."""
    is_had = exists().where(ClientPhones.e164 == Phones.e164)
    return (await tx.run(delete(Phones).where(
        Phones.e164.in_(sorted(who.numbers)), ~is_had))).rowcount


async def _places(tx: Tx, who: Whose) -> list[int]:
    at_accounts = select(Accounts.address_id).where(Accounts.client_id.in_(who.ids))
    his_own = select(ClientAddresses.address_id).where(ClientAddresses.client_id.in_(who.ids))
    rows = await tx.all(at_accounts.union(his_own))
    return [row[0] for row in rows if row[0] is not None]


async def _drop_places(tx: Tx, places: list[int], words: set[str]) -> int:
    """Addresses at which nobody is any more; their words join `words`."""
    is_used = exists().where(Accounts.address_id == Addresses.id) | exists().where(
        ClientAddresses.address_id == Addresses.id)
    rows = await tx.all(
        select(Addresses.id, Addresses.city, Addresses.street, Addresses.house, Addresses.flat)
        .where(Addresses.id.in_(places), ~is_used))
    for row in rows:
        found = list(naming.address_rows(row.id, city=row.city, street=row.street,
                                         house=row.house, flat=row.flat))
        words |= {word for word, _, _ in found}
        for word, rest, address_id in found:
            await tx.run(delete(AddressWords).where(
                AddressWords.word == word, AddressWords.rest == rest,
                AddressWords.address_id == address_id))
    await tx.run(delete(Addresses).where(Addresses.id.in_([row.id for row in rows])))
    return len(rows)


async def _forget_names(tx: Tx, who: Whose) -> set[str]:
    """Out of search by name; the words that were his."""
    rows = await tx.all(select(Clients.id, Clients.search_key).where(Clients.id.in_(who.ids)))
    for row in rows:
        await naming.forget(tx, row.id)
    return {word for row in rows for word in row.search_key.split()}


async def _unlearn(tx: Tx, words: set[str]) -> None:
    """Words that are nobody's name and no place's any more leave the dictionary."""
    for word in sorted(words):
        for place in (0, 1):
            if await _is_there(tx, and_(ClientWords.place == place, ClientWords.word == word)):
                break
        else:
            if not await _is_there(tx, AddressWords.word == word):
                await _forget_word(tx, word)


async def _forget_word(tx: Tx, word: str) -> None:
    await tx.run(delete(KnownWords).where(KnownWords.word == word))
    root = stem(word)
    if root and not await _is_there(tx, KnownWords.stem == root):
        await tx.run(delete(WordPieces).where(
            WordPieces.piece.in_(sorted(pieces(root))), WordPieces.stem == root))


async def _is_there(tx: Tx, condition: ColumnElement[bool]) -> bool:
    return await tx.first(select(ColumnClause("1", is_literal=True)).where(condition)
                          .limit(1)) is not None


async def _empty_problems(tx: Tx, who: Whose) -> int:
    """Refused rows of imported files that speak of him: their cells become empty."""
    names = [fold(row.name).split() for row in await tx.all(
        select(Clients.name).where(Clients.id.in_(who.ids))) if row.name]
    mails = [row.email for row in await tx.all(
        select(ClientEmails.email).where(ClientEmails.client_id.in_(who.ids)))]
    digits = [number.lstrip("+")[-10:] for number in who.numbers
              if len(number) > _SHORTEST_TELLING]
    emptied, after = 0, (0, 0)
    while True:
        rows = await tx.all(
            select(ImportProblems.import_id, ImportProblems.row, ImportProblems.cells,
                   ImportProblems.reasons)
            .where((ImportProblems.import_id > after[0]) | (
                (ImportProblems.import_id == after[0]) & (ImportProblems.row > after[1])))
            .order_by(ImportProblems.import_id, ImportProblems.row).limit(_AT_ONCE))
        if not rows:
            return emptied
        after = rows[-1].import_id, rows[-1].row
        for row in rows:
            if _speaks_of(row.cells, names, mails, digits):
                emptied += 1
                await tx.run(update(ImportProblems).where(
                    ImportProblems.import_id == row.import_id, ImportProblems.row == row.row,
                ).values(cells=["" for _ in row.cells],
                         reasons=[[*reason[:2], ""] for reason in row.reasons]))


def _speaks_of(cells: list[Any], names: list[list[str]], mails: list[str],
               digits: list[str]) -> bool:
    said = " ".join(str(cell) for cell in cells)
    only_digits = "".join(sign for sign in said if sign.isdigit())
    words = set(fold(said).split())
    return (any(name and words.issuperset(name) for name in names)
            or any(mail in said.lower() for mail in mails)
            or any(number in only_digits for number in digits))


def facts_of(done: Proof) -> dict[str, JSON]:
    """The proof as JSON."""
    return {"client_ids": list(done.client_ids), "reason": done.reason, "by": done.by,
            "started_at": done.started_at.isoformat(), "rows": dict(done.rows),
            "finished_at": done.finished_at.isoformat(), "numbers": list(done.numbers)}
