"""`deskline migrate`, `sample` and `import`: the database, filled by hand."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Literal, TypeVar

import click

from crm_store import imports, sample
from crm_store.errors import StoreError
from crm_store.store import Store
from workstation.cli.options import (
    Failure,
    json_option,
    print_json,
    progress_bar,
    with_settings,
)
from workstation.settings import Settings

T = TypeVar("T")
_PROBLEMS_SHOWN = 20


@click.command()
@json_option
@with_settings
def migrate_command(settings: Settings, as_json: bool) -> None:
    """Bring the database to this version's tables, creating it if need be."""
    revision = _run(settings, _migrate)
    if as_json:
        print_json({"revision": revision})
    else:
        click.echo(f"The database has the tables of revision {revision}.")


@click.command()
@click.option("--clients", type=click.IntRange(1, 10_000_000), default=2_000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True,
              help="The same seed gives the same clients.")
@click.option("--names", type=click.Choice(["en", "ru"]), default=None,
              help="Default: the company's language.")
@json_option
@with_settings
def sample_command(
    settings: Settings, clients: int, seed: int, names: Literal["en", "ru"] | None, as_json: bool
) -> None:
    """Add made-up clients with accounts, bills and history."""
    language = names or settings.company.language

    async def fill(store: Store) -> sample.SampleReport:
        await store.migrate()
        with progress_bar("sample clients") as tell:
            return await sample.generate(
                store, clients=clients, seed=seed, names=language, now=_now(),
                region=settings.company.region, progress=tell)

    report = asdict(_run(settings, fill))
    if as_json:
        print_json(report)
    else:
        click.echo(", ".join(f"{count:,} {name.replace('_', ' ')}"
                             for name, count in report.items()))


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen and change nothing.")
@click.option("--map", "mapping", multiple=True, metavar="FIELD=COLUMN",
              help=f"Which column is which field. Fields: {', '.join(imports.FIELDS)}.")
@json_option
@with_settings
def import_command(
    settings: Settings, file: Path, dry_run: bool, mapping: tuple[str, ...], as_json: bool
) -> None:
    """Clients and their billing from CSV or XLSX; the first row names the columns.

    A row with an error is reported by its number and left out; the rest is imported.
    """
    columns = dict(_pair(text) for text in mapping)

    async def bring_in(store: Store) -> imports.ImportReport:
        await store.migrate()
        with progress_bar("rows") as tell:
            return await imports.run(
                store, file, region=settings.company.region, currency=settings.company.currency,
                by="import", now=_now(), columns=columns, dry_run=dry_run,
                progress=lambda done: tell(done, None))

    report = _run(settings, bring_in)
    if as_json:
        print_json(asdict(report))
    else:
        _print_report(report)


def _print_report(report: imports.ImportReport) -> None:
    would = "would be " if report.dry_run else ""
    mapped = ", ".join(f"{field} ← {header}" for field, header in report.columns.items())
    click.echo(f"columns: {mapped} ({report.encoding})")
    if report.ignored:
        click.echo(f"not used: {', '.join(report.ignored)}")
    click.echo(f"{report.rows:,} rows: {report.created:,} {would}created, {report.updated:,} "
               f"{would}updated, {report.unchanged:,} unchanged, {report.refused:,} refused")
    for problem in report.problems[:_PROBLEMS_SHOWN]:
        click.echo(f"row {problem.row}: {problem.reason}")
    if report.refused > _PROBLEMS_SHOWN:
        click.echo(f"… and {report.refused - _PROBLEMS_SHOWN:,} more (--json lists them)")


def _pair(text: str) -> tuple[str, str]:
    field, sign, column = text.partition("=")
    if not sign:
        raise click.UsageError(f"--map needs FIELD=COLUMN, not {text!r}")
    return field.strip(), column.strip()


async def _migrate(store: Store) -> str:
    return await store.migrate()


def _run(settings: Settings, work: Callable[[Store], Awaitable[T]]) -> T:
    async def within() -> T:
        store = Store(settings.store_url)
        try:
            return await work(store)
        finally:
            await store.close()
    try:
        return asyncio.run(within())
    except (StoreError, imports.SheetUnreadable, imports.MapUnusable) as exc:
        raise Failure(str(exc)) from exc


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
