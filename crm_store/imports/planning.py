"""What the rows of a chunk would do ○: created, updated, unchanged or refused, and by which deeds.

A deed is a list, kept as JSON so that it can be undone (`before` and `after` where something was
there): ["phone", e164] · ["email", address] · ["address", id] · ["place", id] · ["meter", id] ·
["account", id, balance] · ["balance", account, before, after] · ["debt", account, before, after],
a debt being [minor, since, currency, as of] or null · ["field", name, before, after].
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from crm_store import folding
from crm_store.imports.facts import (
    Done,
    Known,
    KnownAccount,
    KnownClient,
    Owing,
    Read,
    Refusal,
    Suspect,
    Work,
)
from crm_store.imports.parsing import CUSTOM, UNREAD, ImportedRow
from crm_store.imports.reasons import Reason, reason

fold = lru_cache(maxsize=4_096)(folding.fold)       # a row asks for its name several times
_UNITS = {"electricity": "kWh", "heat": "Gcal"}
_SUSPECTS_NAMED = 3


def plan(rows: Iterable[Read], known: Known, *, source: str, by: str, now: datetime) -> Work:
    """The chunk's work. `known` is changed on the way: a row sees what those before it did."""
    planning = _Planning(known, source=source, by=by, now=now)
    for read in rows:
        planning.take(read)
    return planning.work


class _Planning:
    def __init__(self, known: Known, *, source: str, by: str, now: datetime) -> None:
        self._known = known
        self._source, self._by, self._now = source, by, now
        self.work = Work()

    def take(self, read: Read) -> None:
        reasons = list(read.reasons)
        client = None
        if read.row is not None:
            client, contradictions = self._whose(read.row)
            reasons += contradictions
        if reasons or read.row is None:
            self.work.refused.append(Refusal(read.number, read.cells, tuple(reasons)))
            return
        self._write(read.number, read.row, client)

    # ── whose row it is ──────────────────────────────────────────────────────────────────────
    def _whose(self, row: ImportedRow) -> tuple[KnownClient | None, list[Reason]]:
        """By our id, by account, by number or mail and the same folded name; and what of the row
        contradicts the base. A name alone is nobody's."""
        wrong: list[Reason] = []
        account = self._known.accounts.get(row.account or "")
        named = self._known.clients.get(row.client or 0)
        if row.client and named is None:
            wrong.append(Reason("client", "no_client", str(row.client)))
        owner = self._known.clients.get(account.client_id) if account else None
        if owner and named and owner.id != named.id:
            wrong.append(reason("account", "other_client", row.account or ""))
        found = named or owner or self._by_reach(row)
        if row.name and (named or owner) and not _shares_a_word(row.name, named or owner):
            field, value = ("client", str(row.client)) if named else ("account", row.account or "")
            wrong.append(reason(field, "other_name", value))
        if row.meter and self._known.meters.get(row.meter, row.account) != row.account:
            wrong.append(reason("meter", "foreign_meter", row.meter))
        if (account and row.is_currency_told and row.currency != account.currency
                and (row.balance_minor is not None or row.debt_minor is not None)):
            wrong.append(Reason("currency", "other_currency", account.currency))
        return found, wrong

    def _by_reach(self, row: ImportedRow) -> KnownClient | None:
        key = fold(row.name)
        there = [client_id for phone in row.phones
                 for client_id in self._known.at_phone.get(phone.e164, ())]
        there += [client_id for email in row.emails
                  for client_id in self._known.at_email.get(email, ())]
        named = [self._known.clients[client_id] for client_id in there
                 if self._known.clients[client_id].search_key == key]
        return min(named, key=_age, default=None)

    def _suspects(self, row: ImportedRow) -> tuple[Suspect, ...]:
        """Who is at a number or an address of somebody who would be new."""
        found = [(client_id, "phone") for phone in row.phones
                 for client_id in self._known.at_phone.get(phone.e164, ())]
        found += [(client_id, "email") for email in row.emails
                  for client_id in self._known.at_email.get(email, ())]
        named = {client_id: Suspect(client_id, self._known.clients[client_id].name, why)
                 for client_id, why in reversed(found)}
        return tuple(named.values())[::-1][:_SUSPECTS_NAMED]

    # ── what it does ─────────────────────────────────────────────────────────────────────────
    def _write(self, number: int, row: ImportedRow, client: KnownClient | None) -> None:
        if client is None:
            suspects = self._suspects(row)
            client = self._create(row)
            done = Done(number, "created", client.id, suspects=suspects)
            self._reach(client, row, done)
        else:
            done = Done(number, "unchanged", client.id)
            self._update(client, row, done)
        if row.account:
            self._account(client, row, done)
        elif row.address and fold(row.address) not in client.addresses:
            client.addresses.add(fold(row.address))
            self.work.places.append((client.id, self._address(row.address, done)))
            done.did.append(["place", -len(self.work.places)])
        if done.outcome == "unchanged" and done.did:
            done.outcome = "updated"
        self.work.done.append(done)

    def _create(self, row: ImportedRow) -> KnownClient:
        key = fold(row.name)
        values: dict[str, Any] = {
            "kind": row.kind, "name": row.name, "search_key": key, "language": row.language,
            "time_zone": row.time_zone, "flags": [], "tags": list(row.tags),
            "source": self._source, "created_at": self._now, "created_by": self._by,
            "merged_into": None, "version": 1, "custom": dict(row.custom)}
        self.work.clients.append(values)
        client = KnownClient(-len(self.work.clients), row.name, key, 1, row.language,
                             row.time_zone, list(row.tags), dict(row.custom))
        self._known.clients[client.id] = client
        return client

    def _update(self, client: KnownClient, row: ImportedRow, done: Done) -> None:
        """The client's own facts; somebody known gets one new version for all of it."""
        told: dict[str, tuple[Any, Any]] = {}
        for name in ("language", "time_zone"):
            new = getattr(row, name)
            if new is not None and new != getattr(client, name):
                told[name] = (getattr(client, name), new)
        if added := [tag for tag in row.tags if tag not in client.tags]:
            told["tags"] = (client.tags, [*client.tags, *added])
        for key, value in row.custom.items():
            if client.custom.get(key) != value:
                told[f"{CUSTOM}{key}"] = (client.custom.get(key), value)
        reached = self._reach(client, row, done)
        done.did += [["field", name, before, after] for name, (before, after) in told.items()]
        self._put(client, told)
        if client.id < 0 or not (told or reached):
            return
        done.bumps = 1
        client.version += 1
        self.work.values.setdefault(client.id, {})["version"] = client.version
        for name, (before, after) in [*told.items(), *((name, (None, {})) for name in reached)]:
            self.work.changes.append({
                "client_id": client.id, "version": client.version,
                "field": name, "before": before, "after": after,
                "by": self._by, "at": self._now})

    def _put(self, client: KnownClient, told: dict[str, tuple[Any, Any]]) -> None:
        """The new values onto the picture, and into what is written of him."""
        for name, (_, after) in told.items():
            if name.startswith(CUSTOM):
                client.custom = {**client.custom, name.removeprefix(CUSTOM): after}
            else:
                setattr(client, name, after)
        if not told:
            return
        values = {"language": client.language, "time_zone": client.time_zone,
                  "tags": client.tags, "custom": client.custom}
        if client.id < 0:
            self.work.clients[-client.id - 1].update(values)
        else:
            self.work.values.setdefault(client.id, {}).update(values)

    def _reach(self, client: KnownClient, row: ImportedRow, done: Done) -> list[str]:
        """New numbers and mail addresses; the first ever is the primary one."""
        made = []
        for phone in row.phones:
            if phone.e164 in client.phones:
                continue
            self.work.phones.append((client.id, phone, not client.phones))
            client.phones.add(phone.e164)
            self._known.at_phone.setdefault(phone.e164, []).append(client.id)
            done.did.append(["phone", phone.e164])
            made.append(f"phone:{phone.e164}")
        for email in row.emails:
            if email in client.emails:
                continue
            self.work.emails.append((client.id, email, not client.emails))
            client.emails.add(email)
            self._known.at_email.setdefault(email, []).append(client.id)
            done.did.append(["email", email])
            made.append(f"email:{email}")
        return made

    # ── billing ──────────────────────────────────────────────────────────────────────────────
    def _account(self, client: KnownClient, row: ImportedRow, done: Done) -> None:
        number = row.account or ""
        balance = row.balance_minor if row.balance_minor is not None else (
            -row.debt_minor if row.debt_minor is not None else None)
        account = self._known.accounts.get(number)
        if account is None:
            account = self._open(client, row, balance or 0, done)
        elif balance not in (None, account.balance_minor):
            done.did.append(["balance", account.id, account.balance_minor, balance])
            account.balance_minor = balance or 0
            if account.id < 0:
                self.work.accounts[-account.id - 1]["balance_minor"] = account.balance_minor
            else:
                self.work.balances[account.id] = account.balance_minor
        self._debt(account, row, done)
        if row.meter and row.meter not in self._known.meters:
            self._known.meters[row.meter] = number
            resource = (row.resource or "electricity").casefold()
            self.work.meters.append({
                "account_id": account.id, "number": row.meter, "resource": resource,
                "unit": _UNITS.get(resource, "m3"), "installed_on": None})
            done.did.append(["meter", -len(self.work.meters)])

    def _open(self, client: KnownClient, row: ImportedRow, balance: int, done: Done
              ) -> KnownAccount:
        address = self._address(row.address, done) if row.address else None
        self.work.accounts.append({
            "number": row.account, "client_id": client.id, "address_id": address,
            "balance_minor": balance, "currency": row.currency, "balance_at": self._now,
            "opened_on": self._now.date(), "closed_on": None})
        account = KnownAccount(-len(self.work.accounts), client.id, row.account or "", balance,
                               row.currency, None)
        self._known.accounts[account.number] = account
        done.did.append(["account", account.id, balance])
        return account

    def _debt(self, account: KnownAccount, row: ImportedRow, done: Done) -> None:
        if row.debt_minor is None:
            return
        before = account.debt
        if row.debt_minor == 0:
            after = None
        else:
            since = row.debt_since or (before.since if before else self._now.date())
            after = Owing(row.debt_minor, since, account.currency, self._now)
        if _owes(before) == _owes(after):
            return
        account.debt = after
        self.work.debts[account.id] = (account.client_id, after)
        done.did.append(["debt", account.id, packed(before), packed(after)])

    def _address(self, text: str, done: Done) -> int:
        self.work.addresses.append(text)
        ref = -len(self.work.addresses)
        done.did.append(["address", ref])
        return ref


def packed(debt: Owing | None) -> list[Any] | None:
    """As a deed keeps it."""
    if debt is None:
        return None
    return [debt.amount_minor, debt.since.isoformat(), debt.currency, debt.as_of.isoformat()]


def _owes(debt: Owing | None) -> tuple[Any, ...] | None:
    return None if debt is None else (debt.amount_minor, debt.since)


def _shares_a_word(name: str, client: KnownClient | None) -> bool:
    return client is None or bool(set(client.search_key.split()) & set(fold(name).split()))


def _age(client: KnownClient) -> tuple[bool, int]:
    """Those of the base before those of this chunk; the eldest first."""
    return client.id < 0, abs(client.id)


def place_of(text: str) -> dict[str, str | None]:
    """`City, street, house, flat`; what has another shape is kept whole as the street."""
    parts = [part.strip() for part in text.split(",")]
    if len(parts) not in (3, 4):
        return {"city": "", "street": text, "house": "", "flat": None}
    city, street, house = parts[:3]
    return {"city": city, "street": street, "house": house,
            "flat": parts[3] if len(parts) == 4 else None}


def asked(rows: Sequence[Read]) -> tuple[set[int], set[str], set[str], set[str], set[str]]:
    """What must be looked up: clients, accounts, meters, numbers, mail addresses."""
    clients: set[int] = set()
    accounts, meters, phones, emails = set[str](), set[str](), set[str](), set[str]()
    for row in (read.row for read in rows if read.row is not None):
        if row.client:
            clients.add(row.client)
        if row.account and row.account != UNREAD:
            accounts.add(row.account)
        if row.meter:
            meters.add(row.meter)
        phones.update(phone.e164 for phone in row.phones)
        emails.update(row.emails)
    return clients, accounts, meters, phones, emails
