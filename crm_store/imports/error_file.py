"""The refused rows as a table again: as they were read, with row and reasons behind them, to be
mended and imported once more."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator, Callable, Sequence

from crm_store.imports import runs
from crm_store.imports.columns import ROW_COLUMN, WHY_COLUMN
from crm_store.imports.reasons import Reason
from crm_store.imports.runs import Problem
from crm_store.store import Store

Say = Callable[[Reason], str]
_PAGE = 500
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_HARMLESS = re.compile(r"[+-]?[0-9][0-9 ().,\-]*")


async def lines(
    store: Store, import_id: int, *, separator: str = ",", say: Say = str
) -> AsyncIterator[str]:
    """CSV in pieces, first the header; written as UTF-8 with a mark, for spreadsheets' sake.

    Raises `NotFound`.
    """
    async with store.read() as tx:
        known = await runs.get(tx, import_id)
    width = len(known.headers)
    yield "\ufeff" + _csv([[*map(guarded, known.headers), ROW_COLUMN, WHY_COLUMN]], separator)
    after = 0
    while True:
        async with store.read() as tx:
            some = await runs.problems(tx, import_id, after=after, limit=_PAGE)
        if not some:
            return
        after = some[-1].row
        yield _csv([_line(one, width, say) for one in some], separator)


def _line(problem: Problem, width: int, say: Say) -> list[str]:
    """What is more than the header has stands behind the reasons."""
    cells = [guarded(cell) for cell in problem.cells]
    cells += [""] * (width - len(cells))
    why = "; ".join(map(say, problem.reasons))
    return [*cells[:width], str(problem.row), guarded(why), *cells[width:]]


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; numbers and telephones stay as they are."""
    if cell.startswith(_FORMULA) and not _HARMLESS.fullmatch(cell):
        return f"'{cell}"
    return cell


def _csv(rows: Sequence[Sequence[str]], separator: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator="\r\n").writerows(rows)
    return out.getvalue()
