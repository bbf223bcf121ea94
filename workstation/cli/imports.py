"""`deskline import`: clients and their billing from tables; gone on with, undone, listed."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import click

from crm_store import imports
from crm_store.errors import NotFound, StoreError
from crm_store.imports import error_file, files, running, runs, undoing
from crm_store.imports.encodings import ENCODINGS
from crm_store.imports.runs import Import, Plan
from crm_store.store import Store
from workstation.cli.options import (
    Failure,
    json_option,
    print_json,
    progress_bar,
    with_settings,
)
from workstation.imports import REGION, folder_of
from workstation.settings import Settings

T = TypeVar("T")
_PROBLEMS_SHOWN = 20
_LISTED = 50
_SEPARATORS = {"tab": "\t", "comma": ",", "semicolon": ";", "bar": "|"}
_Tell = Callable[[int, int | None], None]


def _region(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value is not None and not REGION.fullmatch(value):
        raise click.BadParameter("a country such as RU, or with an area code such as RU-846")
    return value


def _options(function: Callable[..., Any]) -> Callable[..., Any]:
    """How a file is read, and what else may be done than reading one."""
    for option in reversed((
        click.option("--dry-run", is_flag=True, help="Say what would happen; change nothing."),
        click.option("--map", "mapping", multiple=True, metavar="FIELD=COLUMN",
                     help="Which column is which field; COLUMN may be #3, or empty for none. "
                          f"Fields: {', '.join(imports.FIELDS)}, custom.KEY."),
        click.option("--use-map", metavar="NAME", help="A map saved before."),
        click.option("--save-map", metavar="NAME", help="Save the map used under this name."),
        click.option("--only-mapped", is_flag=True, help="Guess no columns."),
        click.option("--encoding", type=click.Choice(ENCODINGS), help="Default: guessed."),
        click.option("--separator", type=click.Choice(sorted(_SEPARATORS)),
                     help="Default: guessed."),
        click.option("--region", metavar="RU-846", callback=_region,
                     help="Country and area code that complete local numbers."),
        click.option("--errors", "errors_to", metavar="FILE",
                     type=click.Path(dir_okay=False, writable=True, path_type=Path),
                     help="Write the refused rows there, each with its reasons."),
        click.option("--list", "verb", flag_value="list", help="All imports, newest first."),
        click.option("--maps", "verb", flag_value="maps", help="The saved maps."),
        click.option("--show", type=int, metavar="ID", help="One import; with --errors its rows."),
        click.option("--resume", type=int, metavar="ID", help="Go on where it broke off."),
        click.option("--undo", type=int, metavar="ID", help="Take the whole import back."),
        click.option("--forget-map", metavar="NAME", help="Delete a saved map."),
    )):
        function = option(function)
    return function


@click.command()
@click.argument("file", required=False,
                type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_options
@json_option
@with_settings
def command(settings: Settings, /, *, file: Path | None, as_json: bool, verb: str | None,
            show: int | None, resume: int | None, undo: int | None, forget_map: str | None,
            errors_to: Path | None, **reading: Any) -> None:
    """Clients and their billing from CSV, XLSX, XLS or ODS; the first row names the columns.

    A row with an error is kept with every reason and left out; the rest is imported.
    """
    chosen = [one for one in (file, verb, show, resume, undo, forget_map) if one is not None]
    if len(chosen) != 1:
        raise click.UsageError("a FILE, or one of --list, --maps, --show, --resume, --undo, "
                               "--forget-map")
    if file is not None:
        _bring_in(settings, file, as_json=as_json, errors_to=errors_to, **reading)
    elif resume is not None:
        _resume(settings, resume, as_json=as_json, errors_to=errors_to)
    elif undo is not None:
        _undo(settings, undo, as_json=as_json)
    elif show is not None:
        _show(settings, show, as_json=as_json, errors_to=errors_to)
    elif forget_map is not None:
        _run(settings, lambda store: _forget(store, forget_map))
    elif verb == "maps":
        _maps(settings, as_json=as_json)
    else:
        _list(settings, as_json=as_json)


# ── bringing in ──────────────────────────────────────────────────────────────────────────────
def _bring_in(settings: Settings, file: Path, *, as_json: bool, errors_to: Path | None,
              dry_run: bool, mapping: tuple[str, ...], use_map: str | None,
              save_map: str | None, only_mapped: bool, encoding: str | None,
              separator: str | None, region: str | None) -> None:
    by_hand = dict(_pair(text) for text in mapping)
    company = settings.company

    async def bring_in(store: Store) -> imports.ImportReport:
        await store.migrate()
        columns = await _columns(store, use_map) | by_hand
        plan = Plan(region=region or company.region, currency=company.currency, columns=columns,
                    only_by_hand=only_mapped, encoding=encoding,
                    separator=_SEPARATORS.get(separator or ""))
        with progress_bar("rows") as tell:
            report = await _whole(settings, store, file, plan, tell, dry_run=dry_run)
        if save_map:
            async with store.begin() as tx:
                await runs.save_map(tx, save_map, report.columns, by="command line", at=_now())
        return report

    report = _run(settings, bring_in)
    _say(settings, report, as_json=as_json, errors_to=errors_to)


async def _whole(settings: Settings, store: Store, file: Path, plan: Plan, tell: _Tell, *,
                 dry_run: bool) -> imports.ImportReport:
    """What breaks off says how to go on."""
    folder = folder_of(settings)
    if dry_run:
        return await imports.rehearse(store, file, plan, now=_now(), progress=tell)
    seen = await imports.usable_look(store, file, plan)
    draft = await running.begin(store, files.keep(file, folder), folder, name=file.name,
                                plan=plan, by="command line", now=_now())
    done = await _to_its_end(store, draft.id, folder, tell)
    return await imports.report_of(store, done, seen)


async def _to_its_end(store: Store, import_id: int, folder: Path, tell: _Tell) -> Import:
    try:
        return await running.go_on(store, import_id, folder, clock=_now, progress=tell)
    except StoreError as exc:
        raise Failure(f"{exc} What is in stays in; go on with: deskline import "
                      f"--resume {import_id}") from exc


async def _columns(store: Store, name: str | None) -> dict[str, str]:
    if name is None:
        return {}
    async with store.read() as tx:
        return await runs.saved_map(tx, name)


def _resume(settings: Settings, import_id: int, *, as_json: bool, errors_to: Path | None) -> None:
    async def resume(store: Store) -> imports.ImportReport:
        await store.migrate()
        async with store.read() as tx:
            known = await runs.get(tx, import_id)
        folder = folder_of(settings)
        seen = await imports.usable_look(store, folder / known.file, known.plan) \
            if known.file else None
        with progress_bar("rows") as tell:
            done = await _to_its_end(store, import_id, folder, tell)
        return await imports.report_of(store, done, seen)

    _say(settings, _run(settings, resume), as_json=as_json, errors_to=errors_to)


def _say(settings: Settings, report: imports.ImportReport, *, as_json: bool,
         errors_to: Path | None) -> None:
    if errors_to is not None and report.id is not None:
        _write_errors(settings, report.id, errors_to)
    if as_json:
        print_json(asdict(report))
        return
    would = "would be " if report.dry_run else ""
    mapped = ", ".join(f"{field} ← {header}" for field, header in report.columns.items())
    click.echo(f"columns: {mapped} ({report.encoding})")
    if report.ignored:
        click.echo(f"not used: {', '.join(report.ignored)}")
    click.echo(f"{report.rows:,} rows: {report.created:,} {would}created, {report.updated:,} "
               f"{would}updated, {report.unchanged:,} unchanged, {report.refused:,} refused")
    if report.suspects:
        click.echo(f"{report.suspects:,} of the created look like somebody who is there already")
    for one in report.suspected[:_PROBLEMS_SHOWN]:
        who = f"client {one.client_id}" if one.client_id > 0 else "new in this file"
        click.echo(f"row {one.row}: the same {one.why} as {one.name} ({who})")
    for problem in report.problems[:_PROBLEMS_SHOWN]:
        click.echo(f"row {problem.row}: {problem.reason}")
    if report.refused > _PROBLEMS_SHOWN:
        click.echo(f"… and {report.refused - _PROBLEMS_SHOWN:,} more (--errors FILE keeps all)")
    if report.id is not None:
        click.echo(f"This was import {report.id}; "
                   f"deskline import --undo {report.id} takes it back.")


def _write_errors(settings: Settings, import_id: int, target: Path) -> None:
    async def write(store: Store) -> None:
        with target.open("w", encoding="utf-8", newline="") as out:
            async for text in error_file.lines(store, import_id):
                out.write(text)
    _run(settings, write)


# ── undoing, listing ─────────────────────────────────────────────────────────────────────────
def _undo(settings: Settings, import_id: int, *, as_json: bool) -> None:
    async def undo(store: Store) -> tuple[Import, list[runs.Stayed]]:
        await store.migrate()
        with progress_bar("rows") as tell:
            done = await undoing.undo(store, import_id, folder_of(settings), by="command line",
                                      clock=_now, progress=tell)
        async with store.read() as tx:
            return done, await runs.stayed(tx, import_id, limit=10_000)

    done, stayed = _run(settings, undo)
    if as_json:
        print_json({"id": done.id, "gone": done.gone, "restored": done.restored,
                    "stayed": done.stayed, "rows_that_stayed": [asdict(one) for one in stayed]})
        return
    click.echo(f"{done.gone:,} rows gone, {done.restored:,} put back, {done.stayed:,} stayed")
    for one in stayed[:_PROBLEMS_SHOWN]:
        click.echo(f"row {one.row}: client {one.client_id} stays ({one.why})")


def _list(settings: Settings, *, as_json: bool) -> None:
    async def wish(store: Store) -> list[Import]:
        await store.migrate()
        async with store.read() as tx:
            return await runs.newest(tx, limit=_LISTED)
    found = _run(settings, wish)
    if as_json:
        print_json([_facts(one) for one in found])
        return
    for one in found:
        click.echo(_line(one))
    if not found:
        click.echo("Nothing has been imported yet.")


def _show(settings: Settings, import_id: int, *, as_json: bool, errors_to: Path | None) -> None:
    async def wish(store: Store) -> tuple[Import, list[runs.Problem], list[runs.Stayed]]:
        await store.migrate()
        async with store.read() as tx:
            return (await runs.get(tx, import_id), await runs.problems(tx, import_id),
                    await runs.stayed(tx, import_id))
    known, problems, stayed = _run(settings, wish)
    if errors_to is not None:
        _write_errors(settings, import_id, errors_to)
    if as_json:
        print_json(_facts(known) | {
            "problems": [{"row": one.row, "reasons": list(map(str, one.reasons))}
                         for one in problems],
            "rows_that_stayed": [asdict(one) for one in stayed]})
        return
    click.echo(_line(known))
    for one in problems[:_PROBLEMS_SHOWN]:
        click.echo(f"row {one.row}: {'; '.join(map(str, one.reasons))}")
    for row in stayed[:_PROBLEMS_SHOWN]:
        click.echo(f"row {row.row}: client {row.client_id} stays ({row.why})")


def _facts(one: Import) -> dict[str, Any]:
    shown = asdict(one)
    for private in ("file", "runner", "sha256"):
        del shown[private]
    return shown | {"is_interrupted": one.is_silent(_now())}


def _line(one: Import) -> str:
    state = "interrupted" if one.is_silent(_now()) else one.state
    told = (f"{one.created:,} created, {one.updated:,} updated, {one.unchanged:,} unchanged, "
            f"{one.refused:,} refused")
    if one.state in ("undone", "undoing"):
        told += f"; {one.gone:,} gone, {one.restored:,} put back, {one.stayed:,} stayed"
    at = (one.started_at or one.made_at).strftime("%Y-%m-%d %H:%M")
    return f"{one.id:>4}  {at}  {state:<11} {one.by:<14} {one.name}: {told}" + (
        f" ({one.error})" if one.error else "")


def _maps(settings: Settings, *, as_json: bool) -> None:
    async def wish(store: Store) -> list[runs.SavedMap]:
        await store.migrate()
        async with store.read() as tx:
            return await runs.maps(tx)
    found = _run(settings, wish)
    if as_json:
        print_json([asdict(one) for one in found])
        return
    for one in found:
        click.echo(f"{one.name}: " + ", ".join(
            f"{field} ← {header}" for field, header in one.columns.items()))
    if not found:
        click.echo("No map has been saved yet (--save-map NAME).")


async def _forget(store: Store, name: str) -> None:
    await store.migrate()
    async with store.begin() as tx:
        await runs.forget_map(tx, name)


def _pair(text: str) -> tuple[str, str]:
    field, sign, column = text.partition("=")
    if not sign:
        raise click.UsageError(f"--map needs FIELD=COLUMN, not {text!r}")
    return field.strip(), column.strip()


def _run(settings: Settings, work: Callable[[Store], Awaitable[T]]) -> T:
    async def within() -> T:
        store = Store(settings.store_url)
        try:
            return await work(store)
        finally:
            await store.close()
    try:
        return asyncio.run(within())
    except NotFound as exc:
        raise Failure(f"there is no {exc.detail}") from exc
    except (StoreError, imports.SheetUnreadable, imports.MapUnusable, imports.NotPossible,
            imports.Overtaken, OSError) as exc:
        raise Failure(str(exc)) from exc


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
