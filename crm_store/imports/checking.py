"""What an import would do, without doing it: a preview of the first rows, or a whole dry run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from crm_store import custom_fields, duplicates
from crm_store.base import Tx
from crm_store.folding import fold
from crm_store.imports.facts import Done, Read, Refusal, Suspect, Work
from crm_store.imports.matching import look_up
from crm_store.imports.parsing import ImportedRow
from crm_store.imports.planning import plan as planned
from crm_store.imports.reading import opened
from crm_store.imports.running import Progress, counts_of
from crm_store.imports.runs import Plan
from crm_store.matching import Facts, account_key
from crm_store.store import Store

_SUSPECTED_SHOWN = 1_000


@dataclass(frozen=True, slots=True)
class Checked:
    """What an import would do. `fates` are those of the first rows, in the order of the file."""
    rows: int
    counts: Counter[str]
    fates: tuple[Done | Refusal, ...]
    refused: tuple[Refusal, ...]        # the first of them
    suspected: tuple[Done, ...]         # the first who would be created beside somebody alike
    is_whole: bool                      # every row was looked at
    cells: Mapping[int, tuple[str, ...]]        # of the rows of `fates`


async def check(
    store: Store, path: Path, plan: Plan, *, now: datetime, most: int | None = None,
    shown: int = 100, refused_shown: int = 10_000, progress: Progress | None = None,
) -> Checked:
    """The same as a run, and nothing is written. A client who stands twice in the file, far
    apart, counts as created twice. Raises `SheetUnreadable`, `MapUnusable`, store's errors."""
    async with store.read() as tx:
        customs = await custom_fields.defined(tx)
    counts, total = Counter[str](), 0
    fates: list[Done | Refusal] = []
    refused: list[Refusal] = []
    suspected: list[Done] = []
    is_whole = True
    cells: dict[int, tuple[str, ...]] = {}
    with opened(path, plan, customs) as table:
        for rows in table.chunks():
            if most is not None and total >= most:
                is_whole = False
                break
            async with store.read() as tx:
                work = planned(rows, await look_up(tx, rows), source="", by="", now=now)
                if len(fates) < shown:
                    fates += await _with_suspects(tx, rows, _in_order(work)[:shown])
                    cells |= {read.number: read.cells for read in rows[:shown]}
            counts += counts_of(work)
            total += len(rows)
            refused += work.refused[:max(0, refused_shown - len(refused))]
            alike = [done for done in work.done if done.suspects]
            suspected += alike[:max(0, _SUSPECTED_SHOWN - len(suspected))]
            if progress:
                progress(total, table.sheet.total)
    return Checked(total, counts, tuple(fates[:shown]), tuple(refused), tuple(suspected),
                   is_whole, cells)


def _in_order(work: Work) -> list[Done | Refusal]:
    return sorted([*work.done, *work.refused], key=lambda fate: fate.row)


async def _with_suspects(tx: Tx, rows: Iterable[Read], fates: Iterable[Done | Refusal]
                         ) -> list[Done | Refusal]:
    """The fates, those who would be created with everybody they may be."""
    of = {read.number: read.row for read in rows}
    found: list[Done | Refusal] = []
    for fate in fates:
        row = of[fate.row]
        if isinstance(fate, Done) and fate.outcome == "created" and row is not None:
            alike = await duplicates.find_for(tx, _facts(row), limit=3)
            fate = replace(fate, suspects=tuple(Suspect(
                one.client_id, one.name, ",".join(reason.code for reason in one.reasons))
                for one in alike) or fate.suspects)
        found.append(fate)
    return found


def _facts(row: ImportedRow) -> Facts:
    return Facts(
        name=fold(row.name), kind=row.kind, phones=frozenset(one.e164 for one in row.phones),
        emails=frozenset(row.emails),
        accounts=frozenset({account_key(row.account)} if row.account else ()),
        addresses=frozenset({fold(row.address)} if row.address else ()))
