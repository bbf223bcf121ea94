"""`deskline duplicates`: find them, decide about them, merge and part clients."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import resource
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any, Literal, TypeVar

import click

from crm_store import duplicate_search, duplicates, merges
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
from workstation.terminal.clean import clean

T = TypeVar("T")
AUTHOR = "command line"
_STATES = click.Choice(["open", "later", "same", "different"])
_ID = click.IntRange(1)


@click.group()
def command() -> None:
    """Clients who may be one: find, list, decide, merge, unmerge, merges, gather."""


@command.command("find")
@click.option("--anew", is_flag=True, help="From the beginning, though a run was broken off.")
@json_option
@with_settings
def find_command(settings: Settings, anew: bool, as_json: bool) -> None:
    """Look through the whole base; goes on where it was broken off. Runs beside the server."""
    os.nice(5)              # calls come first

    async def find(store: Store) -> duplicate_search.Report:
        with progress_bar("rows") as tell:
            return await duplicate_search.run(store, clock=_now, progress=tell, anew=anew)
    began = time.monotonic()
    report = _run(settings, find)
    took_s = time.monotonic() - began
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024     # Linux: KiB
    if as_json:
        print_json(asdict(report) | {"took_s": round(took_s, 1), "peak_mb": round(peak_mb)})
        return
    resumed = "went on with" if report.resumed else "run"
    click.echo(f"{resumed} {report.run}: {report.rows:,} rows, {report.compared:,} pairs "
               f"compared, {report.suspects:,} new suspects, {took_s:,.0f} s, "
               f"{peak_mb:,.0f} MB at most")
    if report.large or report.too_large:
        click.echo(f"{report.large:,} blocks of very many were compared within one name only, "
                   f"{report.too_large:,} not at all")


@command.command("list")
@click.option("--state", type=_STATES, default="open", show_default=True)
@click.option("--client", "client_id", type=_ID, help="Only pairs of this client.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=30, show_default=True)
@json_option
@with_settings
def list_command(settings: Settings, state: duplicates.State, client_id: int | None, limit: int,
                 as_json: bool) -> None:
    """Pairs to decide on, the likeliest first."""
    async def read(store: Store) -> tuple[list[duplicates.Pair], int]:
        async with store.read() as tx:
            found, _ = await duplicates.listing(tx, now=_now(), state=state, limit=limit,
                                                client_id=client_id)
            return found, await duplicates.waiting(tx, now=_now())
    pairs, waiting = _run(settings, read)
    if as_json:
        print_json({"pairs": [asdict(pair) for pair in pairs], "waiting": waiting})
        return
    for pair in pairs:
        because = ", ".join(_reason(one) for one in pair.reasons)
        click.echo(f"{pair.id:>8}  {pair.score:>3}  {_who(pair.low_id, pair.low_name)}  ~  "
                   f"{_who(pair.high_id, pair.high_name)}  ({because or 'said by a person'})")
    click.echo(f"{len(pairs)} shown, {waiting:,} wait for a decision")


@command.command("decide")
@click.argument("pair", type=_ID)
@click.argument("decision", type=click.Choice(["same", "different", "later", "open"]))
@click.option("--keep", type=_ID, help="Whom to keep; default: the one with more.")
@click.option("--take", multiple=True, metavar="FIELD",
              help=f"Fields of the other one that win: {', '.join(merges.CHOOSABLE)}, custom.KEY.")
@json_option
@with_settings
def decide_command(
    settings: Settings, pair: int, decision: Literal["same", "different", "later", "open"],
    keep: int | None, take: tuple[str, ...], as_json: bool,
) -> None:
    """Say of a pair that they are the same, different, or to be asked later.

    The same are merged; different ones are never asked about again.
    """
    async def decide(store: Store) -> int | None:
        async with store.begin() as tx:
            return await duplicates.decide(tx, pair, decision, by=AUTHOR, at=_now(), keep=keep,
                                           take=take)
    merge_id = _run(settings, decide)
    if as_json:
        print_json({"pair": pair, "decision": decision, "merge": merge_id})
    else:
        click.echo(f"pair {pair}: {decision}" + (f", merge {merge_id}" if merge_id else ""))


@command.command("merge")
@click.argument("kept", type=_ID)
@click.argument("absorbed", type=_ID)
@click.option("--reason", default="", help="Why; stands in the history.")
@click.option("--take", multiple=True, metavar="FIELD", help="Fields of ABSORBED that win.")
@json_option
@with_settings
def merge_command(settings: Settings, kept: int, absorbed: int, reason: str,
                  take: tuple[str, ...], as_json: bool) -> None:
    """ABSORBED becomes a part of KEPT (both are client numbers)."""
    async def merge(store: Store) -> int:
        async with store.begin() as tx:
            return await merges.merge(tx, kept, absorbed, by=AUTHOR, at=_now(), reason=reason,
                                      take=take)
    merge_id = _run(settings, merge)
    if as_json:
        print_json({"merge": merge_id, "kept": kept, "absorbed": absorbed})
    else:
        click.echo(f"client {absorbed} is now a part of {kept}; to undo it: "
                   f"deskline duplicates unmerge {merge_id}")


@command.command("unmerge")
@click.argument("merge", type=_ID)
@json_option
@with_settings
def unmerge_command(settings: Settings, merge: int, as_json: bool) -> None:
    """Undo a merge: both as they were, and what came since to whom it belongs."""
    async def part(store: Store) -> merges.Merge:
        async with store.begin() as tx:
            await merges.unmerge(tx, merge, by=AUTHOR, at=_now())
            return await merges.one(tx, merge)
    done = _run(settings, part)
    if as_json:
        print_json(asdict(done))
    else:
        click.echo(f"{_who(done.kept_id, done.kept_name)} and "
                   f"{_who(done.absorbed_id, done.absorbed_name)} are two again")


@command.command("merges")
@click.option("--client", "client_id", type=_ID, help="Only those of this client.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=30, show_default=True)
@json_option
@with_settings
def merges_command(settings: Settings, client_id: int | None, limit: int, as_json: bool) -> None:
    """Merges, the newest first."""
    async def read(store: Store) -> list[merges.Merge]:
        async with store.read() as tx:
            return list(await merges.listing(tx, client_id=client_id, limit=limit))
    found = _run(settings, read)
    if as_json:
        print_json([asdict(one) for one in found])
        return
    for one in found:
        end = f", undone {one.undone_at:%Y-%m-%d %H:%M}" if one.undone_at else ""
        click.echo(f"{one.id:>8}  {one.at:%Y-%m-%d %H:%M}  "
                   f"{_who(one.absorbed_id, one.absorbed_name)} → "
                   f"{_who(one.kept_id, one.kept_name)}  by {clean(one.by)}{end}")


@command.command("gather")
@json_option
@with_settings
def gather_command(settings: Settings, as_json: bool) -> None:
    """What reached merged clients late goes to those who stand for them; safe at any time."""
    async def gather(store: Store) -> int:
        async with store.read() as tx:
            standing = await merges.standing_ids(tx)
        rows = 0
        with progress_bar("merges") as tell:
            for place, merge_id in enumerate(standing, 1):
                async with store.begin() as tx:
                    rows += await merges.gather(tx, merge_id)
                tell(place, len(standing))
        return rows
    rows = _run(settings, gather)
    if as_json:
        print_json({"rows": rows})
    else:
        click.echo(f"{rows:,} rows moved")


def _who(client_id: int, name: str) -> str:
    return f"#{client_id} {clean(name)}"


def _reason(one: dict[str, Any]) -> str:
    count = f" ({one['count']})" if one["count"] > 1 else ""
    return f"{str(one['code']).replace('_', ' ')}{count}"


def _run(settings: Settings, work: Callable[[Store], Awaitable[T]]) -> T:
    async def within() -> T:
        store = Store(settings.store_url)
        try:
            await store.migrate()
            return await work(store)
        finally:
            await store.close()
    try:
        return asyncio.run(within())
    except StoreError as exc:
        raise Failure(str(exc)) from exc


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
