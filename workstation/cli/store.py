"""`deskline sample`: the database, filled with made-up clients."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from functools import partial
from typing import Literal, TypeVar

import click

from crm_store import sample
from crm_store.errors import StoreError
from crm_store.sample import bulk as sample_bulk
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


@click.command()
@click.option("--clients", type=click.IntRange(1, 10_000_000), default=2_000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True,
              help="The same seed gives the same clients.")
@click.option("--names", type=click.Choice(["en", "ru"]), default=None,
              help="Default: the company's language.")
@click.option("--bulk", is_flag=True,
              help="Millions in minutes, into a base without clients; nothing else may use it.")
@json_option
@with_settings
def sample_command(
    settings: Settings, clients: int, seed: int, names: Literal["en", "ru"] | None, bulk: bool,
    as_json: bool,
) -> None:
    """Add made-up clients with accounts, bills and history."""
    language = names or settings.company.language
    if bulk:
        _tell_counts(_run(settings, partial(_fill_bulk, clients, seed, language)), as_json)
        return

    async def fill(store: Store) -> sample.SampleReport:
        await store.migrate()
        with progress_bar("sample clients") as tell:
            return await sample.generate(
                store, clients=clients, seed=seed, names=language, now=_now(),
                region=settings.company.region.partition("-")[0], progress=tell)

    _tell_counts(asdict(_run(settings, fill)), as_json)


async def _fill_bulk(
    clients: int, seed: int, names: Literal["en", "ru"], store: Store
) -> dict[str, int]:
    await store.migrate()
    with progress_bar("sample clients") as tell:
        return dict(await sample_bulk.generate(
            store, clients=clients, seed=seed, names=names, now=_now(), progress=tell))


def _tell_counts(counts: dict[str, int], as_json: bool) -> None:
    if as_json:
        print_json(counts)
    else:
        click.echo(", ".join(f"{count:,} {name.replace('_', ' ')}"
                             for name, count in counts.items()))


def _run(settings: Settings, work: Callable[[Store], Awaitable[T]]) -> T:
    async def within() -> T:
        store = Store(settings.store_url)
        try:
            return await work(store)
        finally:
            await store.close()
    try:
        return asyncio.run(within())
    except StoreError as exc:
        raise Failure(str(exc)) from exc


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
