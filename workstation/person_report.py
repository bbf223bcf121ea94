"""Everything of a person as a file to give him: JSON for machines, one page for people ○."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape

from workstation.texts import Translator, load, translator

_STYLE = (
    "body{font:14px/1.5 system-ui,sans-serif;max-width:1000px;margin:2em auto;padding:0 1em;"
    "color:#1b1f24}h1{font-size:22px}h2{font-size:16px;margin:1.6em 0 .4em;border-bottom:1px "
    "solid #ccd}table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:"
    "top;padding:3px 10px 3px 0;border-bottom:1px solid #eef}th{font-weight:600;color:#556}"
    "td{overflow-wrap:anywhere}p{color:#556}")
# What says nothing to the person himself.
_MACHINES = frozenset({
    "id", "source", "trust", "lease_until", "dialler", "channel_id", "call_id", "pbx", "ordinal",
    "claimed_by", "claimed_until", "bumps", "cause", "remind", "told_at", "late_at", "newest"})


def as_json(said: Mapping[str, object]) -> str:
    return json.dumps(said, ensure_ascii=False, indent=2)


def html(said: Mapping[str, object], locale: str) -> str:
    """One page without anything from elsewhere; every value escaped."""
    t, known = translator(locale), load(locale)
    tables = said.get("tables")
    parts = [_table(name, rows, t, known)
             for name, rows in (tables.items() if isinstance(tables, Mapping) else ())]
    title = escape(t("person.report"))
    return (f'<!doctype html><html lang="{escape(locale)}"><head><meta charset="utf-8">'
            f"<title>{title}</title><style>{_STYLE}</style></head><body><h1>{title}</h1>"
            f"<p>{escape(t('person.report_made', at=str(said.get('made_at', ''))[:16]))}</p>"
            f"{''.join(parts)}</body></html>\n")


def text(said: Mapping[str, object], locale: str) -> str:
    """The same to read in a terminal."""
    t, known = translator(locale), load(locale)
    lines = [t("person.report"), ""]
    tables = said.get("tables")
    for name, rows in tables.items() if isinstance(tables, Mapping) else ():
        lines += [_table_name(name, known).upper()]
        for row in rows:
            lines += ["  " + " · ".join(
                f"{_column_name(key, known)}: {_said(value)}"
                for key, value in _told(row).items())]
        lines.append("")
    return "\n".join(lines)


def _table(name: str, rows: list[Mapping[str, object]], t: Translator,
           known: Mapping[str, str]) -> str:
    shown = [_told(row) for row in rows]
    columns = list(dict.fromkeys(key for row in shown for key in row))
    if not columns:
        return ""
    head = "".join(f"<th>{escape(_column_name(column, known))}</th>" for column in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(_said(row.get(column)))}</td>" for column in columns)
        + "</tr>" for row in shown)
    return (f"<h2>{escape(_table_name(name, known))} · {len(rows)}</h2>"
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")


def _told(row: Mapping[str, object]) -> dict[str, object]:
    """Without keys of other tables and without what is empty."""
    return {key: value for key, value in row.items()
            if value not in (None, "", [], {}) and key not in _MACHINES
            and not key.endswith("_id")}


def _said(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "✓" if value else "–"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _table_name(name: str, known: Mapping[str, str]) -> str:
    return known.get(f"person.table.{name}", name.replace("_", " "))


def _column_name(name: str, known: Mapping[str, str]) -> str:
    return known.get(f"person.column.{name}", name.replace("_", " "))
