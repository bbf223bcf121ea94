"""`deskline retention`: what is kept how long; let go what is older."""

from __future__ import annotations

import asyncio
import getpass
from dataclasses import asdict
from datetime import UTC, datetime

import click

from crm_store.compacting import compact
from crm_store.errors import StoreError
from crm_store.retention import KINDS, Applied, Kind
from crm_store.store import Store
from cti.secrets import load_or_create
from workstation import privacy
from workstation.cli.options import (
    Failure,
    json_option,
    print_json,
    progress_bar,
    with_settings,
)
from workstation.settings import Settings


@click.group()
def command() -> None:
    """What is kept how long (`[retention]` in the settings): show, run."""


@command.command("show")
@json_option
@with_settings
def show_command(settings: Settings, as_json: bool) -> None:
    """The limits in days; 0: for ever."""
    facts: dict[str, int | str] = {
        kind: settings.retention.keep_days.get(kind, 0) for kind in KINDS}
    facts |= {"tapes": settings.tape_keep_days, "at": settings.retention.at}
    if as_json:
        print_json(facts)
        return
    for kind, days in facts.items():
        click.echo(f"{kind:<16} {'for ever' if days == 0 else days}")


@command.command("run")
@click.option("--dry-run", is_flag=True, help="Only count what would go.")
@click.option("--compact", "is_compact", is_flag=True,
              help="Then write the whole base anew, so that nothing deleted is left in its "
                   "files; minutes for a large one, and others wait to write.")
@json_option
@with_settings
def run_command(settings: Settings, dry_run: bool, is_compact: bool, as_json: bool) -> None:
    """Let go what is older than the limits. The server does it once a day by itself."""
    done, tapes = asyncio.run(_run(settings, dry_run=dry_run, is_compact=is_compact))
    if as_json:
        print_json({"kinds": [asdict(one) for one in done], "dry_run": dry_run,
                    "tapes": [file.name for file in tapes.files]})
        return
    for one in done:
        click.echo(f"{one.kind:<16} {one.rows:>10,}  older than {one.before:%Y-%m-%d}"
                   + (f"  proof {one.digest[:16]}" if one.digest and one.rows else ""))
    click.echo(f"{'tapes':<16} {len(tapes.files):>10,}  older than {tapes.keep_days} days")
    if dry_run:
        click.echo("Nothing was done (--dry-run).")


async def _run(settings: Settings, *, dry_run: bool,
               is_compact: bool) -> tuple[list[Applied], privacy.OldTapes]:
    store = Store(settings.store_url)
    try:
        key = privacy.number_key(load_or_create(settings.secret_file))
        with progress_bar("rows") as tell:
            def progress(kind: Kind, rows: int) -> None:
                tell(rows, None)
            found = await privacy.retain(
                store, settings, key=key, by=f"cli:{getpass.getuser()}", now=datetime.now(UTC),
                dry_run=dry_run, progress=progress)
        if is_compact and not dry_run:
            await compact(store)
        return found
    except (StoreError, ValueError) as exc:
        raise Failure(str(exc)) from exc
    finally:
        await store.close()
