"""Which row an engine would not take, said without its content."""

from __future__ import annotations

from crm_store import errors
from crm_store.copying.tally import Row, Shape


def check(shape: Shape, rows: list[Row]) -> None:
    """What PostgreSQL would refuse, by table, column and key. Raises `CannotCopy`."""
    for place, (column, kind) in enumerate(zip(shape.columns, shape.kinds, strict=True)):
        for row in rows:
            why = _wrong(kind, row[place])
            if why:
                raise errors.CannotCopy(f"({shape.name}.{column} of {_key(shape, row)}: {why})")


def _wrong(kind: str, value: object) -> str:
    if value is None or (kind == "json" and isinstance(value, int | float)):
        return ""
    if kind in ("text", "json", "day"):
        if not isinstance(value, str):
            return "no text"
        if "\x00" in value or (kind == "json" and "\\u0000" in value):
            return "a NUL character"
    elif kind in ("whole", "moment", "bool") and not isinstance(value, int):
        return "no whole number"
    return ""


def _key(shape: Shape, row: Row) -> str:
    cells = dict(zip(shape.columns, row, strict=True))
    return ", ".join(f"{name} {str(cells[name])[:40]!r}" for name in shape.key)
